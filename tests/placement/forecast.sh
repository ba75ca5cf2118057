#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# forecast.sh FORECAST BOOT KERNEL PROGRAM [MAP...]: what the emulated machine reports at boot is what is forecast, with each of the
# memory maps.
set -e
forecast=$1 boot=$2 kernel=$3 program=$4
shift 4
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
[ $# -gt 0 ] || set -- ""
for map in "$@"; do
    "$forecast" "$kernel" "$program" $map > "$dir/forecast"
    "$boot" "$kernel" "$program" 0 $map > "$dir/reported" 2> "$dir/errors" || { cat "$dir/errors" >&2; exit 1; }
    diff -u "$dir/forecast" "$dir/reported" && continue
    echo "${map:-$kernel}: what the machine reports is not what is forecast" >&2
    exit 1
done
