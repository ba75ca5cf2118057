#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Images that earlier versions made stay readable: show, diff and verify say what they said.
# usage: old_images.sh CAPDL DIRECTORY
set -u
capdl=$(realpath "$1") here=$(realpath "$2")/images
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

fail() {
    echo "$name: $1"
    cat out
    failed=1
}

for packed in "$here"/*.elf.gz; do
    name=$(basename "$packed" .elf.gz)
    gzip -dc "$packed" > image.elf
    cp "$here/$name.cdl" spec.cdl
    "$capdl" show image.elf > out 2>&1 || fail "show fails"
    grep -q 'tcb (' out || fail "show names no thread"
    "$capdl" diff image.elf spec.cdl > out 2>&1 && grep -q '^same system, other text' out || fail "not what it was"
    sed 's/prio: \([0-9]*\)/prio: 1\1/' spec.cdl > other.cdl
    "$capdl" diff image.elf other.cdl > out 2>&1 && fail "another priority is no change"
    grep -q 'priority is' out || fail "no other priority"
    "$capdl" verify image.elf --spec spec.cdl > out 2>&1 || fail "verify fails"
    case $name in # as printed when they were made: their initialisers compute another digest
    aarch64-mcs) digest=0x2414ae262db872a6 ;;
    riscv64-mcs) digest=0x2d437ee50aa7b137 ;;
    x86_64-mcs) digest=0x12ff988fbd04137 ;;
    *) digest=none ;;
    esac
    grep -q "kernel calls in all, digest $digest\$" out || fail "verify prints another digest of the kernel calls"
    "$capdl" verify image.elf --spec other.cdl > out 2>&1 && fail "verify takes another spec for its own"
    printf x | dd of=image.elf bs=1 seek=5000 conv=notrunc 2> out
    "$capdl" show image.elf > out 2>&1 && fail "show takes it although it is damaged"
done
# shellcheck disable=SC2012
[ "$(ls "$here"/*.elf.gz | wc -l)" -ge 3 ] || { echo "samples are missing"; failed=1; }
exit $failed
