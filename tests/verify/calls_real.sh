#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots systems on real kernels under QEMU and compares what the initialiser says it did, calls and digest, with what `capdl verify`
# says for that kernel: with the memory that is forecast for it, and once for each kind of kernel with the list of untypeds that the
# kernel itself reported. Kernels in $SEL4_PREFIXES that stand for others; CALLS=all for each that can print.
# usage: calls_real.sh CAPDL REAL-PROGRAM ARCH SPEC PROGRAMS PROGRAMS-MCS ROOT-DIR BOOTINFO-SOURCE     COMPILER FLAG... in $COMPILE
set -eu
capdl=$1 real=$2 arch=$3 spec=$4 programs=$5 programs_mcs=$6 root=$7 bootinfo=$8
[ -n "${SEL4_PREFIXES:-}" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
booted=0 failed=0

has() {
    grep -q "^#define SEL4_$1\$" "$work/kernel.h"
}

# Kernels of this architecture that print, and that QEMU can be a machine for.
fits() {
    has "ARCH_$(echo "$arch" | tr a-z A-Z) 1" && has 'PRINTING 1' || return 1
    [ "$arch" != x86_64 ] || has 'HYPERVISOR 0' || return 1
    case $(basename "$1") in
    tx2*) return 1 ;;
    "$arch"-debug | "$arch"-mcs-debug | "$arch"*-debug-12 | "$arch"-smp4* | x86_64-sysenter-debug | v13-*) return 0 ;;
    esac
    [ "${CALLS:-}" = all ]
}

# A line "N kernel calls, digest D" of the boot, or the kernel's output.
boot() {
    "$capdl" run "$work/image.elf" --kernel "$1" --timeout 100 --until 'capdl: booted' </dev/null >"$work/console" 2>"$work/trouble" || :
    tr -d '\r' <"$work/console" | sed -n 's/^capdl: booted: .*, \([0-9]* kernel calls\), .*\(, digest 0x[0-9a-f]*\)$/\1\2/p'
}

predict() {
    # shellcheck disable=SC2086
    "$capdl" verify "$work/image.elf" --kernel "$1" $2 >"$work/verdict" 2>&1 || :
    sed -n 's/^  \([0-9]* kernel calls\) before the first thread starts\(, digest 0x[0-9a-f]*\)$/\1\2/p' "$work/verdict"
}

# compare KERNEL WHAT SAID OPTIONS
compare() {
    predicted=$(predict "$1" "$4")
    echo "$(basename "$1") $2: $3"
    [ -n "$3" ] && [ "$3" = "$predicted" ] && return
    echo "    capdl verify $4: $predicted"
    cat "$work/verdict" "$work/trouble"
    failed=1
}

pages() {
    readelf -lW "$1" | awk '$1 == "LOAD" { print $3, $6 }' | {
        first='' end=0
        while read -r at size; do
            [ -n "$first" ] || first=$((at / 4096))
            end=$(((at + size + 4095) / 4096))
        done
        echo $((end - first))
    }
}

# The kernel's own list, told by a program that takes as many pages as the image.
reported() {
    compile_root() {
        echo "char pad[$1] = { 1 };" >"$work/pad.c"
        # shellcheck disable=SC2086
        $COMPILE -I "$root" -include "$work/kernel.h" -o "$work/root.elf" "$root/start.S" "$root/root.c" "$bootinfo" "$work/pad.c"
    }
    compile_root 4096
    compile_root $((($(pages "$work/image.elf") - $(pages "$work/root.elf") + 1) * 4096))
    [ "$(pages "$work/root.elf")" = "$(pages "$work/image.elf")" ] || { echo "the sizes differ"; exit 1; }
    # shellcheck disable=SC2086
    "$real" "$1" "$work/root.elf" $2 2>/dev/null | tr -d '\r' |
        sed -n '/untypeds [0-9a-f]*$/,/^END/p' | awk 'NF == 3 { print "0x" $1, $2, $3 }' |
        while read -r address bits device; do echo "$address $((0x$bits)) $device"; done
}

try() {
    prefix=$1 what=$2 memory=
    [ "$arch" != x86_64 ] || memory='--memory-map qemu:1G'
    booted=$((booted + 1))
    "$capdl" compile "$work/spec.cdl" --kernel "$prefix" -I "$directory" -I "$work" -o "$work/image.elf" --no-check x86-exec 2>"$work/refused" ||
        { cat "$work/refused"; failed=1; return; }
    said=$(boot "$prefix")
    compare "$prefix" "$what" "$said" "$memory"
    case $what$(basename "$prefix") in
    "small$arch-debug" | "small$arch-mcs-debug") ;;
    *) return ;;
    esac
    reported "$prefix" "${memory#--memory-map }" >"$work/list"
    compare "$prefix" "$(wc -l <"$work/list") untypeds reported" "$said" "--untypeds $work/list"
}

# Contents that make the image larger than the program that reports untypeds.
seq 40000 | head -c 163840 >"$work/bulk"
(cat "$spec"; echo 'objects { bulk = frame (2M, fill: [{0 163840 CDL_FrameFill_FileData "bulk" 0}]) }') >"$work/base.cdl"
for prefix in "$SEL4_PREFIXES"/*/; do
    prefix=${prefix%/}
    "$capdl" profile "$prefix" --header >"$work/kernel.h" 2>"$work/trouble" || continue
    fits "$prefix" || continue
    has 'MCS 1' && directory=$programs_mcs || directory=$programs
    cp "$work/base.cdl" "$work/spec.cdl"
    try "$prefix" small
    case $prefix in
    *-smp4*)
        # Started, they would print at the same time.
        sed 's/prio: 100/prio: 100, affinity: 3, resume: False/; s/prio: 110/prio: 110, affinity: 1, resume: False/' "$work/base.cdl" >"$work/spec.cdl"
        try "$prefix" 'two cores'
        ;;
    *-12)
        (cat "$work/base.cdl"; echo 'objects { e[6000] = ep  n[3000] = notification  f[500] = frame (4k) }') >"$work/spec.cdl"
        try "$prefix" 'larger CSpace'
        ;;
    esac
done
[ "$booted" -gt 0 ] || exit 77
exit $failed
