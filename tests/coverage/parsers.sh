#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# parsers.sh GCOV OBJECTS SOURCES TEXT JSON LEAST: runs the readers of text and JSON over the seeds of their fuzz targets (TEXT and JSON are
# the targets), and prints how many lines of each reader the seeds reach, and which they do not. Fails when they reach less than LEAST
# per cent.
set -eu
gcov=$1 objects=$2 sources=$3 text=$4 json=$5 least=$6
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find "$objects"/libparsers.a.p "$objects"/parser-*.p -name '*.gcda' -exec rm {} +
find "$sources/tests/spec/cases" "$sources/tests/spec/checks" "$sources/tests/fuzz/seeds/text" -name '*.cdl' -exec "$text" {} +
find "$sources/tests/spec/json" "$sources/tests/fuzz/seeds/json" -name '*.json' -exec "$json" {} +

# Which lines were compiled, and which of these were not reached by any program, file by file.
find "$objects"/libparsers.a.p "$objects"/parser-*.p -name '*.gcda' | while read -r counts; do
    "$gcov" --stdout "$counts"
done | awk -F: '
    / 0:Source:/ { file = ""; if (match($0, /(capdl-spec\/text|tool\/json)\/[a-z_]*\.c/)) file = substr($0, RSTART) }
    file == "" || file ~ /write/ { next }
    /^ *([0-9]+\*?|#####): *[0-9]+:/ {
        key = file ":" ($2 + 0)
        if (!(key in hits)) hits[key] = 0
        hits[key] += $1 !~ /#/
        code[key] = $0
        sub(/^[^:]*:[^:]*: */, "", code[key])
    }
    END { for (key in hits) print key "\t" hits[key] "\t" code[key] }' | LC_ALL=C sort > "$work/lines"
[ -s "$work/lines" ] || { echo "gcov counted nothing"; exit 1; }

awk -F'\t' '
    { split($1, at, ":"); lines[at[1]]++; missed[at[1]] += $2 == 0; all++; none += $2 == 0 }
    END {
        for (file in lines) printf "%-36s %5d lines, %d not reached\n", file, lines[file], missed[file] | "sort"
        close("sort")
        printf "%-36s %5d lines, %d not reached\n", "all", all, none
    }' "$work/lines"

awk -F'\t' -v least="$least" '
    $2 == 0 { print $1 ": not reached: " $3; missed++ }
    END { if (missed * 100 > NR * (100 - least)) { print "the seeds reach less than " least " % of the lines"; exit 1 } }
' "$work/lines"
