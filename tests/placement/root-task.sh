#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# root-task.sh CAPDL ARCH PROGRAM: a root task that is no image of ours. What `capdl fit` says of it is what it finds when it runs;
# files that no kernel can start are refused with the reason. With $SEL4_PREFIXES also on real kernels, packed by `capdl image`.
capdl=$1 arch=$2 program=$3 failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# forecast KERNEL [OPTION]...: the line that the program prints, by `fit`
forecast() {
    "$capdl" fit "$program" --kernel "$@" > "$work/fit" 2>&1 || cat "$work/fit" >&2
    sed -n 's/^  \([0-9]*\) slots of the root CNode: .* empty from \([0-9]*\) on$/\1 \2/p' "$work/fit" |
        while read -r slots empty; do printf 'empty %x %x\n' "$empty" "$slots"; done
}

# same WHAT FORECAST FILE: the program's line is in its output
same() {
    if [ -z "$2" ] || ! tr -d '\r' < "$3" | grep -q "$2\$"; then
        echo "$1: fit says '$2', the program: $(grep -a '^empty' "$3")"
        tail -n 3 "$3"
        failed=1
    fi
}

# refused PATTERN ARGUMENT...
refused() {
    pattern=$1
    shift
    "$capdl" "$@" > "$work/said" 2>&1
    code=$?
    if [ $code != 1 ] || ! grep -q "$pattern" "$work/said" || [ -e "$work/boot" ]; then
        echo "capdl $*: exit code $code, expected 1, no output, and: $pattern"
        cat "$work/said"
        failed=1
    fi
}

case $arch in
x86_64) map='--memory-map qemu:512M' other=aarch64-mcs ;;
*) map='' other=x86_64-mcs ;;
esac
"$capdl" run "$program" --kernel "$arch-mcs" $map > "$work/out" 2>&1 || { cat "$work/out"; failed=1; }
grep -q '^END' "$work/out" || { echo "emulated: no END"; failed=1; }

refused 'name the kernel it was built for with --kernel' fit "$program"
refused 'name the kernel it was built for with --kernel' run "$program"
refused 'is for another processor' fit "$program" --kernel $other
[ -z "$map" ] || refused 'give its map with .* with --untypeds$' fit "$program" --kernel "$arch-mcs"
refused 'a built-in profile has no kernel' image "$program" --kernel "$arch-mcs" -o "$work/boot"
refused 'is not a complete image' show "$program"
head -c 700 "$program" > "$work/short.elf"
refused 'short.elf' fit "$work/short.elf" --kernel "$arch-mcs" $map

# The first program header (at byte 64): a type that asks for a linker at run time; and an entry point where nothing is.
poke() {
    cp "$program" "$work/poked.elf"
    printf "$2" | dd of="$work/poked.elf" bs=1 seek="$1" conv=notrunc 2> /dev/null
}
poke 64 '\003\000\000\000'
refused 'is dynamically linked' fit "$work/poked.elf" --kernel "$arch-mcs" $map
poke 24 '\000\000\000\000'
refused 'entry point outside its segments' fit "$work/poked.elf" --kernel "$arch-mcs" $map

# The second program header, also as the third; the first where no page begins; the second with more than there are addresses.
poke 0 ''
dd if="$program" of="$work/poked.elf" bs=1 skip=120 seek=176 count=56 conv=notrunc 2> /dev/null
refused 'has two segments for the same addresses' fit "$work/poked.elf" --kernel "$arch-mcs" $map
case $arch in
x86_64)
    poke 80 '\010'
    refused "starts at 0x400008: kernels for PCs start only" fit "$work/poked.elf" --kernel "$arch-mcs" $map
    ;;
aarch64)
    poke 160 '\000\000\000\000\000\200'
    refused 'ends at 0x800000403000, which leaves no room for IPC buffer and bootinfo below the end of user addresses, 0x' \
        fit "$work/poked.elf" --kernel "$arch-mcs"
    ;;
esac

for prefix in ${SEL4_PREFIXES:+"$SEL4_PREFIXES"/$arch*-mcs-* "$SEL4_PREFIXES"/$arch*-mcs}; do
    case $prefix in *smp* | *vtx* | *release* | *'*'*) continue ;; esac
    timeout 60 "$capdl" run "$program" --kernel "$prefix" $map --until END > "$work/out" 2>&1
    same "$prefix" "$(forecast "$prefix" $map)" "$work/out"
done
exit $failed
