#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# deviations.sh CAPDL IMAGE COUNT: the program prints for COUNT of its threads what the machine is to report of them. It reports just
# that, with the place of the instruction, and nothing of the other threads.
set -eu
capdl=$1 image=$2 count=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

code=0
timeout 60 "$capdl" run "$image" --timeout 30 > "$work/console" 2> "$work/said" || code=$?
[ "$code" -le 1 ] || { cat "$work/said"; echo "exit code $code"; exit 1; }
grep '^machine: ' "$work/console" | sort > "$work/expected" || true
grep -E 'has .* does not do as|instructions that the machine does not do' "$work/said" | sort > "$work/reported" || true
diff -u "$work/expected" "$work/reported"
[ "$(wc -l < "$work/expected")" -eq "$count" ] || { cat "$work/console"; echo "not $count threads have such an instruction"; exit 1; }
grep -q '^console: none$' "$work/console" || { cat "$work/said"; echo "no thread without such an instruction ran"; exit 1; }
