#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# lines.sh PROGRAM EXPECTED SPEC...: the lines that make a system's digest, of specs with all that the language knows.
# UPDATE=1 writes the expected ones.
program=$1 expected=$2
shift 2
if [ "${UPDATE:-}" ]; then
    "$program" "$@" >"$expected"
    exit
fi
"$program" "$@" | diff -u "$expected" -
