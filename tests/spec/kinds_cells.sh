#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# kinds_cells.sh SOURCE [EVERY]: changes cells of kinds.def one at a time and sees kinds_test fail. EVERY: only each so many-th.
# Each changed table must compile: one that does not would say nothing of the test.
set -eu
source=$1 every=${2:-1}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir -p "$scratch/capdl"
CC=${CC:-cc}
flags="-std=gnu17 -I$scratch -I$source/include -I$source/capdl-spec"

# Prints the table with one cell changed, or nothing when there is no such cell. Columns from 2 to 9: see kinds.def.
change() {
    awk -v row="$1" -v column="$2" '
    /^CAPDL_KIND\(/ && ++at == row {
        n = split(substr($0, 12, length($0) - 12), cell, ", ")
        for (i = 10; i <= n; i++) cell[9] = cell[9] ", " cell[i]
        if (column == 2 || column == 4) sub(/^"/, "\"x", cell[column])
        if (column == 3) cell[3] = cell[3] ~ /A/ ? "\"RX1I\"" : "\"ARX1I\""
        if (column == 5) cell[5] = cell[5] == "OBJECT" ? "MEMORY" : "OBJECT"
        if (column == 6) cell[6] = (cell[6] + 1) % 5
        if (column == 7) cell[7] = cell[7] == "NONE" ? "TCB" : "NONE"
        if (column == 8) cell[8] = cell[8] == "NOTHING" ? "FRAME" : "NOTHING"
        if (column == 9) cell[9] = cell[9] ~ /SIZE/ ? "0" : "CAPDL_TRAIT_SIZE"
        line = cell[1]
        for (i = 2; i <= 9; i++) line = line ", " cell[i]
        print "CAPDL_KIND(" line ")"
        next
    }
    { print }' "$source/include/capdl/kinds.def"
}

build() {
    # shellcheck disable=SC2086 # flags is a list
    $CC $flags -o "$scratch/test" "$source/tests/spec/kinds_test.c" "$source/capdl-spec/model/kinds.c"
}

rows=$(grep -c '^CAPDL_KIND(' "$source/include/capdl/kinds.def")
cp "$source/include/capdl/kinds.def" "$scratch/capdl/"
build && "$scratch/test" || { echo "the test fails with the table as it is"; exit 1; }
count=0 tried=0 missed=0
row=1
while [ "$row" -le "$rows" ]; do
    for column in 2 3 4 5 6 7 8 9; do
        count=$((count + 1))
        [ $((count % every)) -eq 0 ] || continue
        change "$row" "$column" >"$scratch/capdl/kinds.def"
        cmp -s "$scratch/capdl/kinds.def" "$source/include/capdl/kinds.def" && { echo "row $row, column $column: not changed"; exit 1; }
        tried=$((tried + 1))
        build || { echo "row $row, column $column: does not compile"; exit 1; }
        if "$scratch/test" 2>/dev/null; then
            echo "row $row, column $column: changed, and no test fails"
            missed=$((missed + 1))
        fi
    done
    row=$((row + 1))
done
echo "$tried cells changed, $missed not noticed"
[ "$tried" -gt 0 ] && [ "$missed" -eq 0 ]
