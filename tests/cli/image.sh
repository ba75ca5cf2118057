#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `capdl image` with install prefixes that are made up, as the tests of profiles have them: nothing is booted. A program that another
# boot loader loads is in a file of its own, and there just what its ELF file says. usage: image.sh CAPDL PREFIX PREFIX-OF-A-PC
set -u
capdl=$(realpath "$1") prefix=$(realpath "$2") pc=$(realpath "$3")
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

bootinfo() {
    echo 'typedef struct seL4_BootInfo {'
    printf 'seL4_Word %s;\n' extraLen nodeID numNodes numIOPTLevels ipcBuffer
    printf 'seL4_SlotRegion %s;\n' empty sharedFrames userImageFrames userImagePaging ioSpaceCaps extraBIPages
    printf 'seL4_Word %s;\n' initThreadCNodeSizeBits initThreadDomain
    printf 'seL4_SlotRegion %s;\n' schedcontrol untyped
    echo '} seL4_BootInfo;'
}

# The kernel manages 32 of 64 MiB; what is not its memory is for devices.
cp -r "$prefix" kernel
mkdir kernel/bin
cat > kernel/support/platform_gen.json << 'END'
{"memory": [{"start": 2147483648, "end": 2181038080}],
 "devices": [{"start": 0, "end": 2147483648}, {"start": 2181038080, "end": 1099511627776}]}
END
bootinfo > kernel/libsel4/include/sel4/bootinfo_types.h
cat > kernel.dts << 'END'
/dts-v1/;
/ { #address-cells = <2>; #size-cells = <2>; compatible = "test-board";
    memory@80000000 { device_type = "memory"; reg = <0 0x80000000 0 0x4000000>; };
    serial@10000000 { compatible = "test,uart"; reg = <0 0x10000000 0 0x1000>; }; };
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
long=$(printf '%047d' 0)
refuse 1 "error: --external $long: system.elf has no protection domain" system.elf --kernel kernel -o boot --external "$long"
refuse 1 "error: --external 0$long: the name has more than 47 bytes" system.elf --kernel kernel -o boot --external "0$long"
refuse 1 'no such format for aarch64: iso (expected elf, ' system.elf --kernel kernel -o boot --format iso
refuse 2 'cannot write no/such/boot: No such file or directory' system.elf --kernel kernel -o no/such/boot
refuse 2 'cannot write /dev/full: No space left on device' system.elf --kernel kernel -o /dev/full
refuse 2 'cannot read none.dtb: No such file or directory' system.elf --kernel kernel -o boot --dtb none.dtb
ln -s /dev/full boot.a.bin
"$capdl" image system.elf --kernel kernel -o boot --external a > out 2>&1
[ $? = 2 ] || fail 'a full disk'
grep -q 'cannot write boot.a.bin: No space left on device' out || fail 'a full disk'
rm boot*
# The kernel's own tree, the same as a file, and that of another board.
"$capdl" profile --devices kernel > listed 2>&1 || fail 'no devices of the kernel'
grep -q '^/serial@10000000$' listed || { cat listed; fail 'not its device'; }
"$capdl" profile --devices kernel --dtb kernel/support/kernel.dtb | cmp -s - listed || fail 'its tree as a file has other devices'
sed 's/80000000/90000000/g' kernel.dts | dtc -q -O dtb -o other.dtb
"$capdl" profile --devices kernel --dtb other.dtb > out 2>&1 && fail 'the tree of another board'
grep -q 'error: other.dtb.* is for another board' out || fail 'another board'
rm kernel/support/kernel.dtb
refuse 1 "error: kernel/support/kernel.dtb: the kernel's device tree cannot be read: No such file or directory" system.elf --kernel kernel -o boot

