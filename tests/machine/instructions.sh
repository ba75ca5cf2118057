#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# instructions.sh CAPDL BOOT-PROGRAM REAL-PROGRAM ARCH: what the kernels in $SEL4_PREFIXES make of every privileged or special instruction
# and of every fault, compared with the output kept for their settings (root/instructions.table), and what the machine makes of it. One
# kernel with MCS and one without for each row of the table; MATRIX=all takes all that QEMU boots and that have a console.
# COMPILER FLAG... in $COMPILE
set -eu
capdl=$1 boot=$2 real=$3 arch=$4
here=$(dirname "$0")
root=$here/root
[ -n "${SEL4_PREFIXES:-}" ] || exit 77

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 compared=0 seen=

# Settings that hold, a name on each line: those of the profile and those of the kernel's own configuration.
read_facts() {
    "$capdl" profile "$1" --header > "$work/kernel.h" 2> "$work/trouble" || return 1
    {
        sed -n 's/^#define SEL4_\([A-Z0-9_]*\) .*[^0() ].*/\1/p' "$work/kernel.h"
        sed -n 's/^.*"\([A-Z0-9_]*\)": true.*/\1/p' "$1/libsel4/include/kernel/gen_config.json"
    } > "$work/facts"
}

holds() {
    grep -qx "$1" "$work/facts"
}

settings() {
    list=
    for name in HYPERVISOR SMP ARM_PA_SIZE_BITS_44 EXPORT_PCNT_USER EXPORT_VCNT_USER EXPORT_PTMR_USER EXPORT_VTMR_USER \
        EXPORT_PMU_USER FSGSBASE_MSR EXPORT_PMC_USER FXSAVE SYSENTER; do
        ! holds $name || list=$list,$name
    done
    holds HAVE_FPU || list=$list,NO_FPU
    holds LABEL_TCB_SET_FLAGS || list=$list,NO_TCB_FLAGS
    list=${list#,}
    echo "${list:--}"
}

boots_in_qemu() {
    grep -q "^#define SEL4_ARCH_$(echo "$arch" | tr a-z A-Z) 1" "$work/kernel.h" && holds PRINTING || return 1
    grep -q 'PLATFORM "qemu-.*"\|PLATFORM "bcm2837"' "$work/kernel.h" ||
        { grep -q 'PLATFORM "pc99"' "$work/kernel.h" && ! holds HYPERVISOR && ! holds SUPPORT_PCID; }
}

# Cores that tick and share a lock, taking turns on fewer processors than they are, do not come to an end in time.
too_slow() {
    holds SMP && ! holds MCS && [ "$(nproc)" -lt "$(sed -n 's/^#define SEL4_MAX_NODES //p' "$work/kernel.h")" ]
}

build() {
    # shellcheck disable=SC2086
    $COMPILE -include "$work/kernel.h" -o "$work/root.elf" "$root/start.S" "$root/root.c" "$root/instructions.c" \
        "$root/instructions_$arch.S"
}

compare_kernel() { # PREFIX BASE VARIANT
    "$here/real.sh" "$real" "$1" "$work/root.elf" /dev/null | sed -n 's/^> //p' > "$work/kernel"
    if [ "$3" = - ]; then
        diff "$root/instructions-$2.expected" "$work/kernel"
    else
        diff "$root/instructions-$2.expected" "$work/kernel" | sed -n '/^[<>]/p' | diff "$root/instructions-$3.differences" -
    fi
}

# Lines that the machine is known not to print: those of the architecture, and those of the settings.
compare_machine() { # PREFIX BASE VARIANT
    cat "$root/instructions-$arch.deviations" > "$work/may"
    for name in "$2" "$3"; do
        [ "$name" = "$arch" ] || [ ! -e "$root/instructions-$name.deviations" ] ||
            cat "$root/instructions-$name.deviations" >> "$work/may"
    done
    if ! "$boot" "$1" "$work/root.elf" > "$work/machine" 2> "$work/trouble"; then
        cat "$work/trouble"
        return 1
    fi
    diff "$work/kernel" "$work/machine" | sed -n 's/^< //p' > "$work/wrong"
    echo "$(wc -l < "$work/wrong") lines deviate on the machine"
    ! grep -vxFf "$work/may" "$work/wrong"
}

for prefix in "$SEL4_PREFIXES"/*; do
    read_facts "$prefix" && boots_in_qemu && ! too_slow || continue
    # shellcheck disable=SC2046
    set -- $(settings)
    row=$(grep "^$arch  *$1 " "$root/instructions.table") || { echo "no output is kept for $prefix: $1"; continue; }
    kind=$1
    ! holds MCS || kind=$1,MCS
    case " $seen " in
    *" $kind "*) [ "${MATRIX:-}" = all ] || continue ;;
    esac
    seen="$seen $kind" compared=$((compared + 1))
    set -- $row
    echo "$(basename "$prefix"): $kind"
    build
    compare_kernel "$prefix" "$3" "$4" || { echo "the kernel differs"; failed=1; }
    compare_machine "$prefix" "$3" "$4" || { echo "the machine differs"; failed=1; }
done
[ $compared -gt 0 ] || exit 77
echo "$compared kernels compared"
exit $failed
