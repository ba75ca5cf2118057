#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# memory_map.sh CAPDL FORECAST IMAGE PROGRAM: memory maps of PCs, in all forms, give the untypeds that QEMU's of the same size gives, which
# other tests compare with real kernels; what is no map is refused. IMAGE is one for x86_64-mcs.
set -eu
capdl=$1 forecast=$2 image=$3 program=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}
same() { # FORM: of the map in $work/map
    "$forecast" x86_64-mcs "$program" "$work/map" >"$work/list" 2>&1 || fail "$1: $(cat "$work/list")"
    diff "$work/expected" "$work/list" || fail "$1: another list"
}
refused() { # EXPECTED TEXT
    printf "$2" >"$work/map"
    if "$capdl" fit "$image" --memory-map "$work/map" >"$work/said" 2>&1; then fail "not refused: $2"; fi
    grep -q "$1" "$work/said" || fail "$(cat "$work/said"): expected '$1'"
}

"$forecast" x86_64-mcs "$program" qemu:512M >"$work/expected"
cat >"$work/map" <<END
# a comment
0x0 0x9fc00 1

0xf0000 0x10000 2
0x100000 0x1fee0000 1
0x1ffe0000 0x20000 3
ioapic 0xfec00000
END
same list
cat >"$work/map" <<END
[    0.000000] Command line: 1 2 3
[    0.000000] BIOS-provided physical RAM map:
[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable
[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000001ffdffff] usable
[    0.000000] BIOS-e820: [mem 0x000000001ffe0000-0x000000001fffffff] ACPI data
[    0.000000] BIOS-e820: [mem 0x00000000fffc0000-0x00000000ffffffff] reserved
[    0.021000] IOAPIC[0]: apic_id 0, version 32, address 0xfec00000, GSI 0-23
END
same Linux
printf '\tPhysical Memory Region from %s\r\n' '0 size 9fc00 type 1' '100000 size 1fee0000 type 1' '1ffe0000 size 20000 type 2' >"$work/map"
printf 'ACPI: 0 IOMMUs detected\nACPI: MADT_IOAPIC ioapic_id=0 ioapic_addr=0xfec00000 gsib=0\n' >>"$work/map"
same seL4
cat >"$work/map" <<END
base_addr = 0x0, length = 0x9fc00, available RAM
base_addr = 0x100000, length = 0x1fee0000, available RAM
base_addr = 0x1ffe0000, length = 0x20000, reserved RAM
END
same GRUB
cat >"$work/map" <<END
Nov 28 19:00:00 host kernel: BIOS-provided physical RAM map:
Nov 28 19:00:00 host kernel:  BIOS-e820: 0000000000000000 - 000000000009fc00 (usable)
Nov 28 19:00:00 host kernel:  BIOS-e820: 0000000000100000 - 000000001ffe0000 (usable)
Nov 28 19:00:00 host kernel:  BIOS-e820: 000000001ffe0000 - 0000000020000000 (ACPI data)
Nov 28 19:00:00 host kernel: modified physical RAM map:
Nov 28 19:00:00 host kernel:  modified: 0000000000100000 - 0000000010000000 (usable)
END
same 'Linux before 3.4'
cat >"$work/map" <<END
(XEN) Xen-e820 RAM map:
(XEN)  [0000000000000000, 000000000009d7ff] (usable)
(XEN)  [0000000000100000, 000000001ffdffff] (usable)
(XEN)  [000000fd00000000, ffffffffffffffff] (reserved)
[    0.000000] Xen: [mem 0x0000000000100000-0x000000000fffffff] usable
END
same Xen
sed -e 's/\[\(0*1\?0*\), 000000000009d7ff\]/\1 - 000000000009d800/; s/\[\(.*\), 000000001ffdffff\]/\1 - 000000001ffe0000/' -e '/fffffff]/d' "$work/map" >"$work/old"
mv "$work/old" "$work/map"
grep -q ' - 000000001ffe0000 (usable)' "$work/map" || fail 'no old Xen'
same 'Xen before 4.15'
cat >"$work/map" <<END
SMAP type=01 base=0000000000000000 len=000000000009fc00
SMAP type=01 base=0000000000100000 len=000000001fee0000
SMAP type=02, xattr=0, base=0x000000001ffe0000, len=0x0000000000020000
END
same FreeBSD
# Of several boots the last counts, whether or not something stands between them; what the user adds holds for all.
boot() { printf '\tPhysical Memory Region from %s\n' '0 size 9fc00 type 1' "100000 size $1 type 1"; }
{ boot 3fee0000; echo 'ACPI: 1 IOMMUs detected'; boot 7fee0000; echo 'Booting all finished, dropped to user space'; boot 1fee0000; } >"$work/map"
same 'several boots'
{
    echo '[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000007ffdffff] usable'
    echo '[    0.100000] IOAPIC[0]: apic_id 0, version 32, address 0xfec10000, GSI 0-23'
    echo '[    0.000000] Linux version 6.1'
    echo '[    0.000000] BIOS-e820: [mem 0x0000000000000000-0x000000000009fbff] usable'
    echo '[    0.000000] BIOS-e820: [mem 0x0000000000100000-0x000000001ffdffff] usable'
} >"$work/map"
same 'Linux twice'
# Firmware with hundreds of pieces, and memory up to the end of the address space.
{
    printf '0x100000 0x1fee0000 1\n'
    i=0
    while [ $i -lt 500 ]; do
        printf '0x%x 0x1000 %d\n' $((0x60000000 + i * 0x1000)) $((2 + i % 3))
        i=$((i + 1))
    done
    printf '0xfd00000000 0xffffff0300000000 2\n'
} >"$work/map"
same 'hundreds of pieces'
# By multiboot 2 the kernel takes RAM as it stands in the map, down to untypeds of 16 bytes; by multiboot 1 only whole pages.
printf '0x100000 0x1fee0c30 1\n' >"$work/map"
same 'multiboot 1, a page that is not whole'
echo 'multiboot 2' >>"$work/map"
"$forecast" x86_64-mcs "$program" "$work/map" >"$work/list"
for part in '1ffe0000 b 0' '1ffe0800 a 0' '1ffe0c00 5 0' '1ffe0c20 4 0'; do
    grep -q "^$part\$" "$work/list" || fail "multiboot 2: no untyped $part"
done
boot 1fee0c30 >"$work/map"
"$forecast" x86_64-mcs "$program" "$work/map" | diff "$work/list" - || fail 'a log of multiboot 2'
{ echo 'Parsing GRUB physical memory map'; boot 1fee0c30; } >"$work/map"
same 'a log of multiboot 1'
# RAM that begins or ends within a page, or is smaller than one, as the kernel takes it: only whole pages.
printf '0x80000 0x20000 1\n0x100000 0x1fee0fff 1\n0x20000001 0x1ffe 1\n0x30000000 0xfff 1\n' >"$work/map"
same 'pages that are not whole'
# An IOMMU: its registers are the kernel's, and so is the memory of its 257 tables.
printf '0x100000 0x1fee0000 1\niommu 0xfed90000\n' >"$work/map"
"$forecast" x86_64-mcs "$program" "$work/map" >"$work/list"
grep -q '^fed91000 c 1$' "$work/list" || fail 'registers of the IOMMU are device memory'
ram() { # LIST: bytes
    total=0
    # shellcheck disable=SC2013
    for bits in $(sed -n 's/^[0-9a-f]* \([0-9a-f]*\) 0$/\1/p' "$1"); do total=$((total + (1 << 0x$bits))); done
    echo $total
}
[ $(($(ram "$work/expected") - $(ram "$work/list"))) = $((257 * 4096)) ] || fail 'the tables of the IOMMU take no memory'

# QEMU's PCs: 3 GiB below 4 GiB if there are 3.5 GiB or more, with an IOMMU 2 GiB of 2.75 GiB or more; the firmware's tables are at the top.
pc() { # SIZE LINE...
    size=$1
    shift
    printf '%s\n' "$@" >"$work/map"
    "$forecast" x86_64-mcs "$program" "qemu:$size" >"$work/expected"
    same "QEMU with $size"
}
pc 3583M '0x100000 0xdfde0000 1'
pc 3584M '0x100000 0xbfee0000 1' '0x100000000 0x20000000 1'
pc 5G '0x100000 0xbfee0000 1' '0x100000000 0x80000000 1'
pc 512M,iommu '0x100000 0x1fedf000 1' 'iommu 0xfed90000'
pc 2815M,iommu '0x100000 0xafddf000 1' 'iommu 0xfed90000'
pc 2816M,iommu '0x100000 0x7fedf000 1' '0x100000000 0x30000000 1' 'iommu 0xfed90000'

refused 'map:2: error: expected a memory region' '0x100000 0x1000000 1\nnonsense\n'
refused 'map:1: error: expected a memory region' '0x100000 0x1000000\n'
refused 'map:1: error: expected a memory region' '100000 1000000 1\n'
refused 'map:1: error: this memory region is empty, or goes past' '0x100000 0x0 1\n'
refused 'map:1: error: this memory region is empty, or goes past' '0xffffffff00000000 0x100000001 1\n'
refused 'map:2: error: RAM from 0x100000 on is not above' '0x100000000 0x1000000 1\n0x100000 0x1000000 1\n'
refused 'map:2: error: RAM from 0x200000 on is not above' '0x100000 0x1000000 1\n0x200000 0x1000000 1\n'
refused 'map: error: this memory map has no RAM above 1 MiB' '0x0 0x9fc00 1\n'
refused 'map: error: this memory map has no RAM above 1 MiB' ''
refused 'map:1: error: the registers of this device do not begin at a multiple of 4096' 'ioapic 0xfec00010\n'
# What is too much to be a PC's; the most that there may be is.
numbered() { # COUNT FORMAT
    i=0
    while [ $i -lt "$1" ]; do
        # shellcheck disable=SC2059
        printf "$2" $((0x100000000 + i * 0x1000))
        i=$((i + 1))
    done
}
refused 'map:1025: error: a memory map with more than 1024 entries' "$(numbered 1025 '0x%x 0x1000 2\n')\n"
refused 'map: error: this memory map has no RAM above 1 MiB' "$(numbered 1024 '0x%x 0x1000 2\n')\n"
for kind in ioapic iommu; do
    refused 'map:65: error: more than 64 devices of a kind' "$(numbered 65 "$kind 0x%x\n")\n"
    refused 'map: error: this memory map has no RAM above 1 MiB' "$(numbered 64 "$kind 0x%x\n")\n"
done
ioapics() { # COUNT: in a log that says each twice
    numbered "$1" 'IOAPIC[0]: apic_id 0, version 32, address 0x%x, GSI 0-23\n'
    numbered "$1" 'IOAPIC[0]: apic_id 0, version 32, address 0x%x, GSI 0-23\n'
    echo 'BIOS-e820: [mem 0x0000000000100000-0x000000001ffdffff] reserved'
}
{ ioapics 64 | tail -n 1; ioapics 64 | head -n -1; } >"$work/log"
refused 'map: error: this memory map has no RAM above 1 MiB' "$(cat "$work/log")\n"
refused 'error: more than 64 devices of a kind' "$(cat "$work/log")\nioapic 0xfec00000\n"
refused 'map: error: this memory map has no RAM above 1 MiB' "$(cat "$work/log")\nioapic 0x100000000\n"
refused 'more IOMMUs than addresses of IOMMUs' 'Physical Memory Region from 100000 size 1fee0000 type 1\nACPI: 2 IOMMUs detected\n'
refused 'the image of .* would be at .*, which is not all RAM' '0x100000 0x800000 1\n'
refused 'would be at .*, unpacked from its file after that, which is not all RAM' '0x100000 0x928000 1\n'
refused 'no RAM left for the initial task' '0x100000 0xf00000 1\n'
i=0
while [ $i -lt 16 ]; do
    printf '0x%x000000 0x100000 1\n' $((i + 1))
    i=$((i + 1))
done >"$work/many"
refused 'map:16: error: more than 15 regions of RAM' "$(cat "$work/many")\n"
# More untypeds than the kernel's list has room for: what is lost is said, by fit and by compile.
i=1
while [ $i -le 15 ]; do
    printf '0x%x 0x6ffe000 1\n' $((i * 0x10000000 + 0x1000))
    i=$((i + 1))
done >"$work/map"
sed -i '1s/.*/0x100000 0xfe01000 1/' "$work/map"
"$capdl" fit "$image" --memory-map "$work/map" >"$work/said" || fail "$(cat "$work/said")"
grep -q 'has room for 230 (CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS), but memory and devices need [3-9][0-9][0-9]; 0x[1-9a-f]' "$work/said" || fail "$(cat "$work/said")"
echo 'arch x86_64 objects { a = ep keeper = cnode (4 bits) } caps { keeper { 0: a  1: keeper } }' >"$work/small.cdl"
"$capdl" compile "$work/small.cdl" --memory-map "$work/map" -o "$work/small" 2>"$work/said" || fail "$(cat "$work/said")"
grep -q 'warning: the list of untypeds .* is full: .*untyped-list' "$work/said" || fail "$(cat "$work/said")"
echo 'arch x86_64 objects { big[7] = frame (1G)  keeper = cnode (4 bits) } caps { keeper { 0: big[] } }' >"$work/big.cdl"
for command in "compile -o $work/big" fit; do
    # shellcheck disable=SC2086
    if "$capdl" $command "$work/big.cdl" --memory-map "$work/map" >"$work/said" 2>&1; then fail "7 GiB: $command"; fi
    grep -q 'does not fit: .*; [1-9][0-9]* untypeds, of 0x[1-9a-f][0-9a-f]* bytes of RAM and 0x[0-9a-f]* bytes of device memory, are lost, as the kernel.s list has room for 230' "$work/said" || fail "$(cat "$work/said")"
done
"$capdl" compile "$work/small.cdl" --memory-map "$work/map" --no-check untyped-list -o "$work/small" 2>"$work/said"
! grep -q 'list of untypeds' "$work/said" || fail "$(cat "$work/said")"
for size in qemu: qemu:0G qemu:1 qemu:-1G qemu:5GG qemu:600G qemu:99999999999999999999G; do
    if "$capdl" fit "$image" --memory-map $size >"$work/said" 2>&1; then fail "not refused: $size"; fi
    grep -q "QEMU's memory is qemu:SIZE or" "$work/said" || fail "$(cat "$work/said")"
done
if "$capdl" fit "$image" --memory-map "$work/none" >"$work/said" 2>&1; then fail "a file that is not there"; fi
grep -q 'none: error: cannot read the memory map: No such file' "$work/said" || fail "$(cat "$work/said")"
if "$capdl" profile aarch64 >/dev/null && echo 'arch aarch64 objects { a = ep } caps { }' >"$work/arm.cdl" &&
    "$capdl" fit "$work/arm.cdl" --memory-map qemu:1G >"$work/said" 2>&1; then fail "on AArch64"; fi
grep -q 'is for x86-64: the memory of kernel .* was fixed when it was built' "$work/said" || fail "$(cat "$work/said")"

# Device memory ends below the addresses of interrupts, in the middle of a page.
printf '0x100000 0x3ff00000 1\n' >"$work/map"
for command in "compile -o $work/small" fit; do
    # shellcheck disable=SC2086
    "$capdl" $command "$work/small.cdl" --memory-map "$work/map" >"$work/said" 2>&1 || fail "$command: $(cat "$work/said")"
done
# What is forecast is what the emulated machine then does.
said=$("$capdl" fit "$image" --memory-map qemu:2G)
used=$(echo "$said" | sed -n 's/^ *\([0-9]* objects\) made by.*/\1/p')
bytes=$(echo "$said" | sed -n 's/.*which the kernel clears (\([0-9]*\) bytes)$/\1/p')
"$capdl" run "$image" --memory-map qemu:2G 2>/dev/null | grep -q "^capdl: booted: $used, .* $bytes bytes of untyped memory touched" || fail "$said"
"$capdl" verify "$image" --memory-map qemu:2G >"$work/said" || fail "$(cat "$work/said")"

prefix=${SEL4_PREFIXES:-}/x86_64-mcs-debug
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] || exit 0
# On a real kernel, too; a spec that needs more than this memory does not get there.
said=$("$capdl" fit "$image" --kernel "$prefix" --memory-map qemu:2G)
bytes=$(echo "$said" | sed -n 's/.*which the kernel clears (\([0-9]*\) bytes)$/\1/p')
"$capdl" run "$image" --kernel "$prefix" --memory-map qemu:2G --until 'memory touched' 2>/dev/null >"$work/boot" || true
grep -aq "^capdl: booted: $used, .* $bytes bytes of untyped memory touched" "$work/boot" || fail "$said; $(grep -a booted "$work/boot")"
echo 'arch x86_64 objects { big = ut (29 bits) keeper = cnode (4 bits) } caps { keeper { 0: big  1: keeper } }' >"$work/big.cdl"
if "$capdl" compile "$work/big.cdl" --kernel "$prefix" --memory-map qemu:1G -o "$work/none" 2>"$work/said"; then fail "512 MiB, aligned, of 1 GiB less the firmware's tables"; fi
grep -q "'big' does not fit: objects of 0x20000000 bytes .* in the way: the kernel at" "$work/said" || fail "$(cat "$work/said")"
"$capdl" compile "$work/big.cdl" --kernel "$prefix" -o "$work/image"
if "$capdl" run "$work/image" --kernel "$prefix" 2>"$work/said"; then fail "512 MiB of 1 GiB were run"; fi
grep -q "'big' does not fit" "$work/said" || fail "$(cat "$work/said")"
"$capdl" run "$work/image" --kernel "$prefix" --memory-map qemu:2G --timeout 60 --until 'booted: 2 objects' >/dev/null 2>"$work/said" ||
    fail "$(cat "$work/said")"
grep -q -e '-m 2048M' "$work/said" || fail "$(cat "$work/said")"
printf '0x100000 0x10000000 1\n' >"$work/map"
if "$capdl" run "$image" --kernel "$prefix" --memory-map "$work/map" 2>"$work/said"; then fail "a map that QEMU does not have"; fi
grep -q "QEMU has its own memory map" "$work/said" || fail "$(cat "$work/said")"
