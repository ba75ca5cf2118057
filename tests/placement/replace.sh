#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# replace.sh CAPDL KERNEL EXAMPLE LIBPD REAL OBJCOPY COMPILER...: the example replace with its child in memory kept out of the
# kernel's map, where it also gets an image that is just bytes. REAL is yes for real kernels: its prefix is then KERNEL-debug below
# SEL4_PREFIXES.
set -eu
capdl=$1 kernel=$2 example=$3 libpd=$4 real=$5 objcopy=$6
shift 6
profile=$kernel
if [ "$real" = yes ]; then
    profile=${SEL4_PREFIXES:-}/$kernel-debug
    [ -n "${SEL4_PREFIXES:-}" ] && [ -f "$profile/bin/kernel.elf" ] || exit 77
fi
case $kernel in
aarch64*) paddr=0x48000000 reserve=0x48000000+16M spec=replace.cdl ;;
*) paddr=0x80100000 reserve=0x80100000+1M spec=replace-riscv64.cdl ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat >"$work/raw.c" <<'END'
#include "program.h"
static volatile unsigned char data[100] = {[99] = 44};
void pd_main(const uint64_t *args)
{
    (void)args;
    work(5, data[99]);
}
END
for program in manager witness first second third large; do
    "$@" -o "$work/$program.elf" "$libpd/crt0.S" "$libpd/pd.c" "$example/$program.c"
done
"$@" -I "$example" -Wl,-N -Wl,-Ttext=0x200000 -Wl,--no-warn-rwx-segments -o "$work/raw.elf" "$libpd/crt0.S" "$libpd/pd.c" "$work/raw.c"
"$objcopy" -O binary "$work/raw.elf" "$work/raw.bin"
sed "s/room: 64k/&, paddr: $paddr/; s/map: note/map: raw (R), at: 0x25000000, &/; s/note = module.*/&\n    raw = module (\"raw.bin\")/" \
    "$example/$spec" >"$work/system.cdl"
cp "$example/expected.txt" "$work"
{ head -n -1 "$example/expected.txt" && cat; } >"$work/expected" <<'END'
manager: raw: loaded and started
child: program 5, started 1 time, check 44
witness: call 5, from program 5
child: the witness says 5
manager: the child has done its work
manager: done
END
"$capdl" compile "$work/system.cdl" -I "$work" --kernel "$profile" --reserve $reserve -o "$work/image.elf"
if [ "$real" = yes ]; then
    "$capdl" run "$work/image.elf" --kernel "$profile" --timeout 60 --until 'manager: done' >"$work/console" 2>"$work/said" || true
    tr -d '\r' <"$work/console" | grep -a '^\(child\|witness\|manager\): ' >"$work/output"
    diff "$work/expected" "$work/output" || { cat "$work/said" && exit 1; }
else
    "$capdl" verify "$work/image.elf" >"$work/said" || { cat "$work/said" && exit 1; }
    "$capdl" run "$work/image.elf" 2>"$work/said" | grep '^\(child\|witness\|manager\): ' | diff "$work/expected" -
fi
