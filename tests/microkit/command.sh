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

# refuse CODE TEXT WORD...: the command fails, says so, and leaves no file
refuse() {
    code=$1 text=$2
    shift 2
    got=0
    "$capdl" microkit -o "$work/no.img" -r "$work/no.txt" "$@" >"$work/said" 2>&1 || got=$?
    [ $got = "$code" ] || fail "exit code $got, expected $code: $*"
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
mkdir -p "$work/sdk/board/nearly/debug" "$work/sdk/board/other" "$work/sdk/board/.git"
touch "$work/sdk/board/file"
unset MICROKIT_SDK
refuse 2 'MICROKIT_SDK is not set, expected' "$work/a.system" --board nearly --config debug
export MICROKIT_SDK=
refuse 2 'MICROKIT_SDK is not set, expected' "$work/a.system" --board nearly --config debug
export MICROKIT_SDK="$work/sdk/board"
refuse 2 "there is no directory 'board' in $work/sdk/board: expected nearly, other" "$work/a.system" --board nearly --config debug
export MICROKIT_SDK="$work/nowhere"
refuse 2 "there is no directory 'board' in $work/nowhere: expected one" "$work/a.system" --board nearly --config debug
export MICROKIT_SDK="$work/sdk"
refuse 2 'missing option: -B, --board BOARD' "$work/a.system" --config debug
refuse 2 'missing option: -C, --config CONFIG' "$work/a.system" --board nearly
for board in near ../board .git file ''; do
    refuse 2 "there is no board '$board' in $work/sdk/board: expected nearly, other" "$work/a.system" --board "$board" --config debug
done
refuse 2 "there is no configuration 'x' in $work/sdk/board/nearly: expected debug" "$work/a.system" --board nearly --config x
refuse 2 "there is no configuration 'x' in $work/sdk/board/other: expected one" "$work/a.system" --board other --config x
refuse 1 'gen_config.json: error: No such file' "$work/a.system" --board nearly --config debug
refuse 2 '--override-kernel is not supported: put the kernel into a board directory' "$work/a.system" --board nearly --config debug \
    --override-kernel x

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

# unread TEXT FILE WORD...: as a report, the file is refused
unread() {
    text=$1 file=$2
    shift 2
    got=0
    "$capdl" verify "$@" --report "$file" >"$work/said" 2>&1 || got=$?
    [ $got = 1 ] || fail "exit code $got of a report that is none"
    grep -qF -e "$text" "$work/said" || { fail "not said: $text"; cat "$work/said" >&2; }
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
    unread "a.system: error: there are no addresses of objects: a report of 'capdl microkit' has them under '# Objects in memory'" \
        "$work/a.system" "$@"
    unread 'nowhere.txt: error: cannot be read: No such file' "$work/nowhere.txt" "$@"
    # The first row is the fourth line of the table.
    row=$(sed -n '/^# Objects in memory/=' "$work/$arch.txt")
    for bad in 's/0x[0-9a-f]* .*/nothing/' 's/ [^ ]*$//' 's/[^ ]*$/nosuch/'; do
        sed "$((row + 3))$bad" "$work/$arch.txt" >"$work/other.txt"
        unread "other.txt:$((row + 3)): error: '$(sed -n "$((row + 3))p" "$work/other.txt")' is no object of the image's spec" \
            "$work/other.txt" "$@"
    done
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

# The boot module is no shorter than the largest gap of a kernel, 8 MiB, and never cut; both kernels are beside it.
modules() {
    mkdir "$work/beside"
    set -- --search-path "$programs/x86_64" "$work" --board x86_64_generic --config debug
    refuse 2 'cannot write /dev/full: No space left on device' "$work/a.system" "$@" -o /dev/full
    [ "$(wc -c <"$work/x86_64.img")" -eq 8388608 ] || fail 'not 8 MiB'
    head -c 9000000 /dev/urandom >"$work/long.bin"
    sed 's/size="0x1000"/prefill_path="long.bin"/' "$work/a.system" >"$work/long.system"
    "$capdl" microkit "$work/long.system" "$@" -o "$work/beside/long.img" -r "$work/long.txt" || fail 'a long module'
    "$capdl" compile "$work/long.system" -I "$programs/x86_64" --kernel "$work/sdk/board/x86_64_generic/debug" -o "$work/long.elf" \
        2>/dev/null
    [ "$(wc -c <"$work/beside/long.img")" -eq "$(wc -c <"$work/long.elf")" ] || fail 'a long module has another size'
    "$capdl" verify "$work/beside/long.img" --memory-map qemu:1G >"$work/said" || fail 'a long module is not the system'
    [ "$(cd "$work/beside" && echo *)" = 'long.img sel4.elf sel4_32.elf' ] || fail "beside the module: $(ls "$work/beside")"
    cmp "$work/sel4_32.elf" "$work/beside/sel4_32.elf" && cmp "$work/sel4.elf" "$work/beside/sel4.elf" || fail 'other kernels'
    for type in binary uimage; do
        refuse 1 "--image-type $type is not for board x86_64_generic, expected elf" "$work/a.system" "$@" --image-type $type
    done
    for name in sel4.elf sel4_32.elf; do
        refuse 2 "$work/beside/$name is named for two outputs" "$work/a.system" "$@" -o "$work/beside/new.img" -r "$work/beside/$name"
        mkdir -p "$work/taken/$name"
        refuse 2 "cannot write $work/taken/$name: Is a directory" "$work/a.system" "$@" -o "$work/taken/a.img"
        [ "$(ls "$work/taken")" = $name ] || fail "left: $(ls "$work/taken")"
        rmdir "$work/taken/$name"
    done
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
    refuse 2 "no file can have the name of protection domain 'a/b'" "$work/w.system" --search-path "$programs/aarch64" --board \
        qemu_virt_aarch64 --config debug --viper-output "$work/none"
    refuse 2 'cannot make the directory /dev/null/x' "$work/v.system" --search-path "$programs/aarch64" --board \
        qemu_virt_aarch64 --config debug --viper-output /dev/null/x
}

# Addresses, times and badges are those that libmicrokit wants (docs/microkit.md), parents are before children.
report() {
    cat >"$work/r.system" <<'END'
<system>
  <protection_domain name="server" priority="9" passive="true">
    <program_image path="plain.elf" />
    <irq irq="41" id="3" trigger="edge" />
    <irq irq="40" id="12" />
    <protection_domain name="child" id="3" priority="4" budget="300" period="4000">
      <program_image path="plain.elf" />
    </protection_domain>
  </protection_domain>
</system>
END
    "$capdl" microkit "$work/r.system" --search-path "$programs/aarch64" --board qemu_virt_aarch64 --config debug -o "$work/r.img" \
        -r "$work/r.txt" 2>"$work/said" || { fail 'report'; cat "$work/said" >&2; }
    sed '/^    tcb_monitor/,$d; s,^\(    [okp].*: \)[0-9][0-9]*$,\1N,' "$work/r.txt" >"$work/r.begin"
    sed "s,WORK,$work," >"$work/r.expected" <<'END'
# Summary

    system: WORK/r.system
    board: qemu_virt_aarch64
    configuration: debug
    kernel: WORK/sdk/board/qemu_virt_aarch64/debug
    image: WORK/r.img, to be loaded and started at 0x70000000
    objects: N
    pages of the image that become memory of the system: N

# Interrupts

    40: irq_40_server (arm_irq, trigger: level, target: 0)
    41: irq_41_server (arm_irq, trigger: edge, target: 0)

# Threads

    tcb_server
        ip: 0x200000
        sp: 0xffffffe000
        IPC buffer: 0xfffffff000
        priority: 9
        maximum controlled priority: 9
        core: 0
        domain: 0
        cnode: cnode_server_root
        pud: pud_server
        frame: frame_ipcbuf_server
        ep: ep_fault_monitor (badge 0x1)
        sc: sched_context_server (budget 1000 us, period 1000 us)
        notification: ntfn_server
    tcb_child
        ip: 0x200000
        sp: 0xffffffe000
        IPC buffer: 0xfffffff000
        priority: 4
        maximum controlled priority: 4
        core: 0
        domain: 0
        cnode: cnode_child_root
        pud: pud_child
        frame: frame_ipcbuf_child
        ep: ep_server (badge 0x4000000000000003)
        sc: sched_context_child (budget 300 us, period 4000 us)
        notification: ntfn_child
END
    diff "$work/r.expected" "$work/r.begin" >&2 || fail 'another report'
    sed -n 's/^# //p' "$work/r.txt" >"$work/r.heads"
    printf '%s\n' Summary Interrupts Threads 'Physical memory' 'Objects in memory' \
        'The system as a spec: objects, CNodes with slots and rights, mappings' | diff - "$work/r.heads" >&2 || fail 'other parts'
    "$capdl" expand "$work/r.system" -I "$programs/aarch64" --arch aarch64 >"$work/r.cdl" || fail 'expand'
    sed '1,/^# The system as/d' "$work/r.txt" | sed 1d | diff "$work/r.cdl" - >&2 || fail 'the report has another spec'
}

# here WORD...: in a directory of its own, with programs at hand, which only the search path and the working directory offer
here() {
    (cd "$work/here" && "$capdl" microkit "$@" --board qemu_virt_aarch64 --config debug) >"$work/said" 2>&1
}

# Where programs are looked for, and where files are put
files() {
    mkdir -p "$work/here" "$work/first" "$work/second" "$work/none"
    cp "$programs/aarch64/plain.elf" "$work/first"
    cp "$programs/aarch64/vars.elf" "$work/second/plain.elf"
    here "$work/a.system" --search-path "$work/first" || { fail 'no other options'; cat "$work/said" >&2; }
    [ "$(cd "$work/here" && echo *)" = 'loader.img report.txt' ] || fail "outputs: $(ls "$work/here")"
    mv "$work/here/loader.img" "$work/plain.img"
    here "$work/a.system" --search-path "$work/second" -r r.txt
    mv "$work/here/loader.img" "$work/vars.img"
    ! cmp -s "$work/plain.img" "$work/vars.img" || fail 'two programs give one image'
    here "$work/a.system" --search-path "$work/none" "$work/first" "$work/second" -r r.txt
    cmp "$work/plain.img" "$work/here/loader.img" || fail 'the first directory is not first'
    here "$work/a.system" --search-path "$work/second" --search-path "$work/first" -r r.txt
    cmp "$work/vars.img" "$work/here/loader.img" || fail 'the first option is not first'
    here --search-path "$work/none" -r r.txt --search-path "$work/first" "$work/second" -o x.img "$work/a.system"
    cmp "$work/plain.img" "$work/here/x.img" || fail 'a system after a search path'
    cp "$work/second/plain.elf" "$work/here"
    here "$work/a.system" --search-path "$work/first" -o x.img
    cmp "$work/plain.img" "$work/here/x.img" || fail 'the working directory is not last'
    here "$work/a.system" -o x.img
    cmp "$work/vars.img" "$work/here/x.img" || fail 'the working directory is not searched'
}

# Outputs that cannot be, and those of failures: all are written, or none
outputs() {
    set -- "$work/a.system" --search-path "$programs/aarch64" --board qemu_virt_aarch64 --config debug
    refuse 2 "$work/no.img is named for two outputs" "$@" --capdl-json "$work/no.img"
    refuse 2 "$work/../${work##*/}/no.txt is named for two outputs" "$@" --capdl-json "$work/../${work##*/}/no.txt"
    refuse 2 'cannot write /nowhere/a.json: No such file' "$@" --capdl-json /nowhere/a.json
    refuse 2 'cannot write /nowhere/a.img: No such file' "$@" -o /nowhere/a.img
    refuse 2 'cannot write /nowhere/a.txt: No such file' "$@" -r /nowhere/a.txt
    refuse 2 "cannot write $work/first: Is a directory" "$@" -r "$work/first"
    for option in -o -r --capdl-json; do
        refuse 2 'cannot write /dev/full: No space left on device' "$@" $option /dev/full
        refuse 2 "$work/a.system is an input and would be overwritten" "$@" $option "$work/a.system"
    done
    # What was there stays.
    echo old >"$work/old.img"
    refuse 2 'cannot write /dev/full' "$@" -o "$work/old.img" -r /dev/full
    sed 's/0x1000/0x80000000/' "$work/a.system" >"$work/b.system"
    shift
    refuse 1 "b.system:2:3: error: frame 'frame_mr_buffer_000000000' does not fit" "$work/b.system" "$@" -o "$work/old.img"
    [ "$(cat "$work/old.img")" = old ] || fail 'an image was overwritten'
}

# A system in capDL text, whose objects have indices
elements() {
    printf 'arch aarch64 objects { e[3] = ep c = cnode (2 bits) } caps { c { 1: e[1] (R) 2: e[0] (R) 3: e[2] (R) } }' >"$work/e.cdl"
    kernel=$work/sdk/board/qemu_virt_aarch64/debug
    "$capdl" microkit "$work/e.cdl" --board qemu_virt_aarch64 --config debug -o "$work/e.img" -r "$work/e.txt" 2>/dev/null || fail 'text'
    "$capdl" compile "$work/e.cdl" --kernel "$kernel" -o "$work/e.elf" 2>/dev/null
    "$capdl" verify "$work/e.elf" --kernel "$kernel" --report "$work/e.txt" >"$work/said" || { fail 'elements'; cat "$work/said" >&2; }
    grep -q '^  4 objects are where the report says$' "$work/said" || fail 'no addresses of elements'
    sed 's/e\[1\]/e[3]/; s/e\[2\]/e[1]/; s/e\[3\]/e[2]/' "$work/e.txt" >"$work/other.txt"
    ! "$capdl" verify "$work/e.elf" --kernel "$kernel" --report "$work/other.txt" >"$work/said" || fail 'two elements in each other'"'"'s place'
}

# A board that Microkit does not have: our loader chooses its place, and any type of image may be what the firmware takes.
own() {
    ln -s qemu_virt_aarch64 "$work/sdk/board/mine"
    for type in binary elf uimage; do
        build aarch64 mine --image-type $type
        ! grep -q 'started at' "$work/aarch64.txt" || fail 'an address in the report'
        mv "$work/aarch64.img" "$work/$type.img"
    done
    build aarch64 mine
    cmp "$work/binary.img" "$work/aarch64.img" || fail 'not a binary image for a board that is not known'
    [ "$(bytes "$work/elf.img" 0 4)" = 7f454c46 ] || fail 'not an ELF image'
    [ "$(bytes "$work/uimage.img" 0 4)" = 27051956 ] || fail 'not a uImage'
    refuse 1 '--image-type raw is not for board mine, expected binary, elf or uimage' "$work/a.system" --search-path \
        "$programs/aarch64" --board mine --config debug --image-type raw
}

# Without a device tree, firmware is told to start cores by numbers that depend on the board; both of these have RAM from
# 0x20000000 on.
cores() {
    [ -n "$install" ] || return 0
    cp -r "$prefix" "$work/four"
    sed -i 's/\("MAX_NUM_NODES": \)"1"/\1"4"/; s/\("ENABLE_SMP_SUPPORT": \)false/\1true/' "$work/four/libsel4/include/kernel/gen_config.json"
    sed -i 's/1610612736/536870912/g' "$work/four/support/platform_gen.json"
    for case in 'rock3b 0 100 200 300' 'rockpro64 0 1 2 3'; do
        board=${case%% *}
        sdk "$board" "$work/four"
        build aarch64 "$board"
        grep -q 'started at 0x30000000$' "$work/aarch64.txt" || fail "$board: another address"
        # shellcheck disable=SC2086
        [ "$(grep -ao 'cpu@[0-9a-f]*' "$work/aarch64.img")" = "$(printf 'cpu@%s\n' ${case#* })" ] || fail "$board: other cores"
    done
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
        "$capdl" expand "$work/a.system" -I "$programs/aarch64" --arch aarch64 >"$work/a.cdl"
        "$capdl" expand "$work/a.json" -I "$programs/aarch64" --arch aarch64 | diff "$work/a.cdl" - >&2 || fail 'the JSON is another system'
        views
        grep -q 'to be loaded and started at 0x70000000' "$work/aarch64.txt" || fail 'the report does not say where'
        grep -q 'priority: 7' "$work/aarch64.txt" || fail 'the report does not say the priority'
        grep -q 'untypeds used' "$work/aarch64.txt" || fail 'the report does not say which memory'
        cp "$work/aarch64.img" "$work/first.img"
        build aarch64 qemu_virt_aarch64 --image-type binary
        cmp "$work/first.img" "$work/aarch64.img" || fail 'a second build gives other bytes'
        refuse 1 '--image-type uimage is not for board qemu_virt_aarch64, expected binary or elf' "$work/a.system" --search-path \
            "$programs/aarch64" --board qemu_virt_aarch64 --config debug --image-type uimage
        sed "s|plain.elf|$programs/aarch64/plain.elf|; /<system>/a<protection_domain name=\"two\"><program_image \
            path=\"$programs/aarch64/crash.elf\" /></protection_domain>" "$work/a.system" >"$work/absolute.system"
        "$capdl" microkit "$work/absolute.system" --board qemu_virt_aarch64 --config debug -o "$work/b.img" -r "$work/b.txt" \
            2>/dev/null || fail 'an absolute name'
        sed -n '/^# Files/,/^# Int/p' "$work/b.txt" >"$work/listed"
        printf '%s\n' '# Files named by absolute paths' '' "    $programs/aarch64/crash.elf" "    $programs/aarch64/plain.elf" '' \
            '# Interrupts' | diff - "$work/listed" >&2 || fail 'the report does not list absolute names'
        ! grep -q '^# Files' "$work/aarch64.txt" || fail 'the report lists names that are not absolute'
        report
        files
        outputs
        elements
        refuse 1 'cannot find "plain.elf"' "$work/a.system" --search-path "$programs" --board qemu_virt_aarch64 --config debug
        cp "$programs/aarch64/plain.elf" "$work/plain.elf"
        refuse 1 'cannot find "plain.elf"' "$work/a.system" --search-path "$programs" --board qemu_virt_aarch64 --config debug
        rm "$work/plain.elf"
        told
        holds qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a53 -m 2G \
            -device "loader,file=$work/aarch64.img,addr=0x70000000,cpu-num=0"
        build aarch64 qemu_virt_aarch64 --image-type elf
        [ "$(bytes "$work/aarch64.img" 80 8)" = 0000007000000000 ] || fail 'the ELF image is at another address'
        own
        cores
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
        refuse 1 '--image-type raw is not for board qemu_virt_riscv64, expected binary, elf or uimage' "$work/a.system" --search-path \
            "$programs/riscv64" --board qemu_virt_riscv64 --config debug --image-type raw
        cp "$work/riscv64.img" "$work/first.img"
        build riscv64 qemu_virt_riscv64 --image-type binary
        [ "$(bytes "$work/riscv64.img" 0 2)" != 7f45 ] && [ "$(bytes "$work/riscv64.img" 0 4)" != 27051956 ] || fail 'not binary'
        ln -s qemu_virt_riscv64 "$work/sdk/board/ariane"
        build riscv64 ariane
        [ "$(bytes "$work/riscv64.img" 0 4)" = 7f454c46 ] || fail 'not an ELF image for ariane'
        [ "$(bytes "$work/riscv64.img" 80 8)" = 0000009000000000 ] || fail 'the ELF image is at another address'
        build riscv64 ariane --image-type uimage
        cmp "$work/first.img" "$work/riscv64.img" || fail 'another uImage'
        build riscv64 qemu_virt_riscv64
        holds qemu-system-riscv64 -machine virt -m 3G -kernel "$work/riscv64.img"
        ;;
    x86_64-0-1)
        [ ! -e "$work/x86_64.img" ] && [ -e "$programs/x86_64/plain.elf" ] || continue
        sdk x86_64_generic "$prefix"
        build x86_64 x86_64_generic
        cmp "$prefix/bin/kernel.elf" "$work/sel4.elf" || fail 'another kernel'
        [ ! -s "$work/said" ] || { fail 'a warning'; cat "$work/said" >&2; }
        [ "$(bytes "$work/sel4_32.elf" 4 1)" = 01 ] || fail 'sel4_32.elf is not 32-bit'
        grep -q 'given with --memory-map, it is forecast here' "$work/x86_64.txt" || fail 'a memory map is not asked for'
        build x86_64 x86_64_generic --memory-map qemu:1G
        devices
        modules
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
