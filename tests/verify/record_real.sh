#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A kernel without a console under QEMU: the record in the image's header, read from the machine's memory as docs/boot.md says,
# has the phase of a good boot, and the digest that `capdl verify` says for this kernel.
# usage: record_real.sh CAPDL ARCH SPEC PROGRAMS
set -eu
capdl=$1 arch=$2 spec=$3 programs=$4
prefix=${SEL4_PREFIXES:-}/$arch-release
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] || exit 77
case $arch in
aarch64) qemu='qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a53' ;;
*) qemu='qemu-system-riscv64 -machine virt -bios default' ;;
esac
command -v "${qemu%% *}" >/dev/null && command -v readelf >/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$capdl" compile "$spec" --kernel "$prefix" -I "$programs" -o "$work/image.elf"
"$capdl" image "$work/image.elf" --kernel "$prefix" -o "$work/boot.elf" --format elf
image=$("$capdl" fit "$work/image.elf" --kernel "$prefix" | awk '/the image/ { print $1 }')
header=$(readelf -SW "$work/image.elf" | sed -n 's/.* \.capdl\.header *PROGBITS *\([0-9a-f]*\) .*/\1/p')
record=$(printf '0x%x' $((0x$header - 0x400000 + image)))
digest=$("$capdl" verify "$work/image.elf" --kernel "$prefix" | sed -n 's/.* kernel calls in all, digest 0x//p')
for seconds in 5 20 60; do
    # shellcheck disable=SC2086
    { sleep $seconds; echo "xp /18gx $record"; sleep 1; echo quit; } |
        $qemu -m 3072M -display none -nic none -serial null -monitor stdio -kernel "$work/boot.elf" 2>&1 | tr -d '\r' >"$work/monitor"
    phase=$(grep -a ': 0x' "$work/monitor" | sed -n '6s/.*: 0x0*\([0-9a-f]*\) .*/\1/p')
    said=$(grep -a ': 0x' "$work/monitor" | sed -n '9s/.* 0x0*\([0-9a-f]*\)$/\1/p')
    if [ "$phase" = "10" ] && [ -n "$digest" ] && [ "$said" = "$digest" ]; then exit 0; fi
done
echo "the record at $record says phase 0x$phase, digest 0x$said, not 0x10, 0x$digest"
cat "$work/monitor"
exit 1
