#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# twins.sh CAPDL: images with more pages than a stock kernel's root CNode has slots boot if enough of the pages are equal; as many are
# copied as slots are missing.
set -eu
capdl=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "twins.sh: $1"
    exit 1
}

# FRAMES of 4 KiB, of which DISTINCT have contents of their own and the others all the same.
spec() {
    awk -v frames="$1" -v distinct="$2" 'BEGIN {
        print "objects { k = cnode (13 bits)"
        for (i = 0; i < frames; i++)
            printf "f%d = frame (4k, fill: [{%d 4 CDL_FrameFill_Bytes %s}])\n", i, i < distinct ? 8 : 16,
                i < distinct ? sprintf("%08d", i + 1) : "5a5a5a5a"
        print "} caps { k {"
        for (i = 0; i < frames; i++) printf "%d: f%d\n", i + 1, i
        print "} }" }'
}

in_place() { # IMAGE: boots, is right, and has so many pages in place
    "$capdl" verify "$1" >"$work/said" 2>&1 || { cat "$work/said"; fail 'the state is wrong'; }
    "$capdl" run "$1" 2>/dev/null | sed -n 's/^capdl: booted: .* \([0-9]*\) pages in place.*/\1/p'
}

spec 3000 3000 >"$work/few.cdl"
"$capdl" compile "$work/few.cdl" --kernel aarch64-mcs-12 --no-check unused -o "$work/few"
[ "$(in_place "$work/few")" = 3000 ] || fail 'pages are copied without need'

spec 4600 3000 >"$work/many.cdl"
"$capdl" compile "$work/many.cdl" --kernel aarch64-mcs-12 --no-check unused -o "$work/many"
placed=$(in_place "$work/many")
[ "$placed" -gt 3600 ] && [ "$placed" -lt 4096 ] || fail "$placed pages in place"

"$capdl" fit "$work/many" --kernel aarch64-mcs-12 >"$work/forecast" 2>&1 || { cat "$work/forecast"; fail 'no forecast'; }
grep -A1 '^frames copied from equal ones' "$work/forecast" | grep -q "^  f3001 to f[0-9]*: $((4600 - placed))\$" ||
    { cat "$work/forecast"; fail 'the forecast does not say which are copied'; }

# As many distinct pages are the most that there may be: no copy was made in vain.
spec "$placed" "$placed" >"$work/most.cdl"
"$capdl" compile "$work/most.cdl" --kernel aarch64-mcs-12 --no-check unused -o "$work/most" || fail 'fewer would have fitted'
spec 4600 4500 >"$work/distinct.cdl"
! "$capdl" compile "$work/distinct.cdl" --kernel aarch64-mcs-12 --no-check unused -o "$work/none" 2>"$work/said" || fail 'too many distinct pages fit'
grep -q 'and 99 more are copied from equal ones) need about [0-9]* slots of its root CNode, which has 4096' "$work/said" ||
    { cat "$work/said"; fail 'another message'; }
