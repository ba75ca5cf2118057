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
cd "$dir"
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

# both PATTERN: the prefix `kernel` is refused by both commands, then made good again
both() {
    refuse 1 "$1" image good.elf --kernel kernel -o boot
    refuse 1 "$1" run good.elf --kernel kernel
    restore
}

restore() {
    rm -rf kernel
    cp -r "$good" kernel
}

printf 'arch aarch64 objects { e = ep  c = cnode (2 bits) } caps { c { 1: e (R) } }' > good.cdl
"$capdl" compile good.cdl --kernel "$good" -o good.elf 2> out || { cat out; exit 1; }
restore

rm kernel/bin/kernel.elf; both 'kernel/bin/kernel.elf: error: No such file'
echo hello > kernel/bin/kernel.elf; both 'kernel/bin/kernel.elf: error: not an ELF file'
: > kernel/bin/kernel.elf; both 'kernel/bin/kernel.elf: error: not an ELF file'
cp "$kernels/riscv64-debug/bin/kernel.elf" kernel/bin/; both 'a 64-bit kernel for riscv, but the configuration is for aarch64'
head -c 100000 "$good/bin/kernel.elf" > kernel/bin/kernel.elf; both 'lies outside the file'
cp "$kernels/aarch64-debug/bin/kernel.elf" kernel/bin/; both 'a kernel without MCS, .*mixed from two builds'
rm -r kernel/libsel4; both 'gen_config.json: error: No such file'
rm kernel/support/platform_gen.json; both "platform_gen.json: error: No such file"
rm kernel/support/kernel.dtb; both 'kernel.dtb: the kernel.s device tree cannot be read: No such file'
head -c 1000 "$good/support/kernel.dtb" > kernel/support/kernel.dtb; both 'kernel.dtb: is not a sound device tree'
rm -r kernel; echo hello > kernel; both 'not a directory, expected a kernel.s install prefix'
refuse 1 'nowhere.*neither a built-in profile' run good.elf --kernel nowhere
refuse 1 'good.elf was compiled for' run good.elf --kernel "$kernels/aarch64-debug"
refuse 1 'good.elf was compiled for' image good.elf --kernel "$kernels/riscv64-debug" -o boot
refuse 1 'good.elf: is not a sound device tree' image good.elf --kernel kernel --dtb good.elf -o boot

# Addresses: unaligned, in the way of something, not in memory, at the end of it.
refuse 1 'the loader cannot lie at 0x70000001: a multiple of 4096' image good.elf --kernel kernel -o boot --at 0x70000001
refuse 1 'loader and kernel overlap' image good.elf --kernel kernel -o boot --at 0x60000000
refuse 1 'loader .*not in RAM' image good.elf --kernel kernel -o boot --at 0x1000
refuse 1 'initialiser and kernel overlap' image good.elf --kernel kernel -o boot --initialiser-at 0x60000000
refuse 1 'a multiple of 4096' image good.elf --kernel kernel -o boot --initialiser-at 0x60400123
refuse 1 "initialiser .*not in the kernel's RAM" image good.elf --kernel kernel -o boot --initialiser-at 0xbffff000
refuse 1 'reserved and kernel overlap' image good.elf --kernel kernel -o boot --reserve 0x60000000+2M
refuse 1 '^error: --reserve takes START+SIZE' image good.elf --kernel kernel -o boot --reserve 0x60000000
refuse 1 'no piece of RAM' image good.elf --kernel kernel -o boot --reserve 0x40000000+4G
refuse 2 '--at takes an address' image good.elf --kernel kernel -o boot --at here
refuse 1 'no such format for aarch64: iso' image good.elf --kernel kernel -o boot --format iso

# QEMU that is not there, and one that has no such machine.
mkdir empty
PATH=$dir/empty /usr/bin/timeout 60 "$capdl" run good.elf --kernel kernel > out 2>&1 < /dev/null
[ $? = 2 ] && grep -q 'qemu-system-aarch64 is not installed.*qemu-system-arm' out || { cat out; failed=1; }
sed -i 's/"qemu-arm-virt"/"imx8mq-evk"/' kernel/libsel4/include/kernel/gen_config.json
sed -i 's/"qemu-arm-virt"/"imx8mq-evk"/' kernel/libsel4/include/sel4/gen_config.json 2> /dev/null
refuse 2 "platform imx8mq-evk, which QEMU has no machine for" run good.elf --kernel kernel
exit $failed
