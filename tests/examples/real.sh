#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots an example on real kernels under QEMU: each install prefix in $SEL4_PREFIXES that has a console and runs programs
# built for this kernel. Without that variable, or without such a prefix, the test counts as skipped.
# usage: real.sh CAPDL KERNEL SPEC PROGRAMS EXPECTED
set -eu
capdl=$1 kernel=$2 spec=$3 programs=$4 expected=$5
[ -n "${SEL4_PREFIXES:-}" ] || exit 77

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
first=$(head -n 1 "$expected")
last=$(tail -n 1 "$expected")
tried=0

# A program fits a kernel that agrees with its own in every number the support library uses.
numbers() {
    case $spec in
    */dynamic* | */replace*) grep -E 'SEL4_(TYPE|VM|BITS_SCHED_CONTEXT|LABEL_(UNTYPED|CNODE|PAGE_MAP|TCB|SCHED_CONTROL))' "$1" ;;
    esac
    grep -E 'SEL4_(ARCH|MCS|SYSENTER|FAULT_VM|REGISTERS|LABEL_TCB_(READ|WRITE)_REGISTERS)' "$1"
    grep -E 'SEL4_SYS_(CALL|SEND|RECV|REPLY|REPLY_RECV|WAIT|DEBUG_PUTCHAR) ' "$1"
}

fits() {
    "$capdl" profile "$1" --header > "$work/header" 2> "$work/trouble" || return 1
    numbers "$work/header" > "$work/has" || return 1
    cmp -s "$work/wanted" "$work/has" || return 1
    # QEMU cannot be a PC with VT-x or PCIDs, and not every board.
    ! grep -q '"SUPPORT_PCID": true' "$1/libsel4/include/kernel/gen_config.json" || return 1
    grep -q -x '#define SEL4_PLATFORM "\(qemu-.*\|pc99\|bcm2837\)"' "$work/header" || return 1
    ! { grep -q 'SEL4_ARCH_X86_64 1' "$work/header" && grep -q 'SEL4_HYPERVISOR 1' "$work/header"; }
}

boot() {
    "$capdl" compile "$spec" --kernel "$1" -I "$programs" -o "$work/image.elf" &&
        "$capdl" run "$work/image.elf" --kernel "$1" --timeout 200 --until "$last" > "$work/console" || return 1
    # What the kernel prints as it boots comes before the first line of the protection domains.
    tr -d '\r' < "$work/console" | grep -a -A 1000 -F -x -e "$first" > "$work/output"
    diff -u "$expected" "$work/output"
}

"$capdl" profile "$kernel" --header > "$work/header"
numbers "$work/header" > "$work/wanted"
for prefix in "$SEL4_PREFIXES"/*/; do
    prefix=${prefix%/}
    fits "$prefix" || continue
    tried=$((tried + 1))
    echo "$prefix"
    boot "$prefix" || { cat "$work/console"; exit 1; }
done
[ "$tried" -gt 0 ] || exit 77
