#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# deviations.sh CAPDL IMAGE COUNT [DONE]...: the program prints for COUNT of its threads what the machine is to report of them. It reports
# just that, with the place of the instruction, and nothing of the other threads, nor of instructions DONE right by this emulator.
set -eu
capdl=$1 image=$2 count=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

code=0
timeout 60 "$capdl" run "$image" --timeout 30 > "$work/console" 2> "$work/said" || code=$?
[ "$code" -le 1 ] || { cat "$work/said"; echo "exit code $code"; exit 1; }
printf 'has %s,\n' "$@" > "$work/done"
grep '^machine: ' "$work/console" | sort > "$work/all" || true
[ "$(wc -l < "$work/all")" -eq "$count" ] || { cat "$work/console"; echo "not $count threads have such an instruction"; exit 1; }
grep -vFf "$work/done" "$work/all" > "$work/expected" || true
grep -E 'has .* does not execute as|instructions that the machine does not execute' "$work/said" | sort > "$work/reported" || true
diff -u "$work/expected" "$work/reported"
grep -q '^console: none$' "$work/console" || { cat "$work/said"; echo "no thread without such an instruction ran"; exit 1; }
