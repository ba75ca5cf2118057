#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# image.sh CAPDL KERNEL: what compiling has proved about memory is proved again for the places that `capdl image` is given. Needs
# KERNEL-debug below SEL4_PREFIXES.
set -eu
capdl=$1 kernel=$2
prefix=${SEL4_PREFIXES:-}/$kernel-debug
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}
compile() { # OBJECTS
    echo "arch ${kernel%-mcs} objects { $1 keeper = cnode (4 bits) } caps { keeper { 0: a  1: keeper } }" |
        sed 's/riscv64/riscv/' >"$work/spec.cdl"
    "$capdl" compile "$work/spec.cdl" --kernel "$prefix" -o "$work/image"
}
packed() { # OPTION...
    "$capdl" image "$work/image" --kernel "$prefix" -o "$work/boot" "$@" 2>"$work/said" || fail "$(cat "$work/said")"
    rm "$work/boot"
}
refused() { # EXPECTED OPTION...
    expected=$1
    shift
    if "$capdl" image "$work/image" --kernel "$prefix" -o "$work/boot" "$@" 2>"$work/said"; then fail "not refused: $*"; fi
    grep -q "$expected" "$work/said" || fail "$(cat "$work/said"): expected '$expected'"
    [ ! -e "$work/boot" ] || fail "a file was left: $*"
}
place() { # NAME: where it is when nobody asks for another place
    "$capdl" fit "$work/image" --kernel "$prefix" | sed -n "s/^ *\(0x[0-9a-f]*\) .*  $1\$/\1/p"
}
ram() { # FIELD: 1 start, 2 end
    # shellcheck disable=SC1003
    "$capdl" profile "$prefix" | sed -n 's/^memory *\[\(0x[0-9a-f]*\), \(0x[0-9a-f]*\)).*/\'"$1"'/p'
}
hex() {
    printf '0x%x' $(($1))
}

middle=$(hex "$(ram 1) + ($(ram 2) - $(ram 1)) / 2")
# A frame lies where the image is put.
compile "a = frame (4k, paddr: $middle)"
packed
packed --initialiser-at "$(hex "$middle + 0x1000")"
refused "'a' cannot be at $middle: of the 0x1000 bytes there, the image takes $middle to" --initialiser-at "$middle"
refused "'a' cannot be at $middle: of the 0x1000 bytes there, the image takes" --initialiser-at "$(hex "$middle - 0x4000")"
# A large piece of memory is broken by an image in its middle.
compile 'a = ut (29 bits)'
packed
if [ "$kernel" = aarch64-mcs ]; then
    # 0x60000000 to 0xc0000000: kernel and root objects break the first and the last third.
    refused "'a' does not fit: objects of 0x20000000 bytes .* in the way: the kernel at .* the image at 0x90000000" \
        --initialiser-at 0x90000000
fi
# Contiguous memory that keeps clear of where the image will be, if that is told in time.
top=$(hex "$(ram 2) - 0x900000")
echo "arch ${kernel%-mcs} objects { a[$((($(ram 2) - $(ram 1)) / 0x200000 - 10))] = frame (2M, contiguous)  c = cnode (12 bits) }
    caps { c { 1: c  2: a[] } }" | sed 's/riscv64/riscv/' >"$work/wide.cdl"
"$capdl" compile "$work/wide.cdl" --kernel "$prefix" -o "$work/image"
refused "a.* cannot be at .* the image takes $top to" --initialiser-at "$top"
"$capdl" compile "$work/wide.cdl" --kernel "$prefix" -o "$work/image" --initialiser-at "$top"
packed --initialiser-at "$top"
# The loader where it is wanted: the compiler and the forecast know it, too.
compile 'a = ut (20 bits)'
image=$(place 'the image')
for command in "image $work/image -o $work/boot" "compile $work/spec.cdl -o $work/other" "fit $work/spec.cdl" "fit $work/image"; do
    # shellcheck disable=SC2086
    if "$capdl" $command --kernel "$prefix" --at "$image" >"$work/shown" 2>"$work/said"; then fail "not refused: $command"; fi
    grep -q 'initialiser and loader overlap\|loader and initialiser overlap' "$work/said" || fail "$command: $(cat "$work/said")"
    [ ! -e "$work/boot" ] && [ ! -e "$work/other" ] || fail "a file was left: $command"
done
"$capdl" compile "$work/spec.cdl" --kernel "$prefix" -o "$work/other" --at "$middle"
cmp "$work/image" "$work/other" || fail 'the loader changes the image'
"$capdl" fit "$work/image" --kernel "$prefix" --at "$middle" | grep -q " the loader, until the kernel starts" || fail "no loader in the map"
# Memory kept free between kernel and device tree moves the image on.
start=$(place 'the image')
compile "a = frame (4k, paddr: $(hex "$start + 0x400000"))"
packed
refused "'a' cannot be at .* the image takes" --reserve "$(place 'the device tree')+4M"
# So does the room that is kept for the firmware's tree.
compile "a = frame (4k, paddr: $(hex "$start + 0x20000"))"
packed
refused "'a' cannot be at .* takes" --firmware-dtb
# A larger device tree: the same tree with 4 MiB more in it.
if command -v fdtput >/dev/null; then
    cp "$prefix/support/kernel.dtb" "$work/large.dtb"
    head -c 100000 /dev/zero | tr '\0' x >"$work/text"
    fdtput -t s "$work/large.dtb" /chosen padding "$(cat "$work/text")" 2>/dev/null || fdtput -p -t s "$work/large.dtb" /chosen padding "$(cat "$work/text")"
    compile "a = frame (4k, paddr: $(hex "$start + 0x10000"))"
    packed
    refused "'a' cannot be at .* takes" --dtb "$work/large.dtb"
    # Reservations in it are respected, and those that the kernel does not know of are named.
    cp "$prefix/support/kernel.dtb" "$work/reserving.dtb"
    fdtput -p -t x "$work/reserving.dtb" /reserved-memory/tz "#none" 0
    high=$(printf '%x' $((middle >> 32))) low=$(printf '%x' $((middle & 0xffffffff)))
    fdtput -t x "$work/reserving.dtb" /reserved-memory '#address-cells' 2
    fdtput -t x "$work/reserving.dtb" /reserved-memory '#size-cells' 2
    fdtput -t x "$work/reserving.dtb" /reserved-memory/tz reg "$high" "$low" 0 100000
    packed --dtb "$work/reserving.dtb"
    grep -q "warning: kernel .* will clear and hand out memory that the device tree reserves, $middle to .* (tz)" "$work/said" ||
        fail "$(cat "$work/said")"
    refused "initialiser: is in memory that the device tree reserves, $middle to" --dtb "$work/reserving.dtb" --initialiser-at "$middle"
    grep -q "note: tz .*reserved by the device tree  overlaps" "$work/said" || fail "no map: $(cat "$work/said")"
    refused "loader: is in memory that the device tree reserves, $middle to" --dtb "$work/reserving.dtb" --at "$middle"
fi
