#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `capdl image` with an install prefix that is made up, as the tests of profiles have it: nothing is booted. A program that another boot
# loader loads is in a file of its own, and there just what its ELF file says. usage: image.sh CAPDL PREFIX
set -u
capdl=$(realpath "$1") prefix=$(realpath "$2")
command -v aarch64-linux-gnu-gcc > /dev/null && command -v dtc > /dev/null || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
failed=0

fail() {
    echo "$*"
    cat out
    failed=1
}

# refuse CODE PATTERN ARGUMENT...: exit code, a line of what is said, and no output
refuse() {
    code=$1 pattern=$2
    shift 2
    "$capdl" image "$@" > out 2>&1
    got=$?
    if [ $got != "$code" ] || ! grep -qe "$pattern" out || ls boot* > /dev/null 2>&1; then
        fail "capdl image $*: exit code $got, expected $code, no output and a line with: $pattern"
    fi
    rm -f boot*
}

# The kernel manages 32 of 64 MiB; what is not its memory is for devices.
cp -r "$prefix" kernel
mkdir kernel/bin
cat > kernel/support/platform_gen.json << 'END'
{"memory": [{"start": 2147483648, "end": 2181038080}],
 "devices": [{"start": 0, "end": 2147483648}, {"start": 2181038080, "end": 1099511627776}]}
END
{
    echo 'typedef struct seL4_BootInfo {'
    printf 'seL4_Word %s;\n' extraLen nodeID numNodes numIOPTLevels ipcBuffer
    printf 'seL4_SlotRegion %s;\n' empty sharedFrames userImageFrames userImagePaging ioSpaceCaps extraBIPages
    printf 'seL4_Word %s;\n' initThreadCNodeSizeBits initThreadDomain
    printf 'seL4_SlotRegion %s;\n' schedcontrol untyped
    echo '} seL4_BootInfo;'
} > kernel/libsel4/include/sel4/bootinfo_types.h
cat > kernel.dts << 'END'
/dts-v1/;
/ { #address-cells = <2>; #size-cells = <2>; compatible = "test-board";
    memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x4000000>; }; };
END
dtc -q -O dtb kernel.dts -o kernel/support/kernel.dtb || exit 1
# make_kernel INTERRUPTS LARGEST: with the table of seL4, a word for each; the largest number is read from it
make_kernel() {
    cat > kernel.S << END
.globl _start, intStateIRQTable
_start: b _start
.bss
.type intStateIRQTable, %object
.size intStateIRQTable, 8 * $1
intStateIRQTable: .space 8 * $1
END
    aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext-segment=0x80000000 kernel.S -o kernel/bin/kernel.elf || exit 1
    "$capdl" profile "$PWD/kernel" > out 2>&1 || fail "no profile of a kernel with $1 interrupts"
    grep -q "^largest interrupt  *$2\$" out || fail "of $1 interrupts the largest is not $2"
}
make_kernel 65535 65534
make_kernel 200 199
# mixed WORDS SYMBOL...: of a kernel with symbols enough to tell what it was built with, what does not go with the headers
mixed() {
    words=$1
    shift
    {
        printf '.globl _start\n_start: b _start\n'
        seq 120 | sed 's/.*/symbol&: nop/'
        printf '%s: nop\n' "$@"
    } > kernel.S
    aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext-segment=0x80000000 kernel.S -o kernel/bin/kernel.elf || exit 1
    "$capdl" profile "$PWD/kernel" 2>&1 | sed -n 's/.*error: a kernel \(.*\), but the headers .*/\1/p' > out
    [ "$(paste -sd , out)" = "$words" ] || fail "a kernel with $*, not $words"
}
mixed '' schedContext_resume decodeARMVCPUInvocation
mixed 'without MCS,without hypervisor support' unknown
mixed 'for several cores' schedContext_resume big_kernel_lock decodeARMVCPUInvocation
make_kernel 200 199
for name in outside inside; do
    printf '.globl _start\n_start: b _start\n.data\n.ascii "text of %s"\n.space 5000\n.ascii "end"\n.bss\n.space 9000\n' $name > $name.S
    aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext-segment=0x200000 -Wl,-z,max-page-size=4096 -Wl,-z,separate-code \
        -Wl,-z,noexecstack -Wl,--build-id=none $name.S -o $name.elf || exit 1
done

echo 'arch aarch64 objects { a = pd ("outside.elf", paddr: 0x83000000)  ab = pd ("inside.elf") }' > system.cdl
"$capdl" compile system.cdl --kernel kernel --reserve 0x83000000+1M -o system.elf > out 2>&1 || { cat out; exit 1; }
"$capdl" image system.elf --kernel kernel -o boot --external a > out 2>&1 || fail 'capdl image'
grep -q '^capdl: load boot.a.bin at 0x83000000 before the system is started$' out || fail 'not told where it is to be'
# Six pages in the order of their addresses: ELF headers, code, two with data, two that are zero.
aarch64-linux-gnu-objcopy -O binary outside.elf loaded
tail -c +4097 boot.a.bin > program
[ "$(wc -c < boot.a.bin)" -eq $((6 * 4096)) ] || fail "boot.a.bin has $(wc -c < boot.a.bin) bytes"
cmp -n "$(wc -c < loaded)" loaded program || fail 'not the bytes of the program'
[ "$(tail -c +$(($(wc -c < loaded) + 1)) program | tr -d '\0' | wc -c)" -eq 0 ] || fail 'more than the program'
grep -aq 'text of inside' boot || fail 'the other program is not in the boot file'
if grep -aq 'text of outside' boot; then fail 'the program is in the boot file, too'; fi
rm boot*
"$capdl" image system.elf --kernel kernel -o boot > out 2>&1 || fail 'capdl image'
grep -aq 'text of outside' boot || fail 'the program is not in the boot file'
rm boot*

refuse 1 '^error: --kernel must name an install prefix here' system.elf --kernel riscv64 -o boot
[ "$(wc -l < out)" = 1 ] || fail 'more than what is missing'
refuse 1 'error: --external ab: its program is not in reserved memory' system.elf --kernel kernel -o boot --external ab
refuse 1 'error: --external b: system.elf has no protection domain of this name' system.elf --kernel kernel -o boot --external b
refuse 1 'error: --external a and --external a are the same memory' system.elf --kernel kernel -o boot --external a --external a
refuse 1 'error: --external writes more files beside the first' system.elf --kernel kernel -o - --external a
rm kernel/support/kernel.dtb
refuse 1 "error: kernel/support/kernel.dtb: the kernel's device tree cannot be read: No such file or directory" system.elf --kernel kernel -o boot
exit $failed
