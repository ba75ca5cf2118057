#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# wrong.sh CAPDL PROGRAMS TABLE: every system of a table is refused at the place and with the words given there, or
# accepted. A line: file, architecture, options, `accept` or LINE:COLUMN, words of the message, LINE:COLUMN and words of
# the note on another place (fields end with a tab); there must be none where the line has none.
set -eu
capdl=$(realpath "$1") programs=$(realpath "$2") table=$3
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
tab=$(printf '\t')
while IFS=$tab read -r file directory options place words note; do
    case $file in '#'*) continue ;; esac
    [ -d "$programs/$directory" ] || continue
    code=0
    # shellcheck disable=SC2086
    "$capdl" expand $options -I "$programs/$directory" -I systems/data -I systems "wrong/$file" >"$work/out" 2>"$work/err" || code=$?
    if [ "$place" = accept ]; then
        [ $code -eq 0 ] || { echo "$file: refused: $(cat "$work/err")"; status=1; }
    else
        [ $code -eq 1 ] || { echo "$file: exit code $code"; status=1; }
        first=$(grep -m1 ' error: ' "$work/err" || true)
        case $first in
        "wrong/$file:$place: error: $words"*) ;;
        *) echo "$file: expected $place: $words" && echo "    $first"; status=1 ;;
        esac
        noted=$(sed -n '/ error: /,$p' "$work/err" | grep -m1 ' note: ' | sed "s,^wrong/$file:,,; s/ note: / /" || true)
        [ "$noted" = "$note" ] || { echo "$file: expected the note '$note', but got '$noted'"; status=1; }
        [ ! -s "$work/out" ] || { echo "$file: printed something"; status=1; }
    fi
done <"$table"
exit $status