# ---- PCs: kernel and image are two files, or a CD ----
host=$(command -v x86_64-linux-gnu-gcc) || { echo 'no compiler for x86-64'; exit $failed; }
cp -r "$pc" pc
mkdir pc/bin
bootinfo > pc/libsel4/include/sel4/bootinfo_types.h
printf '.globl _start\n.space 20\n_start: jmp _start\n.data\n.ascii "the kernel"\n' > kernel.S
sed -i 's/"PRINTING": false/"PRINTING": true/' pc/libsel4/include/kernel/gen_config.json
"$host" -nostdlib -static -no-pie -Wl,-Ttext-segment=0x100000 -Wl,--build-id=none kernel.S -o pc/bin/kernel.elf || exit 1
printf '.globl _start\n_start: jmp _start\n.data\n.set i, 1\n.rept 130\n.quad i\n.space 4088\n.set i, i + 1\n.endr\n' > program.S
"$host" -nostdlib -static -no-pie -Wl,-Ttext-segment=0x200000 program.S -o program.elf || exit 1
echo 'arch x86_64 objects { a = pd ("program.elf") }' > pc.cdl
"$capdl" profile --devices pc > out 2>&1 && fail 'devices of a PC'
grep -q '^error: .*pc has no device tree: PCs are described by their firmware (ACPI)$' out || fail 'why a PC has no tree'
"$capdl" compile pc.cdl --kernel pc -o pc.elf > out 2>&1 || fail 'no image for a PC'
"$capdl" image pc.elf --kernel pc -o boot --json > out || fail 'no boot files for a PC'
grep -q '"format":"multiboot"' out || fail 'another format'
for name in boot boot.module; do
    grep -A2 "\"file\":\"$name\"" out | tr -d '\n' | grep -q "\"bytes\":$(wc -c < $name),.*\"sha256\":\"$(sha256sum < $name | cut -d' ' -f1)\"" || fail "$name is not told"
done
[ "$(grep -c '"file"' out)" = 2 ] || fail 'other files'
cmp boot.module pc.elf || fail 'the module is not the image'
entry() { LC_ALL=C readelf -h "$1" | sed -n 's/^ *\(Class\|Type\|Machine\|Entry point address\): *//p' | paste -sd ' '; }
[ "$(entry boot)" = "ELF32 EXEC (Executable file) Intel 80386 $(entry pc/bin/kernel.elf | sed 's/.* //')" ] || { entry boot; fail 'no 32-bit ELF file'; }
grep -aq 'the kernel' boot || fail 'the kernel is not in its file'
rm boot*
refuse 1 'no such format for x86_64: elf (expected multiboot, iso)' pc.elf --kernel pc -o boot --format elf
for option in '--at 0x2000000' '--initialiser-at 0x2000000' '--dtb kernel.dts' '--firmware-dtb' '--reserve 0x2000000+1M' '--external a'; do
    # shellcheck disable=SC2086 # the option and its value
    refuse 1 "error: ${option% *} is for AArch64 and RISC-V: PCs are booted without our loader" pc.elf --kernel pc -o boot $option
done
# Other kernels than the one that it was compiled for. other SAYS FILE EXPRESSION: a header is changed
other() {
    rm -rf other
    cp -r pc other
    sed -i "$3" "other/libsel4/include/$2"
    cmp -s "pc/libsel4/include/$2" "other/libsel4/include/$2" && fail "$3 changes nothing"
    refuse 1 "$1" pc.elf --kernel other -o boot
}
differs='error: pc.elf was compiled for the kernel x86_64-pc99; other differs in its'
other "$differs invocation labels: compile it with --kernel other$" interfaces/object-api.xml '/"UntypedRetype"/i <method id="First" name="First"></method>'
other "$differs object types: " sel4/objecttype.h 's/seL4_TCBObject/seL4_x/; s/seL4_EndpointObject/seL4_TCBObject/; s/seL4_x/seL4_EndpointObject/'
other "$differs object sizes: " sel4/sel4_arch/constants.h '/TCBBits/s/11/12/'
other "$differs system call numbers: " api/syscall.xml 's/"Call"/"x"/; s/"Send"/"Call"/; s/"x"/"Send"/'
other "$differs system call instruction: " kernel/gen_config.json 's/"SYSENTER": true/"SYSENTER": false/'
other "$differs Retype fan-out limit: " kernel/gen_config.json 's/"RETYPE_FAN_OUT_LIMIT": "32"/"RETYPE_FAN_OUT_LIMIT": "31"/'
other "$differs debug console, which the initialiser would print on: " kernel/gen_config.json 's/"PRINTING": true/"PRINTING": false/'
other 'needs [0-9]* slots of the root CNode to boot, one per page, but kernel other has 2^7: ' kernel/gen_config.json 's/"ROOT_CNODE_SIZE_BITS": "13"/"ROOT_CNODE_SIZE_BITS": "7"/'
for words in aarch64-mcs:architecture x86_64:.*; do
    "$capdl" fit pc.elf --kernel "${words%%:*}" > out 2>&1 && fail "fit for ${words%%:*}"
    grep -q "error: pc.elf was compiled for the kernel x86_64-pc99; ${words%%:*} differs in its ${words#*:}: compile it with --kernel ${words%%:*}$" out || fail "another kernel, ${words%%:*}"
