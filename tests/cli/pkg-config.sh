#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A program of someone who has only the installed files: flags from the pkg-config file, sources from its directory.
# usage: pkg-config.sh CAPDL SOURCES
set -u
capdl=$(realpath "$1") sources=$(realpath "$2")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
files=$(dirname "$capdl")/../examples
# As installed: libpd, and beside it the one header of capdl that it includes.
mkdir -p "$dir/libpd/capdl" "$dir/my program"
cp "$sources"/examples/libpd/*.[chS] "$dir/libpd"
cp "$sources/include/capdl/leftovers.h" "$dir/libpd/capdl"
cd "$dir/my program" || exit 1
printf '#include "pd.h"\n#include "objects.h"\nvoid pd_main(const uint64_t *args)\n{\n    pd_print("args %%u\\n", args[0]);\n}\n' > one.c
tried=0 failed=0
for arch in aarch64 riscv64 x86_64; do
    compiler=$arch-linux-gnu-gcc
    command -v $compiler > /dev/null || continue
    tried=1
    "$capdl" profile $arch-mcs --header > kernel.h
    flags=$(PKG_CONFIG_DISABLE_UNINSTALLED=1 PKG_CONFIG_PATH=$files pkg-config --define-variable=sources="$dir/libpd" --cflags --libs capdl-pd-$arch) || exit 1
    # shellcheck disable=SC2086 # a list
    $compiler -Wall -Wextra -Werror -include kernel.h one.c $flags -o one.elf || { failed=1; continue; }
    arch_word=${arch%64}
    [ $arch = riscv64 ] || arch_word=$arch
    printf 'arch %s\nobjects { one = pd ("one.elf", args: [7])  stop = notification }\ncaps { cnode_one { 3: stop (R) } }\n' "$arch_word" > one.cdl
    "$capdl" compile one.cdl -o one.img && "$capdl" run one.img > out 2>&1
    grep -qx 'args 7' out || { echo "$arch:"; cat out; failed=1; }
done
[ $tried = 1 ] || exit 77
exit $failed
