#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runs every test by itself in a build that notes which functions are entered (entered.c), and prints a line for each test and
# function: FILE LINE SECONDS TEST, where LINE is where the function begins. Tests that only read the sources are left out.
#
# The test "(build)" stands for what building enters: the images that tests boot are made then.
#
# usage: entered.sh SOURCES BUILD       BUILD: a directory for the build, made anew
set -eu
sources=$(cd "$1" && pwd)
build=$2
rm -rf "$build" "$build.functions" "$build.tables"
mkdir -p "$build" "$build.functions"
${CC:-cc} -O2 -D_GNU_SOURCE -c -o "$build.o" "$sources/tests/mutants/entered.c"
meson setup "$build" "$sources" -Dwerror=false -Dc_args='-finstrument-functions -falign-functions=16 -g' \
    -Dc_link_args="$build.o" > "$build.setup" 2>&1 || { cat "$build.setup" >&2; exit 2; }

# The functions of a program: ADDRESS FILE LINE, made once for each program.
functions_of() { # PROGRAM
    list=$build.functions/$(echo "$1" | tr / %)
    if [ ! -f "$list" ]; then
        nm "$1" | awk '$2 ~ /^[tT]$/ { print $1 }' > "$list.addresses"
        addr2line -e "$1" < "$list.addresses" > "$list.places"
        paste -d ' ' "$list.addresses" "$list.places" | awk -v root="$sources/" '
            { while (sub("/[^/]+/[.][.]/", "/", $2)) { } at = index($2, root); if (at) { $2 = substr($2, at + length(root)) } split($2, place, ":"); print $1, place[1], place[2] }' > "$list"
    fi
    echo "$list"
}

# What the programs entered that ran since the directory of tables was made.
lines_of() { # SECONDS TEST
    for table in "$build.tables"/*; do
        program=$(basename "$table" | tr % /)
        [ -f "$program" ] || continue
        base=$(nm "$program" | awk '$3 == "__executable_start" { print $1 }')
        cmp -l "$table" /dev/zero 2> /dev/null | awk -v base="$base" -v seconds="$1" -v name="$2" -v list="$(functions_of "$program")" '
            function number(hex,    i, n) {
                for (i = 1; i <= length(hex); i++) n = n * 16 + index("0123456789abcdef", substr(hex, i, 1)) - 1
                return n
            }
            BEGIN { while ((getline line < list) > 0) { split(line, f, " "); at[int((number(f[1]) - number(base)) / 16)] = f[2] " " f[3] } }
            ($1 - 1) in at { print at[$1 - 1], seconds, name }'
    done | sort -u
    rm -rf "$build.tables"
}

mkdir "$build.tables"
CAPDL_ENTERED=$build.tables ninja -C "$build" > "$build.ninja" 2>&1 || { tail -n 30 "$build.ninja" >&2; exit 2; }
lines_of 0 '(build)'
meson test -C "$build" --list 2> /dev/null | grep -vE ':(lint|mutants|real|matrix) / ' | sed 's/.* \/ //' > "$build.tests"
while read -r name; do
    mkdir "$build.tables"
    begin=$(date +%s.%N)
    CAPDL_ENTERED=$build.tables meson test -C "$build" --no-rebuild --timeout-multiplier 5 "$name" > "$build.test" 2>&1 < /dev/null || true
    lines_of "$(echo "$(date +%s.%N) $begin" | awk '{ printf "%.1f", $1 - $2 }')" "$name"
done < "$build.tests"
