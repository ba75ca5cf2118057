#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runs a fuzz target over all files of some directories: run-corpus.sh PROGRAM DIRECTORY|MAKER...
# A maker is a program that writes files into the directory it is given.
program=$1
shift
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
status=0

for seeds; do
    if [ ! -d "$seeds" ]; then
        "$seeds" "$work" >/dev/null || exit 2
        seeds=$work
    fi
    set --
    for file in "$seeds"/*; do
        [ ! -f "$file" ] || set -- "$@" "$file"
    done
    [ $# -gt 0 ] || { echo "$seeds: no seeds" >&2; exit 2; }
    "$program" "$@" || { echo "$program: failed on a file of $seeds" >&2; status=1; }
done
exit $status
