#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runs a fuzz target over all specs of some directories: run-corpus.sh PROGRAM DIRECTORY...
program=$1
shift
for directory; do
    for file in "$directory"/*.cdl "$directory"/*.json; do
        [ ! -f "$file" ] || "$program" "$file" || exit 1
    done
done
