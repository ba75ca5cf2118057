#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tool_figures.sh VALGRIND CAPDL SPENT SPEC_SIZE VERIFIED COMPILER FLAG...: what the tool itself costs, one "NAME VALUE" a line:
# instructions that callgrind counts, and kilobytes of memory at most where a spec has a million objects. Counts are the same from run
# to run, memory is within a percent.
set -eu
export MALLOC_PERTURB_=0 # as in use
valgrind=$1 capdl=$2 spent=$3 generate=$4 verified=$5
shift 5
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

count() { # NAME MOST-EXIT-CODE COMMAND...
    name=$1 good=$2 code=0
    shift 2
    "$valgrind" --tool=callgrind --callgrind-out-file=/dev/null "$@" >"$work/out" 2>"$work/said" || code=$?
    [ "$code" -le "$good" ] || { cat "$work/said" >&2; exit 1; }
    sed -n "s/.*Collected : \([0-9]*\)\$/$name \1/p" "$work/said"
}

kilobytes() { # NAME COMMAND...
    name=$1
    shift
    "$spent" "$@" | awk -v name="$name" '$3 != 0 { exit 1 } { print name, $2 }'
}

"$@" -ffreestanding -nostdlib -static -o "$work/domain.elf" "$here/domain.c"
# An update never costs more than compiling again, even where one page of many tables changes.
for system in hello sixty shared; do
    "$here/peers.sh" $system >"$work/$system.system"
    [ $system = hello ] && domain=hello || domain=pd7
    {
        count $system-compile 0 "$capdl" compile "$work/$system.system" --kernel aarch64-mcs -o "$work/$system.elf"
        count $system-update 0 "$capdl" update "$work/$system.elf" $domain="$work/domain.elf" -o "$work/new.elf"
    } >"$work/both"
    cmp "$work/$system.elf" "$work/new.elf"
    awk 'NR == 1 { most = $2 } { print } END { if ($2 > most) { print $1 " is more than the " most " of compiling" >"/dev/stderr"; exit 1 } }' "$work/both"
done
count sixty-verify 0 "$verified" "$work/sixty.elf"

# Objects with badged capabilities, and threads with all that belongs to them, in which a name changes.
awk 'BEGIN { print "arch aarch64 objects {"
    for (i = 0; i < 20000; i++) print "e" i " = ep"
    print "k = cnode (15 bits) } caps { k {"
    for (i = 0; i < 20000; i++) print i ": e" i " (RW, badge: " i ")"
    print "} }" }' >"$work/badged.cdl"
"$generate" threads 5000 >"$work/threads.cdl"
sed 's/_7\>/_other/' "$work/threads.cdl" >"$work/renamed.cdl"
count badged-check 0 "$capdl" check "$work/badged.cdl"
count badged-show 0 "$capdl" show "$work/badged.cdl"
count threads-check 0 "$capdl" check "$work/threads.cdl"
count threads-compile 0 "$capdl" compile "$work/threads.cdl" -o "$work/threads.elf"
count threads-verify 0 "$verified" "$work/threads.elf"
count threads-diff 1 "$capdl" diff "$work/threads.cdl" "$work/renamed.cdl"
count threads-graph 0 "$capdl" graph "$work/threads.cdl"
"$generate" frames 5000 >"$work/frames.cdl"
count frames-graph 0 "$capdl" graph "$work/frames.cdl"

# A million of them.
"$generate" array 1000000 >"$work/array.cdl"
count million-array-check 0 "$capdl" check "$work/array.cdl"
count million-array-show 0 "$capdl" show "$work/array.cdl"
for style in threads long-names; do
    "$generate" $style 1000000 >"$work/million.cdl"
    kilobytes "million-$style-compile-kilobytes" "$capdl" compile "$work/million.cdl" -o "$work/million.elf"
done
