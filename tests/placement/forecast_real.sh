#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# forecast_real.sh FORECAST REAL DIR: what real kernels that can print report at boot is what is forecast; on a PC, for several sizes of
# memory. DIR holds the initial task for each kind of kernel.
[ -n "$SEL4_PREFIXES" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
booted=0 failed=0
for prefix in "$SEL4_PREFIXES"/*; do
    name=$(basename "$prefix")
    case $name in
    *-release* | *vtx* | *sysenter* | tx2*) continue ;;
    *x86_64-mcs-debug) arch=x86_64 maps='qemu:512M qemu:2G qemu:5G qemu:512M,iommu qemu:5G,iommu' ;;
    *x86_64*) arch=x86_64 maps='qemu:512M qemu:2G qemu:5G' ;;
    *riscv64*) arch=riscv64 maps=none ;;
    *) arch=aarch64 maps=none ;;
    esac
    grep -q 'KERNEL_MCS *1' "$prefix/libsel4/include/kernel/gen_config.h" && mcs=-mcs || mcs=
    program=$3/bootinfo-$arch$mcs.elf
    [ -f "$program" ] || continue
    for map in $maps; do
        [ $map != none ] || map=
        "$1" "$prefix" "$program" $map >"$work/forecast"
        "$2" "$prefix" "$program" $map 2>"$work/errors" | tr -d '\r' |
            sed -n 's/.*\(empty [0-9a-f]* [0-9a-f]*\)$/\1/;/^empty /,/^END/p' >"$work/reported"
        booted=$((booted + 1))
        if ! diff -u "$work/forecast" "$work/reported"; then
            failed=$((failed + 1))
            echo "$name${map:+ with $map}: what the kernel reports is not what is forecast"
            cat "$work/errors"
        fi
    done
done
echo "$booted boots, $failed reported something else"
[ "$booted" -gt 0 ] || exit 77
[ "$failed" = 0 ]
