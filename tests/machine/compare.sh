#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# compare.sh BOOT-PROGRAM PROFILE PROGRAM EXPECTED: what the program prints on the machine.
errors=$(mktemp)
trap 'rm -f "$errors"' EXIT
out=$("$1" "$2" "$3" 2>"$errors") || { cat "$errors" >&2; exit 1; }
printf '%s\n' "$out" | diff -u "$4" - || { cat "$errors" >&2; exit 1; }
