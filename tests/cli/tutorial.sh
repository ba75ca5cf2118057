#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The README's tutorial, run as it stands: its sh blocks in order, in a directory of their own.
# usage: tutorial.sh README CAPDL LIBPD
set -eu
readme=$(realpath "$1") capdl=$(realpath "$2") libpd=$(realpath "$3")
command -v aarch64-linux-gnu-gcc >/dev/null || exit 77

dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
mkdir -p build/tool examples
ln -s "$capdl" build/tool/capdl
ln -s "$libpd" examples/libpd

sed -n '/^<!-- tutorial/,$p' "$readme" | awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' > steps.sh
sh -eu steps.sh > output 2> report

expect() {
    grep -qF -- "$1" "$2" || { echo "not in $2: $1"; cat output report; exit 1; }
}
expect 'pong: 21 from badge 7' output
expect 'ping: sent 21, got 42' output
expect 'tcb_pong waits for a message at endpoint table' report
expect 'wrong.cdl:11:' report
expect 'tcb_ping' tutorial/expanded.cdl
expect 'tcb_ping' tutorial/shown.cdl
