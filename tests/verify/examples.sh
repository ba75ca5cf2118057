#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An example's image is what its spec says: the one in the image and the source, with names and without, and with the
# same digest.
# usage: examples.sh CAPDL IMAGE KERNEL SPEC PROGRAMS
set -eu
capdl=$1 image=$2 kernel=$3 spec=$4 programs=$5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$capdl" verify "$image" --spec "$spec" -I "$programs" > "$work/named" || { cat "$work/named"; exit 1; }
"$capdl" compile "$spec" --kernel "$kernel" -I "$programs" --strip -o "$work/stripped.elf" 2> "$work/warnings"
"$capdl" verify "$work/stripped.elf" --spec "$spec" -I "$programs" --json > "$work/stripped" \
    || { cat "$work/stripped"; exit 1; }
[ "$(grep -c 'is what the spec says' "$work/named")" = 2 ]
grep -q ": made from the system of $spec (sha256:[0-9a-f]*)$" "$work/named"
[ "$(grep '^  digest sha256' "$work/named" | sort -u | wc -l)" = 1 ]
digest=$(sed -n 's/.*sha256:\([0-9a-f]*\)$/\1/p' "$work/named" | head -n 1)
grep -q "\"digest\":\"$digest\"" "$work/stripped"
