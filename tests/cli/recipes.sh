#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# docs/recipes.md, run as it stands: its sh blocks in order, from an empty directory. What they print is the text block that follows, to the
# letter. Blocks for a kernel are run where SEL4_PREFIXES has one. usage: recipes.sh PAGE CAPDL [print]   print: shows what is printed
set -eu
page=$(realpath "$1") capdl=$(realpath "$2")
command -v aarch64-linux-gnu-gcc > /dev/null || exit 77
command -v make > /dev/null || exit 77
command -v pkg-config > /dev/null || exit 77
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
PKG_CONFIG_PATH=$(dirname "$capdl")/../examples
export PKG_CONFIG_PATH
mkdir "$dir/bin" "$dir/work" "$dir/out"
ln -s "$capdl" "$dir/bin/capdl"
PATH=$dir/bin:$PATH
PREFIX=${SEL4_PREFIXES:+$SEL4_PREFIXES/aarch64-mcs}
kernel=
if [ "$PREFIX" ] && [ -e "$PREFIX/bin/kernel.elf" ] && command -v qemu-system-aarch64 > /dev/null; then
    kernel=kernel
else
    PREFIX=
fi
export PREFIX

cd "$dir/out"
sed -n '/^<!-- recipes/,$p' "$page" | awk -v kernel=$kernel '
    BEGIN { n = 1; print "exec > \"$outputs/got.1\"" > "steps.sh" }
    /^```(sh|text)/ {
        skip = $2 == "kernel" && !kernel
        block = skip ? "/dev/null" : $1 == "```sh" ? "steps.sh" : "want." n
        printf "" > block
        next
    }
    /^```$/ {
        if (block ~ /^want/) { n++; print "exec > \"$outputs/got." n "\"" > "steps.sh" }
        block = ""
        next
    }
    block { print > block }
    END { print n > "blocks" }'
cd "$dir/work"
outputs=$dir/out sh -eu "$dir/out/steps.sh" || { echo "the recipes stop:"; tail -n 20 "$dir"/out/got.*; exit 1; }
cd "$dir/out"
status=0 n=1
[ "$(cat blocks)" -gt 9 ] || { echo "only $(cat blocks) blocks"; exit 1; }
while [ $n -lt "$(cat blocks)" ]; do
    [ "${3:-}" != print ] || cat got.$n
    diff -u want.$n got.$n || status=1
    n=$((n + 1))
done
[ ! -s got.$n ] || { echo "printed after the last text block:"; cat got.$n; exit 1; }
exit $status
