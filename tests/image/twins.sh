#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# twins.sh CAPDL: images with more pages than a stock kernel's root CNode has slots boot if enough of the pages are equal or partly filled;
# as many are copied as slots are missing.
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

# FULL pages of 4 KiB, PARTLY filled ones, of which the first ten have half a page and the others 5 bytes across two units, and EQUAL
# ones like the last of these.
awk 'BEGIN { for (i = 0; i < 6000; i++) printf "%08d", i * 7919 % 99999989 }' >"$work/bytes"
mixed() {
    awk -v full="$1" -v partly="$2" -v equal="$3" 'BEGIN {
        print "objects { k = cnode (13 bits)"
        for (i = 0; i < full; i++) printf "full%d = frame (4k, fill: [{0 4096 CDL_FrameFill_FileData \"bytes\" %d}])\n", i, i * 8
        for (i = 0; i < partly; i++)
            if (i < 10) printf "half%d = frame (4k, fill: [{0 2048 CDL_FrameFill_FileData \"bytes\" %d}])\n", i, i * 8
            else printf "part%d = frame (4k, fill: [{1021 5 CDL_FrameFill_FileData \"bytes\" %d}])\n", i, i * 8 + 1
        for (i = 0; i < equal; i++) printf "same%d = frame (4k, fill: [{1021 5 CDL_FrameFill_FileData \"bytes\" %d}])\n", i, partly * 8 - 7
        print "} caps { k {"
        for (i = 0; i < full; i++) printf "%d: full%d\n", i + 1, i
        for (i = 0; i < partly; i++) printf "%d: %s%d\n", full + i + 1, i < 10 ? "half" : "part", i
        for (i = 0; i < equal; i++) printf "%d: same%d\n", full + partly + i + 1, i
        print "} }" }'
}
mixed 2000 2600 100 >"$work/mixed.cdl"
"$capdl" compile "$work/mixed.cdl" --kernel aarch64-mcs-12 --no-check unused -o "$work/mixed"
placed=$(in_place "$work/mixed")
[ "$placed" -gt 3600 ] && [ "$placed" -lt 4096 ] || fail "$placed pages in place beside packed ones"
"$capdl" verify "$work/mixed" --spec "$work/mixed.cdl" --no-check unused >"$work/said" 2>&1 || { cat "$work/said"; fail 'packed pages are not what the spec says'; }
"$capdl" fit "$work/mixed" --kernel aarch64-mcs-12 >"$work/forecast" 2>&1 || { cat "$work/forecast"; fail 'no forecast of packed pages'; }
# All equal ones first; of the others no more than are missing, and none of the larger.
sed -n '/^frames copied from/,$p' "$work/forecast" | grep '^  ' >"$work/copied"
packed=$(sed -n 's/^  part10 to part[0-9]*: //p' "$work/copied")
printf '  same0 to same99: 100\n  part10 to part%d: %d\n' $((packed + 9)) "$packed" | diff - "$work/copied" ||
    fail 'other pages are packed, or the forecast does not say which'
# Two units of 128 bytes each, so that 16 share a page.
[ $((placed + 100 + packed - (packed + 15) / 16)) = 4700 ] || fail "$packed packed pages, $placed pages in the image"

mixed 4500 200 20 >"$work/full.cdl"
! "$capdl" compile "$work/full.cdl" --kernel aarch64-mcs-12 --no-check unused -o "$work/none" 2>"$work/said" || fail 'too many full pages fit'
grep -q "and 20 more are copied from equal ones, 200 from packed pages) need about [0-9]* slots of its root CNode, which has 4096" "$work/said" &&
    grep -q "such as those of 'full0'" "$work/said" || { cat "$work/said"; fail 'another message'; }
