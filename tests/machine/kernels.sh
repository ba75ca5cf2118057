#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# kernels.sh CAPDL BOOT-PROGRAM REAL-PROGRAM ARCH: builds the initial tasks for the kernels in $SEL4_PREFIXES, with the numbers of
# each, and compares what they print on the kernel and on the machine. MATRIX=all takes every kernel that QEMU boots and that has a
# console, else those that differ most from the ones whose output is kept here.  COMPILER FLAG... in $COMPILE
set -eu
capdl=$1 boot=$2 real=$3 arch=$4
sources=$(dirname "$0")/root
[ -n "${SEL4_PREFIXES:-}" ] || exit 77

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 compared=0

# Whether the header of the kernel at hand says so.
has() {
    grep -q "^#define SEL4_$1\$" "$work/kernel.h"
}

chosen() {
    [ "${MATRIX:-}" != all ] || return 0
    case $1 in
    *-el1-mcs-debug | *-pa44-debug | *-smc-* | bcm2837-* | *-domains-debug | v1[345]-*-mcs-debug) ;;
    *) return 1 ;;
    esac
}

# QEMU is no PC with VT-x and no Jetson.
fits() {
    has "ARCH_$(echo "$arch" | tr a-z A-Z) 1" && has 'PRINTING 1' || return 1
    has 'PLATFORM "qemu-.*"' || has 'PLATFORM "bcm2837"' || { has 'PLATFORM "pc99"' && has 'HYPERVISOR 0'; }
}

# Cores that tick and share a lock, taking turns on fewer processors than they are, do not come to an end in time.
too_slow() {
    has 'SMP 1' && has 'MCS 0' && [ "$(nproc)" -lt "$(sed -n 's/^#define SEL4_MAX_NODES //p' "$work/kernel.h")" ]
}

compare() {
    # shellcheck disable=SC2086
    $COMPILE -include "$work/kernel.h" -o "$work/root.elf" "$sources/start.S" "$sources/root.c" "$sources/$2.c" || return 1
    "$boot" "$1" "$work/root.elf" > "$work/machine" 2> "$work/trouble" || { cat "$work/trouble"; return 1; }
    "$(dirname "$0")/real.sh" "$real" "$1" "$work/root.elf" "$work/machine"
}

# Lines of the kernel that the machine does not print must be among those that it is known not to print, for some only with several cores.
compare_encodings() {
    # shellcheck disable=SC2086
    $COMPILE -include "$work/kernel.h" -o "$work/root.elf" "$sources/start.S" "$sources/root.c" "$sources/encodings.c" || return 1
    "$boot" "$1" "$work/root.elf" > "$work/machine" 2> "$work/trouble" || { cat "$work/trouble"; return 1; }
    "$(dirname "$0")/real.sh" "$real" "$1" "$work/root.elf" /dev/null | sed -n 's/^> //p' > "$work/kernel"
    grep -qx END "$work/kernel" || { echo "the kernel did not come to the end"; return 1; }
    diff "$work/kernel" "$work/machine" | sed -n 's/^< //p' > "$work/wrong"
    cp "$sources/encodings-$arch.deviations" "$work/may"
    if has 'SMP 1' && [ -e "$sources/encodings-$arch-smp.deviations" ]; then
        cat "$sources/encodings-$arch-smp.deviations" >> "$work/may"
    fi
    ! grep -vxFf "$work/may" "$work/wrong"
}

for prefix in "$SEL4_PREFIXES"/*; do
    chosen "$(basename "$prefix")" || continue
    "$capdl" profile "$prefix" --header > "$work/kernel.h" 2> "$work/trouble" && fits && ! too_slow || continue
    if has 'FPU 1'; then
        compared=$((compared + 1))
        compare_encodings "$prefix" || { echo "encodings on $(basename "$prefix") differs"; failed=1; }
    fi
    for program in invocations labels messages meetings hostile walk traffic; do
        # Four cores that QEMU has to take turns with are too slow to print that much.
        if [ "$program" = labels ] && has 'SMP 1'; then continue; fi
        # On kernels entered by SYSENTER the thread in one does not come back from its second capability fault; the other has SYSCALL.
        case $program in
        messages | hostile | traffic) ! has 'SYSENTER 1' || continue ;;
        esac
        compared=$((compared + 1))
        compare "$prefix" "$program" || { echo "$program on $(basename "$prefix") differs"; failed=1; }
    done
done
[ $compared -gt 0 ] || exit 77
echo "$compared logs compared"
exit $failed
