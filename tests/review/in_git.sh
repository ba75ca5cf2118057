#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The settings of git and the lines for CI that docs/review.md tells, taken from there, do what it says.
# usage: in_git.sh CAPDL DIRECTORY DOCUMENT
set -u
command -v git > /dev/null || exit 77
capdl=$(realpath "$1") here=$(realpath "$2") document=$(realpath "$3")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir bin repo
ln -s "$capdl" bin/capdl
PATH=$work/bin:$PATH HOME=$work GIT_CONFIG_NOSYSTEM=1 GIT_PAGER=cat
export PATH HOME GIT_CONFIG_NOSYSTEM GIT_PAGER
failed=0

# expect PATTERN COMMAND...
expect() {
    pattern=$1
    shift
    "$@" > out 2>&1
    grep -q -e "$pattern" out || { echo "$*: no line with: $pattern"; cat out; failed=1; }
}

cd repo || exit 1
git init -q . && git config user.name name && git config user.email name@example.org
sed -n 's/^    \(\*\.[a-z]* diff=capdl\)$/\1/p' "$document" > .gitattributes
sed -n '/^    git config/s/^    //p' "$document" > ../settings
[ "$(wc -l < .gitattributes)" = 2 ] && [ "$(wc -l < ../settings)" = 4 ] || { echo "the settings have changed"; exit 1; }
sh -e ../settings || exit 1
mkdir systems
cp "$here/base.cdl" systems/base.cdl
gzip -dc "$here/images/aarch64-mcs.elf.gz" > hello.elf
git add . && git commit -qm first
sed -i 's/1: private (R)/1: private (R) 5: service (R)/' systems/base.cdl
expect "other may now receive from endpoint 'service' (R)" git diff
expect 'a/systems/base.cdl' git diff --no-ext-diff
expect '^+    5: service (R)' git diff --no-ext-diff
expect "other may now receive from endpoint 'service' (R)" git difftool -t capdl
expect "cannot be compared" git diff --cached "$(git hash-object -t tree /dev/null)" -- systems
gzip -dc "$here/images/riscv64-mcs.elf.gz" > hello.elf
expect "the system is now for riscv (was aarch64)" git diff hello.elf
expect '^+arch riscv' git diff --no-ext-diff hello.elf
git checkout -q hello.elf
touch hello.elf
[ -z "$(git diff hello.elf)" ] || { echo "an image that is the same differs"; failed=1; }

# CI
cd "$work" || exit 1
sed -n '/^    capdl verify released/s/^    //p; /^    capdl diff released.* --markdown/s/^    //p' "$document" > ci
[ "$(wc -l < ci)" = 2 ] || { echo "the lines for CI have changed"; exit 1; }
gzip -dc "$here/images/aarch64-mcs.elf.gz" > released.elf
capdl show released.elf > released.cdl
cp released.cdl system.cdl
sh -e ci > out || { echo "CI fails without a change"; cat out; failed=1; }
sed -i 's/prio: \([0-9]*\)/prio: 1\1/' system.cdl
sh -e ci > out || { echo "CI fails for another priority"; cat out; failed=1; }
grep -q "priority is" out || { echo "CI does not show another priority"; cat out; failed=1; }
gzip -dc "$here/images/riscv64-mcs.elf.gz" > other.elf
capdl show other.elf > released.cdl
sh -e ci > out 2>&1 && { echo "CI accepts an image of another spec"; cat out; failed=1; }
exit $failed
