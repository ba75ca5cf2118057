#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A new system builds, boots and passes its own test, on each architecture; nothing is overwritten. usage: init.sh CAPDL
set -u
capdl=$(realpath "$1")
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
PKG_CONFIG_PATH=$(dirname "$capdl")/../examples
export PKG_CONFIG_PATH
cd "$dir" || exit 1
failed=0
command -v make > /dev/null || exit 77
command -v pkg-config > /dev/null || exit 77

for arch in aarch64 riscv:riscv64 x86_64; do
    cpu=${arch#*:} arch=${arch%:*}
    "$capdl" init --arch "$arch" "new $arch" > out || failed=1
    command -v "$cpu-linux-gnu-gcc" > /dev/null || continue
    make -s -C "new $arch" CAPDL="$capdl" test > out 2>&1
    if [ "$(tail -n 1 out)" != passed ]; then
        cat out
        failed=1
    fi
    # Nothing is made twice; a program that changes is.
    make -C "new $arch" CAPDL="$capdl" system.elf | grep -q 'up to date' || { echo "$arch: made twice"; failed=1; }
    sleep 1
    touch "new $arch/programs.c"
    make -C "new $arch" CAPDL="$capdl" system.elf | grep -q 'capdl compile' || { echo "$arch: not made anew"; failed=1; }
done

! "$capdl" init "new aarch64" > out 2>&1 || failed=1
grep -q 'new aarch64/system.cdl is there already' out || { cat out; failed=1; }
mkdir half
echo mine > half/Makefile
! "$capdl" init half > out 2>&1 || failed=1
if [ "$(ls half)" != Makefile ] || [ "$(cat half/Makefile)" != mine ]; then
    ls half
    failed=1
fi
# said CODE PATTERN ARGUMENT...
said() {
    code=$1 pattern=$2
    shift 2
    "$capdl" init "$@" > out 2>&1
    got=$?
    [ $got = "$code" ] && grep -q "$pattern" out || { echo "init $*: $got"; cat out; failed=1; }
}
said 2 'capdl init: cannot make no/such: No such file or directory' no/such
said 2 'capdl init: cannot write half/Makefile/system.cdl: Not a directory' half/Makefile
mkdir data
CAPDL_DATA_DIR=$dir/data said 2 "capdl init: new-system.cdl is not in $dir/data" untold
[ ! "$(ls untold)" ] || { echo 'files without templates'; failed=1; }
! "$capdl" init --arch ia32 other > out 2>&1 || failed=1
[ ! -e other ] || failed=1
exit $failed
