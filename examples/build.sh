#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds an example for one kernel: its programs into DIR, then the image.
# usage: build.sh CAPDL KERNEL SPEC OUTPUT DIR LIBPD PROGRAM.c... -- COMPILER FLAG...
set -eu
capdl=$1 kernel=$2 spec=$3 output=$4 dir=$5 libpd=$6
shift 6
programs=
while [ "$1" != -- ]; do
    programs="$programs $1"
    shift
done
shift
mkdir -p "$dir"
for program in $programs; do
    "$@" -o "$dir/$(basename "$program" .c).elf" "$libpd" "$program"
done
timeout 60 "$capdl" compile "$spec" --kernel "$kernel" -I "$dir" -o "$output"
