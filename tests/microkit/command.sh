#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `capdl microkit` in place of the microkit command: command.sh CAPDL PROGRAMS [INSTALL]
# Kernels are those made up by INSTALL, which no machine boots, or of SEL4_PREFIXES, which QEMU boots. Of their install prefixes
# the parts that Microkit's SDK has are put where that has them. What firmware wants of a boot image is read out of the image
# byte by byte.
set -u
capdl=$(realpath "$1") programs=$2 install=${3:-} here=$(realpath "$(dirname "$0")")
work=$(mktemp -d) failed=0
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$1" >&2
    failed=1
}

# refuse TEXT WORD...: the command fails, says so, and leaves no file
refuse() {
    text=$1
    shift
    if "$capdl" microkit "$@" -o "$work/no.img" -r "$work/no.txt" >"$work/said" 2>&1; then
        fail "accepted: $*"
    fi
    grep -qF -e "$text" "$work/said" || { fail "not said: $text"; cat "$work/said" >&2; }
    for file in "$work"/no.*; do
        [ ! -e "$file" ] || fail "left: $file"
    done
    rm -f "$work"/no.*
}

cat >"$work/a.system" <<'END'
<system>
  <memory_region name="buffer" size="0x1000" />
  <protection_domain name="one" priority="7">
    <program_image path="plain.elf" />
    <map mr="buffer" vaddr="0x4000000" perms="rw" />
  </protection_domain>
</system>
END
mkdir -p "$work/sdk/board/nearly/debug" "$work/sdk/board/other"
unset MICROKIT_SDK
refuse 'MICROKIT_SDK is not set' "$work/a.system" --board nearly --config debug
export MICROKIT_SDK="$work/sdk"
refuse 'missing option: --board' "$work/a.system" --config debug
refuse 'missing option: --config' "$work/a.system" --board nearly
refuse "there is no board 'near' in $work/sdk/board: expected nearly, other" "$work/a.system" --board near --config debug
refuse "there is no board '../board'" "$work/a.system" --board ../board --config nearly
refuse "there is no configuration 'x' in $work/sdk/board/nearly: expected debug" "$work/a.system" --board nearly --config x
refuse 'gen_config.json: error: No such file' "$work/a.system" --board nearly --config debug
refuse '--override-kernel is not supported' "$work/a.system" --board nearly --config debug --override-kernel x

# sdk BOARD PREFIX: a directory as the SDK has it
sdk() {
    to="$work/sdk/board/$1/debug"
    mkdir -p "$to/elf"
    ln -s "$2/libsel4/include" "$to/include"
    ln -s "$2/bin/kernel.elf" "$to/elf/sel4.elf"
    [ ! -e "$2/support/platform_gen.json" ] || ln -s "$2/support/platform_gen.json" "$to/platform_gen.json"
}

# build ARCH BOARD [WORD...]
build() {
    arch=$1 board=$2
    shift 2
    (cd "$work" && "$capdl" microkit a.system --search-path /nowhere "$programs/$arch" --board "$board" --config debug \
        -o "$arch.img" --report "$arch.txt" "$@") >"$work/said" 2>&1 || { fail "$board"; cat "$work/said" >&2; }
}

# bytes FILE OFFSET COUNT
bytes() {
    od -An -v -tx1 -j"$2" -N"$3" "$1" | tr -d ' \n'
}

# boots PATTERN WORD...: the machine prints it, and obeys what is in $work/orders then
boots() {
    pattern=$1
    shift
    { [ -z "$install" ] && command -v "$1" >/dev/null; } || return 0
    touch "$work/orders"
    {
        # shellcheck disable=SC2034
        for i in $(seq 300); do
            ! grep -aq "$pattern" "$work/console" 2>/dev/null || break
            sleep 0.2
        done
        cat "$work/orders"
        echo quit
    } | timeout 90 "$@" -display none -monitor stdio -serial "file:$work/console" >"$work/monitor" 2>&1
    grep -aq "$pattern" "$work/console" || { fail "$1 did not print '$pattern'"; cat "$work/console" >&2; }
    rm -f "$work/console" "$work/orders"
}

