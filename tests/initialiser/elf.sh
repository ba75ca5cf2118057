#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# usage: elf.sh INITIALISER.elf     What the host tool, the kernel and we ourselves rely on in a prebuilt initialiser.
elf=$1
command -v readelf >/dev/null || exit 77
LC_ALL=C
export LC_ALL
status=0

complain()
{
    echo "$elf: $*"
    status=1
}

# Size of a section, in decimal; nothing if there is none.
size_of()
{
    hex=$(readelf -SW "$elf" | sed -n "s/^ *\[ *[0-9]*\] *$1  *[A-Z]* *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/\1/p")
    [ -n "$hex" ] && echo $((0x$hex))
}

sizes=$("$(dirname "$0")/sizes.sh" "$elf")
common=$(echo "$sizes" | sed -n 's/^common //p') optional=$(echo "$sizes" | sed -n 's/^optional //p')
[ "$common" -le 14336 ] || complain "$common bytes of text and read-only data of what every system runs, more than 14336"
[ "$optional" -gt 0 ] && [ "$optional" -le 3072 ] || complain "$optional bytes of optional features, more than 3072"

# Data as far as it is used, and the stack; the window's page apart.
used=$(readelf -sW "$elf" | sed -n 's/^.*: \([0-9a-f]*\) .* data_end$/\1/p')
start=$(readelf -SW "$elf" | sed -n 's/^.* \.capdl\.header *PROGBITS *\([0-9a-f]*\) .*/\1/p')
data=$((0x$used - 0x$start + $(size_of .stack) - 4096))
[ $data -le 16384 ] || complain "$data bytes of static data and stack, more than 16384"

[ "$(size_of .capdl.header)" = 144 ] || complain "no header section of 144 bytes"

# One segment at 4 MiB, dense: as large in the file as in memory, whole pages.
# shellcheck disable=SC2046
set -- $(readelf -lW "$elf" | sed -n 's/^  LOAD //p')
headers=$(readelf -hW "$elf" | sed -n 's/^ *Number of program headers: *//p')
[ "$headers" = 1 ] || complain "$headers program headers, not 1"
[ "$2" = 0x0000000000400000 ] || complain "the segment is at $2"
[ "$4" = "$5" ] && [ $(($4 % 4096)) = 0 ] || complain "the segment is not dense: $4 bytes in the file, $5 in memory"

# Below the stack there is the window's page with nothing in it, and below that nothing at all.
value_of()
{
    readelf -sW "$elf" | sed -n "s/^.*: \([0-9a-f]*\) .* $1\$/0x\1/p"
}
[ "$(($(value_of window)))" = $((0x400000)) ] || complain "the window is at $(value_of window)"
[ "$(($(value_of stack_bottom)))" = $((0x401000)) ] || complain "the stack begins at $(value_of stack_bottom)"

undefined=$(readelf -sW "$elf" | awk '$7 == "UND" && $8 != "" { print $8 }')
[ -z "$undefined" ] || complain "undefined symbols: $undefined"
readelf -rW "$elf" | grep -q 'no relocations' || complain "relocations are left"

echo "$elf: $common bytes of text and read-only data, $optional of optional features, $data of data and stack"
exit $status
