#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# figures.sh CAPDL FIGURES CONTENTS BUILD COMPILER FLAG...: figures that are counted and so the same everywhere, one "NAME VALUE" a line.
# Systems of the peers' shape, booted on the emulated machine; sizes of what every board gets.
set -eu
capdl=$1 figures=$2 contents=$3 build=$4
shift 4
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What every board gets of the initialiser, and of the loader.
sizes() { # ARCH
    "$here/../initialiser/sizes.sh" "$build/initialiser/initialiser-$1.elf" | sed "s/ /-$1 /; s/^/text-/"
    echo "initialiser-memory-$1 $(($(readelf -lW "$build/initialiser/initialiser-$1.elf" | awk '$1 == "LOAD" { print $6 }')))"
    [ ! -e "$build/loader/loader-$1.elf" ] ||
        echo "loader-file-$1 $(($(readelf -lW "$build/loader/loader-$1.elf" | awk '$1 == "LOAD" { print $5 }')))"
}

boot() { # SYSTEM
    "$here/peers.sh" "$1" >"$work/$1.system"
    "$capdl" compile "$work/$1.system" --kernel aarch64-mcs -o "$work/$1.elf"
    "$figures" "$work/$1.elf" >"$work/line"
    blob=$(readelf -SW "$work/$1.elf" | sed -n 's/.*\.capdl\.blob *[A-Z]* *[0-9a-f]* *[0-9a-f]* *\([0-9a-f]*\) .*/\1/p')
    objects=$(($("$capdl" run "$work/$1.elf" --until 'capdl: booted' 2>/dev/null | sed -n 's/^capdl: booted: \([0-9]*\) objects, \([0-9]*\) pages.*/\1+\2/p')))
    sed 's/^.*image \([0-9]*\) bytes, \([0-9]*\) kernel calls, \([0-9]*\) instructions.*, \([0-9]*\) bytes.*/\1 \2 \3 \4/' "$work/line" |
        { read -r image calls instructions memory
          echo "$1-calls $calls"
          echo "$1-instructions $instructions"
          echo "$1-memory $memory"
          echo "$1-image $image"
          echo "$1-blob-per-100-objects $((0x$blob * 100 / objects))"; }
}

"$@" -ffreestanding -nostdlib -static -o "$work/domain.elf" "$here/domain.c"
for kind in random text; do
    "$contents" $kind 16777216 >"$work/$kind"
done
for arch in aarch64 riscv64 x86_64; do
    [ ! -e "$build/initialiser/initialiser-$arch.elf" ] || sizes $arch
done
for system in hello sixty ring shared prefilled-4k-random prefilled-2M-random prefilled-2M-text region-64M-4k scattered; do
    boot $system
done