# place NAME: where the report of $arch says that it is, in hexadecimal
place() {
    sed -n 's/^ *0x0*\([0-9a-f]*\) .* '"$1"'$/\1/p' "$work/$arch.txt"
}

# entry TABLE: what the machine has in the first slot of a page table
entry() {
    echo "$((0x$(sed -n "s/^0*$(place "$1"): 0x\([0-9a-f]*\).*/\1/p" "$work/monitor")))"
}

# holds WORD...: the machine boots, and then its page tables are where the report says and have the frames that are
# there; one in the image, one made at boot
holds() {
    code=pt_one_vaddr_0x200000 data=pt_one_vaddr_0x4000000
    [ "$arch" != riscv64 ] || code=pte_one_vaddr_0x200000 data=pte_one_vaddr_0x4000000
    printf 'xp /1gx 0x%s\n' "$(place $code)" "$(place $data)" >"$work/orders"
    boots 'capdl: booted: ' "$@"
    { [ -z "$install" ] && command -v "$1" >/dev/null; } || return 0
    for pair in $code=frame_elf_one_000000000 $data=frame_mr_buffer_000000000; do
        value=$(entry "${pair%=*}")
        page=$((value & 0xfffffffff000))
        [ "$arch" != riscv64 ] || page=$((value >> 10 << 12))
        [ "$(printf %x $page)" = "$(place "${pair#*=}")" ] || { fail "$arch: $pair: other addresses"; cat "$work/monitor"; }
    done
}

# told WORD...: the emulated machine has everything where the report says; a report with another address is refused
told() {
    (cd "$work" && "$capdl" compile a.system -I "$programs/$arch" --kernel "$work/sdk/board/$board/debug" -o "$arch.elf") 2>/dev/null
    set -- "$work/$arch.elf" --kernel "$work/sdk/board/$board/debug" "$@"
    "$capdl" verify "$@" --report "$work/$arch.txt" >"$work/said" || { fail "$arch: addresses"; cat "$work/said" >&2; }
    grep -q '^  [1-9][0-9]* objects are where the report says$' "$work/said" || fail "$arch: no addresses"
    sed 's/\(0x[0-9a-f]*\)000\( .* frame_mr_buffer_000000000\)$/\1111\2/' "$work/$arch.txt" >"$work/other.txt"
    ! "$capdl" verify "$@" --report "$work/other.txt" >"$work/said" || fail "$arch: another address"
    grep -q "frame 'frame_mr_buffer_000000000' is at 0x$(place frame_mr_buffer_000000000), not at 0x[0-9a-f]*111 as $work/other.txt says" \
        "$work/said" || fail "$arch: another address is not told"
    grep -v ' tcb_one$' "$work/$arch.txt" >"$work/other.txt"
    ! "$capdl" verify "$@" --report "$work/other.txt" >"$work/said" || fail "$arch: an address is missing"
    grep -q "^$work/$arch.elf: TCB 'tcb_one' is at 0x[0-9a-f]*, of which $work/other.txt says nothing" "$work/said" ||
        fail "$arch: a missing address is not told"
    ! "$capdl" verify "$@" --report "$work/a.system" 2>"$work/said" || fail "$arch: not a report"
    grep -q 'a.system: error: there are no addresses of objects' "$work/said" || fail "$arch: not a report, not told"
}

# Interrupts of PCs, in words
devices() {
    cat >"$work/d.system" <<'END'
<system>
  <protection_domain name="one">
    <program_image path="plain.elf" />
    <irq id="1" pin="9" vector="4" polarity="low" />
    <irq id="2" pin="5" vector="7" trigger="edge" />
    <irq id="3" pcidev="1:2.3" handle="6" vector="8" />
  </protection_domain>
</system>
END
    "$capdl" microkit "$work/d.system" --search-path "$programs/x86_64" --board x86_64_generic --config debug -o "$work/d.img" \
        -r "$work/d.txt" 2>"$work/said" || { fail 'devices'; cat "$work/said" >&2; }
    cat >"$work/d.expected" <<'END'
    4: irq_4_one (ioapic_irq, ioapic_num: 0, ioapic_pin: 9, ioapic_level: level, ioapic_polarity: low)
    7: irq_7_one (ioapic_irq, ioapic_num: 0, ioapic_pin: 5, ioapic_level: edge, ioapic_polarity: high)
    8: irq_8_one (msi_irq, msi_handle: 6, msi_pci_bus: 1, msi_pci_dev: 2, msi_pci_fun: 3)
END
    grep irq_ "$work/d.txt" | head -n 3 | diff - "$work/d.expected" >&2 || fail 'interrupts in the report'
}

# What --viper-output writes, as Microkit's tool does
views() {
    cp "$here/views/views.system" "$work/v.system"
    "$capdl" microkit "$work/v.system" --search-path "$programs/aarch64" --board qemu_virt_aarch64 --config debug -o "$work/v.img" \
        -r "$work/v.txt" --viper-output "$work/views/new" 2>"$work/said" || { fail 'views'; cat "$work/said" >&2; }
    [ "$(cd "$work/views/new" && echo *)" = 'child.vpr client.vpr server.vpr' ] || fail "views: $(ls "$work/views/new")"
    sed "1s,in .*,in $work/v.system," "$here/views/server.vpr" >"$work/server.vpr"
    diff "$work/server.vpr" "$work/views/new/server.vpr" >&2 || fail 'the view of server'
    sed 's/name="client"/name="a\/b"/; s/pd="client"/pd="a\/b"/' "$work/v.system" >"$work/w.system"
    refuse "no file can have the name of protection domain 'a/b'" "$work/w.system" --search-path "$programs/aarch64" --board \
        qemu_virt_aarch64 --config debug --viper-output "$work/none"
    refuse 'cannot make the directory /dev/null/x' "$work/v.system" --search-path "$programs/aarch64" --board \
        qemu_virt_aarch64 --config debug --viper-output /dev/null/x
}

tried=0
prefixes=${SEL4_PREFIXES:-/nowhere}
if [ -n "$install" ]; then
    prefixes=$work/prefixes
    mkdir "$prefixes"
    for kernel in aarch64-mcs riscv64-mcs x86_64-mcs; do
        "$install" $kernel "$prefixes/$kernel"
    done
fi
for prefix in "$prefixes"/*; do
    config="$prefix/libsel4/include/kernel/gen_config.json"
    [ -e "$config" ] && grep -Eq '"KERNEL_MCS": *(true|"1")' "$config" || continue
    grep -Eq '"PRINTING": *(true|"1")' "$config" || continue
    arch=$(sed -n 's/^ *"SEL4_ARCH": *"\(.*\)".*/\1/p' "$config")
    hypervisor=$(grep -cE '"ARM_HYPERVISOR_SUPPORT": *(true|"1")' "$config")
    cores=$(sed -n 's/^ *"MAX_NUM_NODES": *"*\([0-9]*\).*/\1/p' "$config")
    ! grep -Eq '"SUPPORT_PCID": *(true|"1")' "$config" || continue # QEMU has none
    case $arch-$hypervisor-$cores in
    aarch64-1-1)
        [ ! -e "$work/aarch64.img" ] && [ -e "$programs/aarch64/plain.elf" ] || continue
        sdk qemu_virt_aarch64 "$prefix"
        build aarch64 qemu_virt_aarch64 --capdl-json a.json
        grep -q '"objects"' "$work/a.json" || fail 'no JSON'
        views
        grep -q 'to be loaded and started at 0x70000000' "$work/aarch64.txt" || fail 'the report does not say where'
        grep -q 'priority: 7' "$work/aarch64.txt" || fail 'the report does not say the priority'
        grep -q 'untypeds used' "$work/aarch64.txt" || fail 'the report does not say which memory'
        cp "$work/aarch64.img" "$work/first.img"
        build aarch64 qemu_virt_aarch64 --image-type binary
        cmp "$work/first.img" "$work/aarch64.img" || fail 'a second build gives other bytes'
        refuse '--image-type uimage is not for board qemu_virt_aarch64, expected binary or elf' "$work/a.system" --search-path \
            "$programs/aarch64" --board qemu_virt_aarch64 --config debug --image-type uimage
        sed "s|plain.elf|$programs/aarch64/plain.elf|" "$work/a.system" >"$work/absolute.system"
        "$capdl" microkit "$work/absolute.system" --board qemu_virt_aarch64 --config debug -o "$work/b.img" -r "$work/b.txt" \
            2>/dev/null || fail 'an absolute name'
        grep -q "^    $programs/aarch64/plain.elf" "$work/b.txt" || fail 'the report does not list an absolute name'
        refuse "$work/no.img is named for two outputs" "$work/a.system" --search-path "$programs/aarch64" --board \
            qemu_virt_aarch64 --config debug --capdl-json "$work/no.img"
        refuse 'cannot write /nowhere/a.json' "$work/a.system" --search-path "$programs/aarch64" --board \
            qemu_virt_aarch64 --config debug --capdl-json /nowhere/a.json
        refuse "$work/a.system is an input and would be overwritten" "$work/a.system" --search-path "$programs/aarch64" \
            --board qemu_virt_aarch64 --config debug --capdl-json "$work/a.system"
        refuse 'cannot find "plain.elf"' "$work/a.system" --search-path "$programs" --board qemu_virt_aarch64 --config debug
        cp "$programs/aarch64/plain.elf" "$work/plain.elf"
        refuse 'cannot find "plain.elf"' "$work/a.system" --search-path "$programs" --board qemu_virt_aarch64 --config debug
        rm "$work/plain.elf"
        told
        holds qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a53 -m 2G \
            -device "loader,file=$work/aarch64.img,addr=0x70000000,cpu-num=0"
        build aarch64 qemu_virt_aarch64 --image-type elf
        [ "$(bytes "$work/aarch64.img" 80 8)" = 0000007000000000 ] || fail 'the ELF image is at another address'
        ;;
    riscv64-0-1)
        [ ! -e "$work/riscv64.img" ] && [ -e "$programs/riscv64/plain.elf" ] || continue
        sdk qemu_virt_riscv64 "$prefix"
        build riscv64 qemu_virt_riscv64
        size=$(($(wc -c <"$work/riscv64.img") - 64))
        [ "$(bytes "$work/riscv64.img" 0 4)" = 27051956 ] || fail 'no uImage'
        [ "$(bytes "$work/riscv64.img" 12 12)" = "$(printf '%08x' $size)9000000090000000" ] || fail 'size, load, entry'
        [ "$(bytes "$work/riscv64.img" 28 4)" = 051a0200 ] || fail 'not a kernel of Linux for RISC-V'
        # Documentation/arch/riscv/boot-image-header.rst of Linux: load offset, flags, version 0.2, both magic numbers.
        [ "$(bytes "$work/riscv64.img" 72 8)" = 0000200000000000 ] || fail 'not 2 MiB above the start of memory'
        [ "$(bytes "$work/riscv64.img" 88 12)" = 000000000000000002000000 ] || fail 'not version 0.2 of the header'
        [ "$(bytes "$work/riscv64.img" 112 12)" = 524953435600000052534305 ] || fail 'no header of Linux'
        told
        holds qemu-system-riscv64 -machine virt -m 3G -kernel "$work/riscv64.img"
        ;;
    x86_64-0-1)
        [ ! -e "$work/x86_64.img" ] && [ -e "$programs/x86_64/plain.elf" ] || continue
        sdk x86_64_generic "$prefix"
        build x86_64 x86_64_generic
        cmp "$prefix/bin/kernel.elf" "$work/sel4.elf" || fail 'another kernel'
        [ "$(bytes "$work/sel4_32.elf" 4 1)" = 01 ] || fail 'sel4_32.elf is not 32-bit'
        grep -q 'given with --memory-map, it is forecast here' "$work/x86_64.txt" || fail 'a memory map is not asked for'
        build x86_64 x86_64_generic --memory-map qemu:1G
        devices
        told --memory-map qemu:1G
        "$capdl" verify "$work/x86_64.img" --memory-map qemu:1G --report "$work/x86_64.txt" >"$work/said" || fail 'the module'
        holds qemu-system-x86_64 -m 1G -cpu qemu64,+fsgsbase,+pdpe1gb,+xsave,+xsaveopt \
            -kernel "$work/sel4_32.elf" -initrd "$work/x86_64.img"
        ;;
    *)
        continue
        ;;
    esac
    tried=$((tried + 1))
done
[ $failed -eq 0 ] || exit 1
[ $tried -gt 0 ] || exit 77
