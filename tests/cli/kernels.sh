#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What `capdl image` and `capdl run --kernel` say to an install prefix that is none, or is damaged, and to addresses that cannot be.
# Needs $SEL4_PREFIXES, for kernels to be damaged; without it the test counts as skipped. usage: kernels.sh CAPDL
set -u
capdl=$(realpath "$1")
kernels=${SEL4_PREFIXES:-}
[ -n "$kernels" ] || exit 77
good=$kernels/aarch64-mcs-debug
[ -d "$good" ] && [ -d "$kernels/aarch64-debug" ] && [ -d "$kernels/riscv64-debug" ] || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0

# refuse CODE PATTERN ARGUMENT...: exit code, a line of what is said, and no output
refuse() {
    code=$1 pattern=$2
    shift 2
    timeout 60 "$capdl" "$@" > out 2>&1 < /dev/null
    got=$?
    if [ $got != "$code" ] || ! grep -qe "$pattern" out || [ -e boot ]; then
        echo "capdl $*: exit code $got, expected $code, no output and a line with: $pattern"
        cat out
        failed=1
    fi
    rm -f boot
}

# both PATTERN: the prefix `kernel` is refused by both commands, and by those that read no device tree if its kernel is at fault; then
# made good again
both() {
    case $1 in
    *kernel.elf* | *' kernel '*)
        refuse 1 "$1" compile good.cdl --kernel kernel -o boot
        refuse 1 "$1" fit good.cdl --kernel kernel
        refuse 1 "$1" profile kernel
        ;;
    esac
    refuse 1 "$1" image good.elf --kernel kernel -o boot
    refuse 1 "$1" run good.elf --kernel kernel
    restore
}

restore() {
    rm -rf kernel
    cp -rL "$good" kernel # a prefix may be a link
}

printf 'arch aarch64 objects { e = ep  c = cnode (2 bits) } caps { c { 1: e (R) } }' > good.cdl
"$capdl" compile good.cdl --kernel "$good" -o good.elf 2> out || { cat out; exit 1; }
restore

rm kernel/bin/kernel.elf; both 'kernel/bin/kernel.elf: error: No such file'
echo hello > kernel/bin/kernel.elf; both 'kernel/bin/kernel.elf: error: not an ELF file'
: > kernel/bin/kernel.elf; both 'kernel/bin/kernel.elf: error: not an ELF file'
cp "$kernels/riscv64-debug/bin/kernel.elf" kernel/bin/; both 'a 64-bit kernel for riscv, but the configuration is for aarch64'
head -c 100000 "$good/bin/kernel.elf" > kernel/bin/kernel.elf; both 'outside the file'
cp "$kernels/aarch64-debug/bin/kernel.elf" kernel/bin/; both 'a kernel without MCS, .*a mix of two builds'
rm -r kernel/libsel4; both 'gen_config.json: error: No such file'
rm kernel/support/platform_gen.json; both "platform_gen.json: error: No such file"
rm kernel/support/kernel.dtb; both 'kernel.dtb: the kernel.s device tree cannot be read: No such file'
head -c 1000 "$good/support/kernel.dtb" > kernel/support/kernel.dtb; both 'kernel.dtb: is not a valid device tree'

# Words of a device tree's header: its size, where its parts begin, how long they are. And a property longer than the tree.
poke() { # OFFSET BYTES: at an offset of the tree
    printf "$2" | dd of=kernel/support/kernel.dtb bs=1 seek="$1" conv=notrunc 2> /dev/null
}
for word in 4 8 12 16 32 36; do
    poke $word '\377\377\377\360'; both 'kernel.dtb: is not a valid device tree'
    poke $word '\177\377\377\377'; both 'kernel.dtb: is not a valid device tree'
done
structs=$(od -An -tu1 -j8 -N4 "$good/support/kernel.dtb" | awk '{ print (($1 * 256 + $2) * 256 + $3) * 256 + $4 }')
poke $((structs + 12)) '\177\377\377\377'; both 'kernel.dtb: is not a valid device tree'

# Prefixes put together from two.
cp "$kernels/aarch64-debug/libsel4/include/kernel/gen_config.json" kernel/libsel4/include/kernel/; both 'a kernel with MCS, .*a mix of two builds'
cp -r "$kernels/riscv64-mcs-debug/libsel4" kernel/; both 'a 64-bit kernel for aarch64, but the configuration is for riscv'
cp "$kernels/riscv64-mcs-debug/support/platform_gen.json" kernel/support/; both 'the kernel is loaded at 0x60000000, where support/platform_gen.json has no memory'

# Memory that ends 16 KiB behind the kernel and its device tree.
sed -i 's/\b3221225472\b/1613037568/g' kernel/support/platform_gen.json
refuse 1 'the image of 0x[0-9a-f]* bytes would be at 0x[0-9a-f]* to 0x[0-9a-f]*, which is not all RAM' compile good.cdl --kernel kernel -o boot
refuse 1 'the initialiser takes [0-9]* KiB, but no RAM above 0x6024c000 has that much free' image good.elf --kernel kernel -o boot
restore

# What the kernel of the prefix cannot have: interrupts beyond its last one, budgets below its smallest.
objects='arrived = notification i = arm_irq (trigger: level, target: 0) c = cnode (2 bits)'
caps='i { 0: arrived (W) } c { 1: i 2: c }'
printf 'arch aarch64 objects { %s } irq maps { 160: i } caps { %s }' "$objects" "$caps" > irq.cdl
refuse 1 "Arm interrupt 'i' is interrupt 160, but the interrupts of kernel kernel are 0 to 159" compile irq.cdl --kernel kernel -o boot
sed 's/160/159/' irq.cdl > last.cdl
"$capdl" compile last.cdl --kernel kernel -o last.elf 2> out || { cat out; failed=1; }
printf 'arch aarch64 objects { s = sc (8 bits, budget: 19, period: 100) c = cnode (2 bits) } caps { c { 1: s 2: c } }' > budget.cdl
refuse 1 "'s' .*19.*20" compile budget.cdl --kernel kernel -o boot

