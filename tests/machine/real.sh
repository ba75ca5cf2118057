#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# real.sh REAL-PROGRAM PREFIX PROGRAM EXPECTED: what the program prints on the real kernel, the kernel's own words left out. PREFIX
# may be a name in $SEL4_PREFIXES.
case $2 in
/*) prefix=$2 ;;
*) [ -n "$SEL4_PREFIXES" ] || exit 77; prefix=$SEL4_PREFIXES/$2-debug ;;
esac
[ -f "$prefix/bin/kernel.elf" ] || exit 77
"$1" "$prefix" "$3" 2>/dev/null | tr -d '\r' | sed -n '/dropped to user space/,/^END/p' | sed 1d |
    sed "s,$(printf '\033')\[[0-9;]*m,,g" | grep -a -v 'seL4(CPU\|^Debug halt\|halting\|Kernel entry' | diff "$4" -
