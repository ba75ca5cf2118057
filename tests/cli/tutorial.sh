#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The README's tutorial, run as it stands: its sh blocks in order, in a directory of their own. What the sh blocks before a text block
# print since the text block before it, standard error included, is that text to the letter.
# usage: tutorial.sh README CAPDL [print]    print: shows what the text blocks should be
set -eu
readme=$(realpath "$1") capdl=$(realpath "$2")
command -v aarch64-linux-gnu-gcc > /dev/null || exit 77
command -v pkg-config > /dev/null || exit 77

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir -p build/tool
ln -s "$capdl" build/tool/capdl
ln -s "$(dirname "$capdl")/../examples" build/examples # not there when capdl is installed

# steps.sh: the sh blocks, each text block replaced by the number of the next output file; want.N: the text blocks.
sed -n '/^<!-- tutorial/,/^## /p' "$readme" | awk '
    BEGIN { print "exec > \"$outputs/got.1\" 2>&1" > "steps.sh"; n = 1 }
    /^```sh$/ { block = "steps.sh"; next }
    /^```text$/ { block = "want." n; printf "" > block; next }
    /^```$/ {
        if (block != "steps.sh") { n++; print "exec > \"$outputs/got." n "\" 2>&1" > "steps.sh" }
        block = ""
        next
    }
    block { print > block }
    END { print n > "blocks" }'
outputs=$dir sh -eu steps.sh || { echo "the tutorial stops:"; cat got.*; exit 1; }

status=0 n=1
while [ $n -lt "$(cat blocks)" ]; do
    [ "${3:-}" != print ] || cat got.$n
    if ! diff -u want.$n got.$n; then
        status=1
    fi
    n=$((n + 1))
done
[ ! -s got.$n ] || { echo "printed after the last text block:"; cat got.$n; exit 1; }
grep -q tcb_ping build/tutorial/expanded.cdl
grep -q tcb_ping build/tutorial/shown.cdl
exit $status
