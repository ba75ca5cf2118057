#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makes the table of docs/tested.md from the lines that matrix.sh collects in $TABLE. usage: table.sh FILE...
set -eu
cat "$@" | LC_ALL=C sort | awk '
BEGIN {
    columns = split("hello ping-pong shared-memory supervisor dynamic serial timer cores domains guest", example, " ")
    head = "| kernel |"; rule = "|---|"
    for (i = 1; i <= columns; i++) { head = head " " example[i] " |"; rule = rule "---|" }
    print head; print rule
}
{ if (!($1 in seen)) { seen[$1] = 1; kernel[++kernels] = $1 } result[$1, $2] = $3 }
END {
    for (k = 1; k <= kernels; k++) {
        line = "| " kernel[k] " |"
        for (i = 1; i <= columns; i++) {
            r = result[kernel[k], example[i]]
            line = line " " (r == "booted" ? "yes" : r == "" ? "" : r) " |"
        }
        print line
    }
}'
