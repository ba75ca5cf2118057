#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# forecast.sh FORECAST BOOT KERNEL PROGRAM: what the emulated machine reports at boot is what is forecast.
set -e
forecast=$("$1" "$3" "$4")
reported=$("$2" "$3" "$4" 2>/dev/null)
[ "$forecast" = "$reported" ] && exit 0
printf 'forecast:\n%s\nreported:\n%s\n' "$forecast" "$reported"
exit 1
