#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Time and memory of reading, checking and printing large specs: bench.sh CAPDL [LARGEST]
# For each style of spec and twice as many objects each time: bytes of text, seconds, seconds relative to the line before (2 is
# linear), bytes of text a second, and bytes of memory for each object. GNU time is needed.
capdl=$1
largest=${2:-1048576}
smallest=$((largest / 8))
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
command -v /usr/bin/time >/dev/null || { echo 'bench.sh: needs GNU time' >&2; exit 77; }

# generate STYLE OBJECTS
generate() {
    awk -v style="$1" -v n="$2" '
    function each(format,   i) { for (i = 0; i < n; i++) { printf format, i, i, i; print "" } }
    BEGIN {
        print "arch aarch64\nobjects {\nc = cnode (24 bits)"
        if (style == "array") print "e[" n "] = ep\n}\ncaps { c { 0: e[] (RW) } }"
        if (style == "names") { each("object_%d = ep"); print "}\ncaps { c {"; each("%d: object_%d (RW)"); print "} }" }
        if (style == "caps") { print "e = ep\n}\ncaps { c {"; each("%d: e (RW, badge: %d)"); print "} }" }
        if (style == "copies") {
            print "d = cnode (24 bits)\ne = ep\n}\ncaps { c {"; each("%d: x%d = e (RW)"); print "}\nd {"
            each("%d: <x%d> (masked: R)"); print "} }"
        }
        if (style == "covers") {
            for (i = 0; i < n / 64; i++) {
                printf "u%d = ut (20 bits) { v%d = ut (19 bits) {", i, i
                for (j = 0; j < 62; j++) printf " e%d_%d = ep", i, j
                print " } }"
            }
            print "}"
        }
    }'
}

printf '%-8s %9s %12s %8s %7s %12s %12s\n' style objects bytes seconds ratio 'bytes/s' 'bytes/object'
for style in array names caps copies covers; do
    before=
    objects=$smallest
    while [ "$objects" -le "$largest" ]; do
        generate "$style" "$objects" >"$work/spec.cdl"
        /usr/bin/time -o "$work/time" -f '%U %M' "$capdl" show "$work/spec.cdl" >"$work/out" || exit 1
        read -r seconds kilobytes <"$work/time"
        bytes=$(wc -c <"$work/spec.cdl")
        awk -v s="$style" -v n="$objects" -v b="$bytes" -v t="$seconds" -v k="$kilobytes" -v before="$before" 'BEGIN {
            t = t > 0.01 ? t : 0.01
            printf "%-8s %9d %12d %8.2f %7s %12.0f %12.0f\n", s, n, b, t, before ? sprintf("%.2f", t / before) : "-", b / t, k * 1024 / n
        }'
        before=$seconds
        [ "$before" != 0.00 ] || before=0.01
        objects=$((objects * 2))
    done
done
