#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sizes.sh INITIALISER.elf: two lines, "common BYTES" and "optional BYTES": text and read-only data of what every system runs, messages
# included, and of what only some need: larger CSpaces, contents that are copied, leftovers, gaps before addresses, periods in
# microseconds. An instruction counts where it is written, also when the compiler put it into another function.
set -eu
optional='^(cspace|chunk|fills|window|leftovers|duration|padding)[.]c$'
size_of() { # SECTION
    readelf -SW "$1" | sed -n "s/^ *\[ *[0-9]*\] *$2  *PROGBITS *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\) .*/0x\1/p"
}
all=$(($(size_of "$1" .text) + $(size_of "$1" .rodata)))
{
    readelf --debug-dump=decodedline "$1" 2>/dev/null
    nm -S -l "$1" | awk '$3 ~ /^[rR]$/ && NF >= 5 { sub(/:[0-9]*$/, "", $5); sub(/.*\//, "", $5); print "object", $5, $2 }'
} | awk -v optional="$optional" -v all="$all" '
    function hex(text,  i, value) {
        sub(/^0x/, "", text)
        for (i = 1; i <= length(text); i++) value = value * 16 + index("0123456789abcdef", substr(text, i, 1)) - 1
        return value
    }
    $1 == "object" { if ($2 ~ optional) size += hex($3); next }
    $3 ~ /^0x/ {
        at = hex($3)
        if (file ~ optional && at > last) size += at - last
        file = $2 == "-" ? "" : $1
        last = at
    }
    END { print "common", all - size; print "optional", size + 0 }'
