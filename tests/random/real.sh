#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Random systems on real kernels under QEMU. What the initialiser says at the end, how many calls it made and what it touched, must be
# what it says on the emulated machine with the untypeds that are forecast, and the final state there what the spec says.
# usage: real.sh CAPDL WRITE FORECAST     $KERNELS: names of prefixes in $SEL4_PREFIXES; $SEEDS: how many systems for each
set -eu
capdl=$1 write=$2 forecast=$3
kernels=${KERNELS:-aarch64-debug aarch64-mcs-debug-12 aarch64-smp4-mcs-debug riscv64-debug-12 riscv64-mcs-domains-debug x86_64-mcs-debug}
[ -n "${SEL4_PREFIXES:-}" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
booted=0

said() { # FILE: the initialiser's last line
    tr -d '\r' < "$1" | grep -a -o 'capdl: booted.*' | head -n 1
}

# What the kernel will report. Addresses and sizes are hexadecimal there; a PC's huge pieces of device memory are not aligned to their
# size, and nothing here needs them.
untypeds() { # KERNEL MAP
    # shellcheck disable=SC2086 # no map, no argument
    "$forecast" "$1" "$work/image" $2 | sed '1,/^untypeds/d' | while read -r address bits device; do
        case $address in
        *[!0-9a-f]*) ;;
        *) [ "$((0x$bits))" -ge 40 ] || echo "0x$address $(printf %d "0x$bits") $device" ;;
        esac
    done
}

try() { # KERNEL SEED
    "$write" "$2" "$1" "$work"
    if ! "$capdl" compile "$work/random.cdl" --kernel "$1" -o "$work/image" > "$work/out" 2>&1; then
        grep -q 'does not fit\|children\|lack' "$work/out" && return 0
        cat "$work/out"
        return 1
    fi
    map=
    case $1 in *x86_64*) map=qemu:512M ;; esac
    untypeds "$1" "$map" > "$work/untypeds"
    "$capdl" verify "$work/image" --spec "$work/random.cdl" --untypeds "$work/untypeds" > "$work/out" 2>&1 || { cat "$work/out"; return 1; }
    "$capdl" run "$work/image" --untypeds "$work/untypeds" --timeout 60 > "$work/machine" 2> "$work/report" || true
    "$capdl" run "$work/image" --kernel "$1" ${map:+--memory-map $map} --timeout 100 --until 'bytes of untyped memory touched' \
        > "$work/kernel" 2> "$work/report" || true
    expected=$(said "$work/machine")
    actual=$(said "$work/kernel")
    if [ -z "$expected" ] || [ "$expected" != "$actual" ]; then
        echo "seed $2 on $1: the machine says '$expected', the kernel '$actual'"
        cat "$work/random.cdl" "$work/kernel"
        return 1
    fi
    booted=$((booted + 1))
    echo "$(basename "$1") $2: $actual"
}

for name in $kernels; do
    [ -d "$SEL4_PREFIXES/$name" ] || continue
    seed=1
    while [ $seed -le "${SEEDS:-2}" ]; do
        try "$SEL4_PREFIXES/$name" $seed
        seed=$((seed + 1))
    done
done
echo "$booted systems booted"
[ $booted -gt 0 ] || exit 77
