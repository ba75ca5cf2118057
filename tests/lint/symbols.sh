#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# symbols.sh LIBRARY: every global symbol of the installed library begins with capdl_ (AddressSanitizer marks variables by another).
set -eu
symbols=$(nm -g --defined-only "$1" | awk 'NF == 3 { print $3 }')
[ -n "$symbols" ] || { echo "$1 has no symbols" >&2; exit 1; }
others=$(echo "$symbols" | grep -vE '^(__odr_asan\.)?capdl_') || exit 0
echo "without the prefix capdl_:" "$others" >&2
exit 1
