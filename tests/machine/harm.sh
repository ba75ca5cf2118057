#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# harm.sh CAPDL IMAGE: runs a program that may end the processor emulator. However that goes, capdl ends by itself with 0 or 1, what
# the program printed before is there, and if the emulator died, it says so and names the thread.
set -eu
capdl=$1 image=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

code=0
timeout 60 "$capdl" run "$image" --timeout 5 > "$work/console" 2> "$work/said" || code=$?
grep -v '^capdl: booted' "$work/console" | head -n 1 | grep -qx 'a line' || { cat "$work/console"; exit 1; }
grep -q 'and a half' "$work/console" || { echo "the unfinished line is lost"; exit 1; }
[ "$code" -le 1 ] || { cat "$work/said"; echo "exit code $code"; exit 1; }
if grep -q 'and more' "$work/console"; then
    exit 0
fi
grep -qE 'error: image: the processor emulator failed \(signal [0-9]+\) while tcb_harm ran from pc 0x2[0-9a-f]+$|^machine: tcb_harm .* has no fault handler' \
    "$work/said" || { cat "$work/said"; echo "the end is not explained"; exit 1; }
[ "$code" = 1 ] || { echo "exit code $code, expected 1"; exit 1; }
