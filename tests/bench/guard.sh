#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# guard.sh EXPECTED COMMAND ARGUMENT...: no figure that the command prints is 2 % worse than expected. UPDATE=1 writes the expected ones.
set -eu
expected=$1
shift
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$@" >"$work/figures"
if [ "${UPDATE:-}" ]; then
    { sed -n '/^#/p' "$expected"
      cat "$work/figures"; } >"$work/new"
    cp "$work/new" "$expected"
    exit 0
fi
awk '/^#/ { next }
    FILENAME == ARGV[1] { expected[$1] = $2; next }
    !($1 in expected) { print $1 ": no figure is expected; UPDATE=1 writes it"; bad = 1; next }
    $2 > expected[$1] * 1.02 { printf "%s: %d, %.1f %% more than the expected %d\n", $1, $2, ($2 / expected[$1] - 1) * 100, expected[$1]; bad = 1 }
    $2 < expected[$1] * 0.98 { printf "%s: %d, better than the expected %d; UPDATE=1 keeps it so\n", $1, $2, expected[$1] }
    { seen[$1] = 1 }
    END {
        for (name in expected)
            if (!(name in seen)) { print name ": not measured any more"; bad = 1 }
        exit bad
    }' "$expected" "$work/figures"
