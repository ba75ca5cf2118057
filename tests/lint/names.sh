#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# names.sh BUILD: no two tests have one name, so that `meson test NAME` runs one.
set -eu
names=$(sed 's/[{}]/\n/g' "$1/meson-info/intro-tests.json" | sed -nE 's/.*"name": "([^"]*)".*/\1/p')
[ -n "$names" ]
twice=$(echo "$names" | sort | uniq -d)
[ -z "$twice" ] || { echo "several tests are called so:"; echo "$twice"; exit 1; } >&2
