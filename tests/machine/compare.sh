#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# compare.sh BOOT-PROGRAM PROFILE PROGRAM EXPECTED: what the program prints on the machine.
out=$("$1" "$2" "$3" 2>/dev/null) || exit 1
printf '%s\n' "$out" | diff "$4" -
