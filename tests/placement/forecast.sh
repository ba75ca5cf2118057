#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# forecast.sh FORECAST BOOT KERNEL PROGRAM [MAP...]: what the emulated machine reports at boot is what is forecast, with each of the
# memory maps.
set -e
forecast=$1 boot=$2 kernel=$3 program=$4
shift 4
[ $# -gt 0 ] || set -- ""
for map in "$@"; do
    expected=$("$forecast" "$kernel" "$program" $map)
    reported=$("$boot" "$kernel" "$program" 0 $map 2>/dev/null)
    [ "$expected" = "$reported" ] && continue
    printf '%s: forecast:\n%s\nreported:\n%s\n' "$map" "$expected" "$reported"
    exit 1
done
