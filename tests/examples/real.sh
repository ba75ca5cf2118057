#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots an example on real kernels under QEMU: each install prefix in $SEL4_PREFIXES that has a console and runs programs built for
# this kernel. Without that variable, or without such a prefix, the test counts as skipped.
# usage: real.sh CAPDL IMAGE KERNEL SPEC PROGRAMS EXPECTED
set -eu
capdl=$1 image=$2 kernel=$3 spec=$4 programs=$5 expected=$6
[ -n "${SEL4_PREFIXES:-}" ] || exit 77

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
last=$(tail -n 1 "$expected")
tried=0

# A program fits a kernel that agrees with its own in every number the support library uses.
numbers() {
    sed -n -E '/SEL4_(ARCH|MCS|SYSENTER|SYS_(CALL|SEND|RECV|REPLY|REPLY_RECV|WAIT|DEBUG_PUTCHAR)|FAULT_VM|REGISTERS|LABEL_TCB_(READ|WRITE)_REGISTERS)/p'
}
"$capdl" profile "$kernel" --header | numbers > "$work/wanted"

for prefix in "$SEL4_PREFIXES"/*/; do
    prefix=${prefix%/}
    "$capdl" profile "$prefix" --header 2> /dev/null | numbers > "$work/has" || continue
    cmp -s "$work/wanted" "$work/has" || continue
    tried=$((tried + 1))
    echo "$prefix"
    "$capdl" compile "$spec" --kernel "$prefix" -I "$programs" -o "$work/image.elf"
    "$capdl" run "$work/image.elf" --kernel "$prefix" --timeout 60 --until "$last" > "$work/console" || { cat "$work/console"; exit 1; }
    # What the kernel prints as it boots comes before the first line of the protection domains.
    tr -d '\r' < "$work/console" | grep -a -F -x -f "$expected" > "$work/output" || true
    diff -u "$expected" "$work/output" || { cat "$work/console"; exit 1; }
done
[ "$tried" -gt 0 ] || exit 77
