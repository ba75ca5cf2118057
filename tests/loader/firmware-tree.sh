#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# firmware-tree.sh CAPDL ARCH: what the kernel is handed with --firmware-dtb, read out of QEMU's memory: the tree that QEMU's firmware has,
# as dtc prints it, and the reservations of the command line and of the kernel's own tree besides. Needs a real kernel and dtc.
set -eu
capdl=$1 arch=$2
prefix=${SEL4_PREFIXES:-}/$arch-mcs-debug
case $arch in
aarch64) machine="-cpu cortex-a53 -machine virt,virtualization=on" own='0x0000000040000000 0x0000000020000000' ;;
*) machine='-machine virt' own='0x0000000080000000 0x0000000000200000' ;;
esac
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] && command -v "qemu-system-$arch" >/dev/null && command -v dtc >/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

printf 'arch %s objects { k = cnode (4 bits) } caps { k { 1: k } }' "$arch" | sed 's/riscv64/riscv/' >"$work/spec.cdl"
"$capdl" compile "$work/spec.cdl" --kernel "$prefix" -o "$work/image"
"$capdl" image "$work/image" --kernel "$prefix" --format linux --firmware-dtb --reserve 0x90000000+0x200000 --reserve 0xa0000000+0x1000 \
    -o "$work/boot"

# The tree follows the kernel. A machine's options are several words.
after=$(readelf -lW "$prefix/bin/kernel.elf" | awk '$1 == "LOAD" { print $4, $6 }' | tail -n 1)
at=$(((${after% *} + ${after#* } + 4095) / 4096 * 4096))
# shellcheck disable=SC2034,SC2086
{
    for i in $(seq 300); do
        ! grep -aq 'capdl: booted: 1 objects' "$work/log" 2>/dev/null || break
        sleep 0.1
    done
    echo "pmemsave $at 0x40000 \"$work/tree\""
    echo quit
} | timeout 60 "qemu-system-$arch" $machine -m 3G -kernel "$work/boot" -display none -monitor stdio -serial "file:$work/log" >"$work/said" 2>&1
# shellcheck disable=SC2086
"qemu-system-$arch" $machine,dumpdtb="$work/firmware" -m 3G -display none >"$work/said" 2>&1

text() { # FILE: sorted, without what is random, and what OpenSBI changes
    dtc -q -s -I dtb -O dts "$1" | grep -v 'seed = \|event-to-mhpmcounters = \|interrupts-extended = '
}
text "$work/tree" >"$work/handed"
text "$work/firmware" >"$work/had"
cat >"$work/expected" <<END
/memreserve/	$own;
/memreserve/	0x0000000090000000 0x0000000000200000;
/memreserve/	0x00000000a0000000 0x0000000000001000;
END
grep '^/memreserve/' "$work/handed" | sort >"$work/reserved"
diff "$work/expected" "$work/reserved" || { echo 'other reservations'; exit 1; }
grep -v '^/memreserve/' "$work/handed" | diff "$work/had" - >"$work/different" || true
if grep -q '^<' "$work/different" || { [ "$arch" = aarch64 ] && [ -s "$work/different" ]; }; then
    cat "$work/different"
    exit 1
fi
