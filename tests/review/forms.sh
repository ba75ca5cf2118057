#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One system in several forms is one system; trouble is told from differences; what other programs read is JSON and DOT.
# usage: forms.sh CAPDL DIRECTORY IMAGE
set -u
capdl=$(realpath "$1") here=$(realpath "$2") image=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# expect CODE PATTERN ARGUMENT...: exit code, and a line of what is printed
expect() {
    code=$1 pattern=$2
    shift 2
    "$capdl" "$@" > out 2>&1
    got=$?
    if [ $got != "$code" ] || ! grep -qe "$pattern" out; then
        echo "capdl $*: exit code $got, expected $code and a line with: $pattern"
        cat out
        failed=1
    fi
}

same='^no change of authority, programs or behaviour$'
"$capdl" show "$here/base.cdl" --json > base.json
"$capdl" expand "$here/base.cdl" > expanded.cdl
expect 0 "$same" diff "$here/base.cdl" base.json
expect 0 "$same" diff expanded.cdl "$here/base.cdl"
"$capdl" show "$image" > shown.cdl
expect 0 "$same" diff "$image" shown.cdl -I "$(dirname "$image")"
[ "$(sed -n 's/.*sha256://p' out | sort -u | wc -l)" = 1 ] || { echo "a text and its image have different digests"; cat out; failed=1; }

# Programs are compared by their bytes: a copy is the same, one byte of it is not.
printf '\1\2\3\4' > a.bin; cp a.bin b.bin; printf '\1\2\3\5' > c.bin
for name in a b c; do
    echo "arch aarch64 objects { x = frame (4k, fill: [{0 4 CDL_FrameFill_FileData \"$name.bin\" 0}]) }" > $name.cdl
done
expect 0 "$same" diff a.cdl b.cdl
expect 1 "^   frame 'x' holds other data$" diff a.cdl c.cdl
echo 'arch aarch64 objects { x = frame (4k, fill: [{0 4 CDL_FrameFill_Bytes 01020304}]) }' > bytes.cdl
expect 0 "$same" diff a.cdl bytes.cdl
expect 1 "^   frame 'x' holds other data$" diff c.cdl bytes.cdl
rm b.bin
expect 1 "cannot read 'b.bin': what it fills is compared by name" diff a.cdl b.cdl

expect 2 'cannot read none.cdl' diff none.cdl a.cdl
echo 'arch aarch64 objects { x = framme }' > bad.cdl
expect 2 "bad.cdl:1:28: error" diff a.cdl bad.cdl
expect 2 'missing argument' diff a.cdl

# The 32-bit architectures have no initialiser here, and are reviewed all the same.
sed 's/0x3f8/0x3f0/' "$here/ia32.cdl" > wider.cdl
expect 0 "$same" diff "$here/ia32.cdl" "$here/ia32.cdl"
expect 1 "^   I/O port range 'com1' has first port 1008 instead of 1016$" diff "$here/ia32.cdl" wider.cdl
expect 1 '"kind": *"hardware"' diff --json "$here/ia32.cdl" wider.cdl
expect 1 '"rank": *4' diff --json "$here/ia32.cdl" wider.cdl
expect 0 'label="driver"' graph "$here/ia32.cdl"
expect 0 "serial.*interrupt" graph "$here/ia32.cdl"
expect 0 'pt.npage table' graph --objects "$here/ia32.cdl"
# What devices and guests reach is reach, and leftover memory is memory.
sed 's/0: buffer (R)/0: buffer (RW)/' "$here/x86.cdl" > new.cdl
expect 1 "^   frame 'buffer' can be reached (RW) by I/O device 'nic' \[slot 0 of io2\]$" diff "$here/x86.cdl" new.cdl
expect 1 '^3. reach of devices' diff "$here/x86.cdl" new.cdl
sed 's/guest_memory (RWX)/guest_memory (RWX) 1: buffer (RW)/' "$here/x86.cdl" > new.cdl
expect 1 "^   monitor now maps frame 'buffer' (RW) \[slot 1 of guest_pd\]$" diff "$here/x86.cdl" new.cdl
sed 's/slots: 4/slots: 5/' "$here/x86.cdl" > new.cdl
expect 1 "^   leftovers 'rest' has slots 5 instead of 4$" diff "$here/x86.cdl" new.cdl
sed '/8: rest/d' "$here/x86.cdl" > old.cdl
expect 1 "^   monitor gains leftovers 'rest'" diff old.cdl "$here/x86.cdl"
expect 1 '^1. can manufacture' diff old.cdl "$here/x86.cdl"

"$capdl" graph "$here/base.cdl" > base.dot
cmp base.dot "$here/base.dot" || failed=1
if command -v dot > /dev/null; then
    dot -Tsvg base.dot > /dev/null || failed=1
fi
exit $failed
