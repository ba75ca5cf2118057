#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# forecast_real.sh FORECAST REAL DIR: what real kernels report at boot is what is forecast: all that firmware does not decide about
# and that can print. DIR holds the initial task for each kind of kernel.
[ -n "$SEL4_PREFIXES" ] || exit 77
booted=0 failed=0
for prefix in "$SEL4_PREFIXES"/*; do
    name=$(basename "$prefix")
    [ -f "$prefix/support/platform_gen.json" ] || continue
    case $name in
    *-release*) continue ;;
    *riscv64*) arch=riscv64 ;;
    *) arch=aarch64 ;;
    esac
    grep -q 'KERNEL_MCS *1' "$prefix/libsel4/include/kernel/gen_config.h" && mcs=-mcs || mcs=
    program=$3/bootinfo-$arch$mcs.elf
    [ -f "$program" ] || continue
    forecast=$("$1" "$prefix" "$program")
    reported=$("$2" "$prefix" "$program" 2>/dev/null | tr -d '\r' | sed -n 's/.*\(empty [0-9a-f]* [0-9a-f]*\)$/\1/;/^empty /,/^END/p')
    booted=$((booted + 1))
    if [ "$forecast" != "$reported" ]; then
        failed=$((failed + 1))
        printf '%s: forecast:\n%s\nreported:\n%s\n' "$name" "$forecast" "$reported"
    fi
done
echo "$booted kernels, $failed reported something else"
[ "$booted" -gt 0 ] || exit 77
[ "$failed" = 0 ]
