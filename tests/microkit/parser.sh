#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# parser.sh CAPDL PROGRAMS TABLE: a correct system, changed by sed, is accepted, or refused at the place and with the words of a table.
# parser.txt has what Microkit's own tool tests of its parser, said in our words; limits.txt has more. A line: its name there, system,
# programs, options, verdict (`accept` or LINE:COLUMN), words of the message or, if it is accepted, of the system (`-`: any), sed
# (fields end with a tab).
set -eu
capdl=$(realpath "$1") programs=$(realpath "$2") table=$3
cd "$(dirname "$0")"
here=$PWD
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
tab=$(printf '\t')
while IFS=$tab read -r name system directory options place words change; do
    case $name in '#'*) continue ;; esac
    [ -d "$programs/$directory" ] || continue
    sed -e "$change" "parser-$system.system" >"$work/x.system"
    code=0
    # shellcheck disable=SC2086
    (cd "$work" && "$capdl" expand $options -I "$programs/$directory" -I "$here/systems/data" x.system) >"$work/out" 2>"$work/err" || code=$?
    if [ "$place" = accept ]; then
        [ $code -eq 0 ] || { echo "$name: refused: $(cat "$work/err")"; status=1; }
        [ "$words" = - ] || grep -qF -e "$words" "$work/out" || { echo "$name: expected $words"; status=1; }
        continue
    fi
    [ $code -eq 1 ] || { echo "$name: exit code $code"; status=1; }
    first=$(grep -m1 ' error: ' "$work/err" || true)
    case $first in
    "x.system:$place: error: $words") ;;
    *) echo "$name: expected $place: $words" && echo "    $first"; status=1 ;;
    esac
done <"$table"
exit $status