done

# place KERNEL OPTION SAYS: a compilation that does not get to the image
echo 'arch aarch64 objects { a = pd ("inside.elf") }' > aarch64-mcs.cdl
place() {
    # shellcheck disable=SC2086 # the option and its value
    "$capdl" compile "$1.cdl" --kernel "$1" -o boot $2 > out 2>&1 && fail "compile $1.cdl $2: taken"
    grep -qF -e "$3" out || fail "compile $1.cdl $2: not $3"
}
for value in zero 0 -1 0x10000000000000000; do
    place pc "--at $value" "capdl compile: --at takes an address such as 0x60400000, not '$value'"
done
place pc '--initialiser-at 4k' "capdl compile: --initialiser-at takes an address such as 0x60400000, not '4k'"
place pc '--at 0x2000000' '--at: PCs are booted without our loader; leave the option out'
place pc '--initialiser-at 0x2000000' "--initialiser-at: the kernel 'pc' itself moves the image to just above it"
for value in 1 + 0x7000+ 0+1x 0+1kk 0+1kM x+1 0x1000+0 0xffffffffffffffff+2 0x8000000000000000+8589934592G 0+17179869184G; do
    place pc "--reserve $value" "error: --reserve takes START+SIZE, such as 0x70000000+64M, not '$value'"
done
place pc '--reserve 0x1000+4k' 'error: memory can be reserved only on AArch64 and RISC-V'
# The kernel ends at 0x6024a000; its device tree has two pages.
place aarch64-mcs '--at 0x2000000' '--at: a built-in profile has no kernel, which the loader must be apart from; leave the option out'
place aarch64-mcs '--initialiser-at 0x6024bfff' 'the initialiser must be above kernel and device tree, from 0x6024c000 on'
place aarch64-mcs '--initialiser-at 0x6024c001' 'the initialiser cannot be at 0x6024c001: expected a multiple of 4096'
"$capdl" compile aarch64-mcs.cdl --kernel aarch64-mcs -o boot --initialiser-at 0x6024c000 > out 2>&1 || fail 'not just above the kernel'
rm boot
refuse 2 'capdl image: format multiboot writes two files, so -o must name one' pc.elf --kernel pc -o -
refuse 2 'capdl image: another program writes the format iso, so -o must name a file' pc.elf --kernel pc -o - --format iso
for format in multiboot iso; do
    refuse 2 'cannot write no/such/boot: No such file or directory' pc.elf --kernel pc -o no/such/boot --format $format
done
mkdir boot.module
"$capdl" image pc.elf --kernel pc -o boot > out 2>&1 && fail 'a directory is written'
grep -q 'cannot write boot.module: ' out || fail 'a module that is a directory'
[ ! -e boot ] || fail 'a kernel without its module'
rmdir boot.module
ln -s /dev/full boot.module
"$capdl" image pc.elf --kernel pc -o boot > out 2>&1
[ $? = 2 ] || fail 'a full disk is no trouble'
grep -q 'cannot write boot.module: No space left on device' out || fail 'a full disk'
[ ! -e boot ] || fail 'a kernel without its module'
rm boot.module
PATH=/nowhere "$capdl" image pc.elf --kernel pc -o boot --format iso > out 2>&1
[ $? = 1 ] || fail 'a CD without the program that writes it'
grep -q 'cannot run grub-mkrescue' out || fail 'a CD without the program that writes it'
[ ! -e boot ] || fail 'an empty CD'
if command -v grub-mkrescue > /dev/null && command -v xorriso > /dev/null; then
    "$capdl" image pc.elf --kernel pc -o boot --format iso > out 2>&1 || fail 'no CD'
    grep -aq CD001 boot || fail 'a CD without its mark'
fi
exit $failed
