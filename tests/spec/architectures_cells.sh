#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# architectures_cells.sh SOURCE [EVERY]: changes lines of the rows in architectures.c one at a time and sees architectures_test fail.
# EVERY: only each so many-th. Each changed table must compile: one that does not would say nothing of the test.
set -eu
source=$1 every=${2:-1}
table=$source/capdl-spec/model/architectures.c
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
CC=${CC:-cc}

build() {
    $CC -std=gnu17 "-I$source/include" "-I$source/capdl-spec" -o "$scratch/test" "$source/tests/spec/architectures_test.c" \
        "$scratch/architectures.c" "$source/capdl-spec/model/kinds.c"
}

# The table with a line changed: a string, a truth, a name, or the last number in it.
change() {
    awk -v n="$1" '
    NR == n {
        if (/"/) sub(/"/, "\"x")
        else if (/true/) sub(/true/, "false")
        else if (/EM_/) sub(/EM_[A-Z0-9_]+/, "EM_NONE")
        else if (/CAPDL_CPU_/) sub(/CAPDL_CPU_[A-Z0-9_]+/, "0")
        else {
            match($0, /[0-9]+[^0-9]*$/)
            last = substr($0, RSTART)
            number = last + 0
            sub(/^[0-9]+/, number + 1, last)
            $0 = substr($0, 1, RSTART - 1) last
        }
    }
    { print }' "$table"
}

# Where values stand: in the words' macros and in the rows.
lines=$(awk '
    /^#define WORD_|^static const struct capdl_architecture/ { rows = 1 }
    /^#define ROOT|^const struct/ { rows = 0 }
    rows && (/\.[a-z_]+ = [^{]/ || /\{[0-9"]/ || /(ROOT|TABLE)\(/) && !/\/\*/ { print NR }' "$table")
cp "$table" "$scratch/"
build && "$scratch/test" || { echo "the test fails with the table as it is"; exit 1; }
count=0 tried=0 missed=0
for line in $lines; do
    count=$((count + 1))
    [ $((count % every)) -eq 0 ] || continue
    change "$line" >"$scratch/architectures.c"
    cmp -s "$scratch/architectures.c" "$table" && { echo "line $line: not changed"; exit 1; }
    tried=$((tried + 1))
    build || { echo "line $line: does not compile"; exit 1; }
    if "$scratch/test" 2>/dev/null; then
        echo "line $line: changed, and no test fails: $(sed -n "${line}p" "$table")"
        missed=$((missed + 1))
    fi
done
echo "$tried lines changed, $missed not noticed"
[ "$tried" -gt 0 ] && [ "$missed" -eq 0 ]
