#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots an example on the emulated machine: its protection domains must print exactly what is expected.
# usage: emulated.sh CAPDL IMAGE EXPECTED
set -eu
output=$(mktemp)
trap 'rm -f "$output"' EXIT
"$1" run "$2" --timeout 60 > "$output"
diff -u "$3" "$output"
