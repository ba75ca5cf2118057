#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An image is not booted on a kernel it was not compiled for; the message says in what that one is different.
# usage: other-kernel.sh CAPDL
set -eu
capdl=$1
[ -n "${SEL4_PREFIXES:-}" ] || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tried=0

refused() { # ARCH PROFILE PREFIX PATTERN
    printf 'arch %s objects { a = ep }' "$1" > "$work/spec.cdl"
    "$capdl" compile "$work/spec.cdl" --kernel "$2" -n unused -o "$work/image.elf"
    code=0
    "$capdl" run "$work/image.elf" --kernel "$3" --timeout 1 > "$work/output" 2>&1 || code=$?
    [ $code = 1 ] && grep -q "^error: .*was compiled for the kernel $2; $(basename "$3") differs in its $4" "$work/output" ||
        { echo "$2 on $3: exit code $code, expected 1 and: $4"; cat "$work/output"; exit 1; }
}

for prefix in "$SEL4_PREFIXES"/x86_64-release "$SEL4_PREFIXES"/x86_64-mcs-release; do
    [ -d "$prefix" ] || continue
    tried=1
    name=$(basename "$prefix" -release)
    refused riscv riscv64 "$prefix" architecture
    refused x86_64 "$name" "$prefix" 'debug console'
    case $name in
    *-mcs) refused x86_64 x86_64 "$prefix" 'choice of MCS' ;;
    *) refused x86_64 x86_64-mcs "$prefix" 'choice of MCS' ;;
    esac
done
[ $tried = 1 ] || exit 77
