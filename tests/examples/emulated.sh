#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots an example on the emulated machine: after what the initialiser says, its protection domains must print exactly what is
# expected.
# usage: emulated.sh CAPDL IMAGE EXPECTED
set -eu
console=$(mktemp)
trap 'rm -f "$console"' EXIT
"$1" run "$2" --timeout 60 > "$console"
grep -v '^capdl: booted' "$console" | diff -u "$3" -