# More than the board has: an image, an object, a frame beyond the end or over the edge, one in the middle of a page, two at one place.
frames() { # FRAMES: the objects, held by a CNode
    printf 'arch aarch64 objects { %s c = cnode (4 bits) } caps { c { 1: a 2: b 3: c } }' "$1" > frames.cdl
}
frames 'a = ut (32 bits) b = ep'; refuse 1 "untyped 'a' does not fit: .*in the way: the kernel at" compile frames.cdl --kernel kernel -o boot
frames 'a = frame (4k, paddr: 0x10000000000) b = ep'; refuse 1 "frame 'a' .*0x10000000000" compile frames.cdl --kernel kernel -o boot
frames 'a = frame (2M, paddr: 0x70001000) b = ep'; refuse 1 "'a'.*0x70001000" compile frames.cdl --kernel kernel -o boot
frames 'a = frame (4k, paddr: 0x70000800) b = ep'; refuse 1 "'a'.*0x70000800" compile frames.cdl --kernel kernel -o boot
frames 'a = frame (4k, paddr: 0x70000000) b = frame (4k, paddr: 0x70000000)'
refuse 1 "'[ab]'.*'[ab]'" compile frames.cdl --kernel kernel -o boot
frames 'a = frame (2M, paddr: 0x70000000) b = frame (4k, paddr: 0x70001000)'
refuse 1 "'[ab]'.*'[ab]'" compile frames.cdl --kernel kernel -o boot
frames 'a = frame (4k, paddr: 0x8000000) b = ep'; refuse 1 "'a' cannot be at 0x8000000: .*registers of its own devices" compile frames.cdl \
    --kernel kernel -o boot
rm -r kernel; echo hello > kernel; both 'not a directory, expected a kernel.s install prefix'
refuse 1 'nowhere.*neither a built-in profile' run good.elf --kernel nowhere
refuse 1 'good.elf was compiled for' run good.elf --kernel "$kernels/aarch64-debug"
refuse 1 'good.elf was compiled for' image good.elf --kernel "$kernels/riscv64-debug" -o boot
refuse 1 'good.elf: is not a valid device tree' image good.elf --kernel kernel --dtb good.elf -o boot

# Addresses: unaligned, in the way of something, not in memory, at the end of it.
refuse 1 'the loader cannot be at 0x70000001: expected a multiple of 4096' image good.elf --kernel kernel -o boot --at 0x70000001
refuse 1 'loader and kernel overlap' image good.elf --kernel kernel -o boot --at 0x60000000
refuse 1 'loader .*not in RAM' image good.elf --kernel kernel -o boot --at 0x1000
refuse 1 'initialiser and kernel overlap' image good.elf --kernel kernel -o boot --initialiser-at 0x60000000
refuse 1 'a multiple of 4096' image good.elf --kernel kernel -o boot --initialiser-at 0x60400123
refuse 1 "initialiser .*not in the kernel's RAM" image good.elf --kernel kernel -o boot --initialiser-at 0xbffff000
refuse 1 'reserved and kernel overlap' image good.elf --kernel kernel -o boot --reserve 0x60000000+2M
refuse 1 '^error: --reserve takes START+SIZE' image good.elf --kernel kernel -o boot --reserve 0x60000000
refuse 1 'no RAM above' image good.elf --kernel kernel -o boot --reserve 0x40000000+4G
refuse 2 '--at takes an address' image good.elf --kernel kernel -o boot --at here
refuse 1 'no such format for aarch64: iso (expected elf, raw, linux, uimage, efi)' image good.elf --kernel kernel -o boot --format iso

# A PC's two files, and a CD that another program writes, do not go to standard output.
pc=$kernels/x86_64-mcs-debug
if [ -d "$pc" ]; then
    printf 'arch x86_64 objects { e = ep  c = cnode (2 bits) } caps { c { 1: e (R) } }' > pc.cdl
    "$capdl" compile pc.cdl --kernel "$pc" -o pc.elf 2> out || { cat out; failed=1; }
    refuse 2 'format multiboot writes two files, so -o must name one' image pc.elf --kernel "$pc" -o -
    refuse 2 'another program writes the format iso, so -o must name a file' image pc.elf --kernel "$pc" --format iso -o -
    refuse 1 'no such format for x86_64: elf (expected multiboot, iso)' image pc.elf --kernel "$pc" --format elf -o boot
    refuse 1 'error: --external is for AArch64 and RISC-V' image pc.elf --kernel "$pc" -o boot --external e
fi

# QEMU that is not there, and one that has no such machine.
mkdir empty
PATH=$dir/empty /usr/bin/timeout 60 "$capdl" run good.elf --kernel kernel > out 2>&1 < /dev/null
[ $? = 2 ] && grep -q 'qemu-system-aarch64 is not installed.*qemu-system-arm' out || { cat out; failed=1; }
sed -i 's/"qemu-arm-virt"/"imx8mq-evk"/' kernel/libsel4/include/kernel/gen_config.json
sed -i 's/"qemu-arm-virt"/"imx8mq-evk"/' kernel/libsel4/include/sel4/gen_config.json 2> /dev/null
refuse 2 "platform imx8mq-evk, for which there is no QEMU machine" run good.elf --kernel kernel
exit $failed
