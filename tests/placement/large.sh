#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# large.sh CAPDL KERNEL SOURCE LIBPD REAL COMPILER...: pages of 2 MiB and 1 GiB in reserved memory, mapped in place with contents.
# REAL as in reserved.sh; the real board gets 4 GiB, of which the kernel knows less.
set -eu
capdl=$1 kernel=$2 source=$3 libpd=$4 real=$5
shift 5
work=$(mktemp -d)
qemu=
trap '[ -z "$qemu" ] || kill $qemu 2>/dev/null || true; rm -rf "$work"' EXIT
profile=$kernel
case $kernel in
aarch64*) arch=aarch64 small=0x50000000 huge=0xc0000000 ram=0x40000000 ;;
*) arch=riscv small=0x140000000 huge=0x100000000 ram=0x80000000 ;;
esac
if [ "$real" = yes ]; then
    profile=${SEL4_PREFIXES:-}/$kernel-debug
    [ -n "${SEL4_PREFIXES:-}" ] && [ -f "$profile/bin/kernel.elf" ] || exit 77
    command -v fdtput >/dev/null || exit 77
fi
"$@" -o "$work/reader.elf" "$libpd" "$source"
printf 'ABC' >"$work/text"
cat >"$work/spec.cdl" <<END
arch $arch
objects {
    reader = pd ("reader.elf", args: [0x40000000, 0x80000000], map: small (R), at: 0x40000000, map: huge (R), at: 0x80000000)
    small = frame (2M, paddr: $small, fill: [{0 1 CDL_FrameFill_FileData "text" 0}])
    huge = frame (1G, paddr: $huge, fill: [{0 1 CDL_FrameFill_FileData "text" 1}, {0x200000 1 CDL_FrameFill_FileData "text" 2}])
    stop = notification
}
caps { cnode_reader { 3: stop (R) } }
END
"$capdl" compile "$work/spec.cdl" --kernel "$profile" -I "$work" -o "$work/image" --reserve $small+2M --reserve $huge+1G
[ "$(wc -c <"$work/image")" -lt 6000000 ] || { echo "zeros are stored" >&2; exit 1; }
expected='reader: 65 66 67, rest 0'
if [ "$real" = no ]; then
    "$capdl" run "$work/image" 2>"$work/said" | grep -x "$expected"
    # shellcheck disable=SC2251
    ! grep 'this machine has no devices' "$work/said"
    exit
fi
# A board with more memory than the kernel knows.
cp "$profile/support/kernel.dtb" "$work/board.dtb"
fdtput -t x "$work/board.dtb" "/memory@${ram#0x}" reg 0 ${ram#0x} 1 0
"$capdl" image "$work/image" --kernel "$profile" --dtb "$work/board.dtb" -o "$work/boot.elf"
if [ $arch = aarch64 ]; then
    qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a53 -m 4G -nographic -kernel "$work/boot.elf" \
        >"$work/console" 2>&1 </dev/null &
else
    qemu-system-riscv64 -machine virt -m 4G -nographic -bios default -kernel "$work/boot.elf" >"$work/console" 2>&1 </dev/null &
fi
qemu=$!
# shellcheck disable=SC2034
for i in $(seq 60); do
    if grep -aq "$expected" "$work/console"; then exit 0; fi
    sleep 0.5
done
cat "$work/console" >&2
exit 1
