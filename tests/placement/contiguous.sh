#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# contiguous.sh CAPDL KERNEL REAL: arrays of frames in one piece of physical memory. REAL is yes for a real kernel, whose memory is
# known exactly: KERNEL-debug below SEL4_PREFIXES.
set -eu
capdl=$1 kernel=$2 real=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}
spec() { # FRAMES SIZE: an array of so many frames, all held by one CNode
    echo "arch ${kernel%-mcs} objects { dma[$1] = frame ($2, contiguous) keeper = cnode (12 bits) }" | sed 's/riscv64/riscv/'
    echo "caps { keeper { 0: dma[0..$(($1 - 1))]  4000: keeper } }"
}
refused() { # EXPECTED ARGUMENT...
    expected=$1
    shift
    if "$capdl" "$@" 2>"$work/said"; then fail "not refused: $*"; fi
    grep -q "$expected" "$work/said" || fail "$(cat "$work/said"): expected '$expected'"
}

if [ "$real" = no ]; then
    for size in 4k 2M; do
        spec 5 $size >"$work/spec.cdl"
        "$capdl" compile "$work/spec.cdl" --kernel "$kernel" -o "$work/image"
        "$capdl" run "$work/image" 2>/dev/null | grep -q 'booted: 7 objects' || fail "5 frames of $size, their untyped and the CNode"
        "$capdl" verify "$work/image" >"$work/verified" || fail "$(cat "$work/verified")"
        mkdir -p "$work/shown"
        "$capdl" show "$work/image" >"$work/shown/spec.cdl"
        grep -q 'dma\[5\] = frame (.*, contiguous)' "$work/shown/spec.cdl" || fail "$(cat "$work/shown/spec.cdl")"
        "$capdl" compile "$work/shown/spec.cdl" --kernel "$kernel" -o "$work/again"
        # All but what says which text it was made from, 64 digits, and the seal.
        [ "$(cmp -l "$work/image" "$work/again" | wc -l)" -le 96 ] || fail "the spec of the image makes another image"
    done
    spec 1 4k | sed 's/contiguous/&, paddr: 0x70000000/' >"$work/both.cdl"
    refused "give only one of the two" compile "$work/both.cdl" --kernel "$kernel" -o "$work/image"
    # Where no untyped is large enough, across several that follow each other: in the shortest such range, at its end.
    across() { # EXPECTED UNTYPED...: ADDRESS:BITS
        expected=$1
        shift
        for untyped in "$@"; do
            echo "0x${untyped%:*} ${untyped#*:} 0"
        done >"$work/list"
        "$capdl" compile "$work/spec.cdl" --kernel "$kernel" --untypeds "$work/list" -o "$work/image"
        said=$("$capdl" fit "$work/image" --kernel "$kernel" --untypeds "$work/list" | grep 'dma\[0\] to dma\[11\]')
        echo "$said" | grep -q "0x00$expected \.\." || fail "untypeds $*: at $said, not at 0x$expected"
    }
    spec 12 4k | sed 's/12 bits/5 bits/; s/4000:/30:/' >"$work/spec.cdl"
    across 80110000 80110000:15 80118000:14 80200000:15 80300000:13 # only the lowest is long enough
    across 80300000 80110000:15 80200000:13 80300000:15 80308000:14 # only the highest
    across 80402000 80110000:13 80200000:15 80208000:15 80400000:15 80408000:14 8040c000:13 # both are: 64 and 56 KiB
    across 80202000 80110000:13 80200000:15 80208000:14 8020c000:13 80400000:15 80408000:15
    printf '%s\n' '0x80110000 15 0' '0x80200000 15 0' '0x80208000 13 0' '0x80500000 13 0' >"$work/short"
    refused 'need 0xc000 contiguous bytes of RAM, but the largest free range has 0xa000' \
        compile "$work/spec.cdl" --kernel "$kernel" --untypeds "$work/short" -o "$work/image"
    exit 0
fi

prefix=${SEL4_PREFIXES:-}/$kernel-debug
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] || exit 77
# 1 GiB: no untyped of 2 GiB of RAM is so large, but several that follow each other are.
spec 512 2M >"$work/spec.cdl"
"$capdl" compile "$work/spec.cdl" --kernel "$prefix" -o "$work/image"
"$capdl" fit "$work/image" --kernel "$prefix" | grep -q ' 1 GiB  dma\[0\] to dma\[511\]$' || fail "not in one piece"
"$capdl" run "$work/image" --kernel "$prefix" --timeout 90 --until 'booted: 513 objects' >/dev/null 2>&1 || fail "did not boot"
# 512 MiB on a board of 1 GiB; then more than it has.
cp -rL "$prefix" "$work/small" # a prefix may be a link
start=$("$capdl" profile "$prefix" | sed -n 's/^memory *\[\(0x[0-9a-f]*\), .*/\1/p')
end=$("$capdl" profile "$prefix" | sed -n 's/^memory *\[0x[0-9a-f]*, \(0x[0-9a-f]*\)).*/\1/p')
less=$(((start & 0xf0000000) + 0x40000000))
sed "s/\\b$((end))\\b/$less/g" "$prefix/support/platform_gen.json" >"$work/small/support/platform_gen.json"
spec 256 2M >"$work/half.cdl"
"$capdl" compile "$work/half.cdl" --kernel "$work/small" -o "$work/image"
"$capdl" fit "$work/image" --kernel "$work/small" | grep -q ' 512 MiB  dma\[0\] to dma\[255\]$' || fail "512 MiB of 1 GiB not in one piece"
refused "contiguous bytes of RAM, but the largest free range has .*in the way: the kernel at" \
    compile "$work/spec.cdl" --kernel "$work/small" -o "$work/image"
# A kernel of a board with 1 GiB that leaves half of it to virtual machines has not got 512 MiB in one piece.
prefix=${SEL4_PREFIXES:-}/aarch64-1g-mcs-debug
[ "$kernel" = aarch64-mcs ] && [ -f "$prefix/bin/kernel.elf" ] || exit 0
refused "'dma\[0\]' and its array need 0x20000000 contiguous bytes of RAM, but the largest free range has 0x1f.*; in the way: the kernel at .*the kernel's objects for the initial task at .*; make the array smaller, or use RAM outside the kernel's map" \
    compile "$work/half.cdl" --kernel "$prefix" -o "$work/image"
