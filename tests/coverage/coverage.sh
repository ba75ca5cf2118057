#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# coverage.sh GCOV OBJECTS SOURCES PROGRAM...: runs the programs, and prints for each file with objects below the directory OBJECTS
# how many of its lines and branches were executed; also to OBJECTS/coverage.txt. Fails if more are missed than missed.txt allows.
set -eu
gcov=$1 objects=$2 sources=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

find "$objects"/libcovered*.p "$objects"/coverage-*.p -name '*.gcda' -exec rm {} +
for program; do
    case $program in
    *reader) "$program" "$sources/tests/blob/good.hex" ;;
    *) "$program" ;;
    esac >"$work/output" 2>&1 || { cat "$work/output"; echo "$program fails"; exit 1; }
done

# The objects name their sources as seen from here, the top of the build.
find "$objects"/libcovered*.p "$objects"/coverage-*.p -name '*.gcda' | while read -r counts; do
    "$gcov" --branch-probabilities --stdout "$counts"
done | awk -F: '
    / 0:Source:/ { file = ""; if (match($0, /(blob|initialiser)\/[a-z_]*\.c/)) file = substr($0, RSTART) }
    file == "" { next }
    /^ *[-0-9#]+\*?: *[0-9]+:/ { line = $2 + 0 }
    /^ *([0-9]+\*?|#####): *[0-9]+:/ { lines[file]++ }
    /^ *#####: *[0-9]+:/ { missed[file]++; print file ":" line ": not executed" > "/dev/stderr" }
    /^branch / { branches[file]++ }
    /^branch .*(never executed|taken 0%)/ { untaken[file]++; print file ":" line ": a branch is not taken" > "/dev/stderr" }
    END { for (file in lines) print file, lines[file], missed[file] + 0, branches[file] + 0, untaken[file] + 0 }
' 2>"$work/missed" | LC_ALL=C sort >"$work/counts"

[ -s "$work/counts" ] || { echo "gcov counted nothing"; exit 1; }
awk '
    function percent(missed, all) { return all ? sprintf("%.1f%%", 100 * (all - missed) / all) : "-" }
    function row(file, lines, missed, branches, untaken) {
        printf "%-28s %6d %7s %9d %7s\n", file, lines, percent(missed, lines), branches, percent(untaken, branches)
    }
    BEGIN { printf "%-28s %6s %7s %9s %7s\n", "file", "lines", "run", "branches", "taken" }
    { row($1, $2, $3, $4, $5); for (i = 2; i <= 5; i++) sum[i] += $i }
    END { row("all", sum[2], sum[3], sum[4], sum[5]) }
' "$work/counts" | tee "$objects/coverage.txt"

awk '
    NR == FNR { if ($0 !~ /^#/) { lines[$1] = $2; branches[$1] = $3 }; next }
    $3 > lines[$1] + 0 || $5 > branches[$1] + 0 {
        printf "%s: %d lines and %d branches missed, %d and %d are known\n", $1, $3, $5, lines[$1], branches[$1]
        bad = 1
    }
    END { exit bad }
' "$sources/tests/coverage/missed.txt" "$work/counts" || { cat "$work/missed"; exit 1; }
