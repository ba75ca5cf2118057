#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# endless.sh PEAK CAPDL IMAGE SECONDS: runs a program that has no end. capdl ends by itself soon after its time is over, with 0 or 1, says
# why, and its memory stays bounded.
set -eu
peak=$1 capdl=$2 image=$3 seconds=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

code=0
"$peak" 32 1600 "$capdl" run "$image" --timeout "$seconds" > "$work/console" 2> "$work/said" || code=$?
tail -n 20 "$work/said"
[ "$code" -le 1 ] || { echo "exit code $code"; exit 1; }
grep -q '^machine: stopped at the limit' "$work/said" || { echo "the end is not explained"; exit 1; }
