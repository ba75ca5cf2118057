#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Random systems on real kernels under QEMU: how many calls the initialiser says it made, and their digest, must be what `capdl verify`
# predicts for this kernel, whose final state it finds to be what the spec says.
# usage: real.sh CAPDL WRITE     $KERNELS: names of prefixes in $SEL4_PREFIXES; $SEEDS: how many systems for each
set -eu
capdl=$1 write=$2
kernels=${KERNELS:-aarch64-debug aarch64-mcs-debug-12 aarch64-smp4-mcs-debug riscv64-debug-12 riscv64-mcs-domains-debug x86_64-mcs-debug}
[ -n "${SEL4_PREFIXES:-}" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
booted=0

# "N kernel calls, digest D"
predicted() {
    sed -n 's/^  \([0-9]* kernel calls\) before the first thread starts\(, digest 0x[0-9a-f]*\)$/\1\2/p' "$work/verdict"
}

said() {
    tr -d '\r' < "$work/console" |
        sed -n 's/.*capdl: booted: .*, \([0-9]* kernel calls\), .*\(, digest 0x[0-9a-f]*\)$/\1\2/p'
}

try() { # KERNEL SEED
    "$write" "$2" "$1" "$work"
    if ! "$capdl" compile "$work/random.cdl" --kernel "$1" -o "$work/image" > "$work/out" 2>&1; then
        grep -q 'does not fit\|children\|lack' "$work/out" && return 0
        cat "$work/out"
        return 1
    fi
    map=
    case $1 in *x86_64*) map='--memory-map qemu:512M' ;; esac
    # shellcheck disable=SC2086 # no map, no argument
    "$capdl" verify "$work/image" --spec "$work/random.cdl" --kernel "$1" $map > "$work/verdict" 2>&1 ||
        { cat "$work/verdict"; return 1; }
    # shellcheck disable=SC2086
    "$capdl" run "$work/image" --kernel "$1" $map --timeout 100 --until 'bytes of untyped memory touched' \
        > "$work/console" 2> "$work/report" || true
    expected=$(predicted | sort -u) actual=$(said)
    if [ -z "$expected" ] || [ "$expected" != "$actual" ]; then
        echo "seed $2 on $1: predicted are '$expected', the kernel had '$actual'"
        cat "$work/random.cdl" "$work/console"
        return 1
    fi
    booted=$((booted + 1))
    echo "$(basename "$1") $2: $actual"
}

for name in $kernels; do
    [ -d "$SEL4_PREFIXES/$name" ] || continue
    seed=1
    while [ $seed -le "${SEEDS:-4}" ]; do
        try "$SEL4_PREFIXES/$name" $seed
        seed=$((seed + 1))
    done
done
echo "$booted systems booted"
[ $booted -gt 0 ] || exit 77
