#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots a system on the emulated machine and compares what its protection domains print and what the machine reports at the end.
# Then takes the long way: the spec is expanded, and what that gives, compiled, must behave the same. What `show` prints must show as
# itself, be it of the spec or of the image.
# usage: system.sh CAPDL IMAGE KERNEL SPEC PROGRAMS EXPECTED [REPORT]
set -eu
capdl=$1 image=$2 kernel=$3 spec=$4 programs=$5 expected=$6 report=${7:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Registers and addresses of instructions move with the compiler, and threads come in the order in which they were made.
plain() {
    grep '^machine: ' "$1" | sed 's/ at pc 0x[0-9a-f]*//; s/ in [a-z_]*+0x[0-9a-f]*//; s/ (status 0x[0-9a-f]*)//; s/ (address 0x[0-9a-f]*, below 0x[0-9a-f]*)//' | LC_ALL=C sort
}

boot() { # IMAGE
    code=0
    "$capdl" run "$1" --timeout 60 > "$work/console" 2> "$work/said" || code=$?
    grep -v '^capdl: booted' "$work/console" | diff -u "$expected" - || { cat "$work/said"; exit 1; }
    [ -z "$report" ] || plain "$work/said" | diff -u "$report" - || exit 1
    # 1: threads have faulted with nobody to hear of it
    faulted=0
    ! grep -q 'has no fault handler' "$work/said" || faulted=1
    [ "$code" = "$faulted" ] || { echo "exit code $code, expected $faulted"; exit 1; }
}

tool() { # COMMAND FILE...: to standard output
    command=$1
    shift
    "$capdl" "$command" "$@" --kernel "$kernel" -I "$programs" --no-check x86-exec
}

fixpoint() { # FILE
    "$capdl" show "$1" --kernel "$kernel" -I "$programs" --no-check x86-exec > "$work/shown.cdl"
    "$capdl" show "$work/shown.cdl" --kernel "$kernel" -I "$programs" -I . --no-check x86-exec | diff -u "$work/shown.cdl" -
}

boot "$image"
tool expand "$spec" > "$work/expanded.cdl"
tool compile "$work/expanded.cdl" -I "$(dirname "$spec")" -o "$work/again.elf"
boot "$work/again.elf"
fixpoint "$spec"
fixpoint "$image"
