#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Pictures: what is drawn, what is not, of a change, and with names that try to be something else.
# usage: pictures.sh CAPDL DIRECTORY PICTURE_NAMES
set -u
capdl=$(realpath "$1") here=$(realpath "$2") names=$(realpath "$3")
# shellcheck source=../expect.sh
. "$(dirname "$0")/../expect.sh"

# absent PATTERN: no line of what was printed last
absent() {
    ! grep -qe "$1" out || { echo "not wanted: $1"; cat out; failed=1; }
}

"$capdl" graph "$here/base.cdl" > base.dot
cmp base.dot "$here/base.dot" || failed=1

# Data flows from who writes to who reads; a call goes to who answers; the line begins at the end nearer to the hardware.
expect 0 'b2 -> b0 .class="message", dir=back.*<td>service</td>' graph "$here/base.cdl"
expect 0 'b2 -> b0 .class="memory", dir=back.*<td>shared 16 KiB</td>' graph "$here/base.cdl"
expect 0 'b4 -> b2 .class="machine", dir=none' graph "$here/base.cdl"
expect 0 'not drawn: faults and control (1)' graph "$here/base.cdl"
absent 'class="fault"'
expect 0 'class="fault"' graph --all "$here/base.cdl"
absent 'not drawn'
expect 0 '<b>client</b>' graph --focus client "$here/base.cdl"
absent '<b>monitor</b>'
expect 2 "there is no subject 'clinet'" graph --focus clinet "$here/base.cdl"
expect 2 "level takes subjects or objects, not 'all'" graph --level all "$here/base.cdl"
expect 2 'draws everything in one system' graph --level objects --all "$here/base.cdl"

# A change: what is new and what is gone, each with its sign.
sed '/cn_other {/s/{/{ 9: service (WP, badge: 0x77)/' "$here/base.cdl" > new.cdl
expect 0 '<td>+ service</td>' graph "$here/base.cdl" new.cdl
expect 0 '<td>− service</td>' graph new.cdl "$here/base.cdl"
expect 0 'color="#94a3b8"' graph "$here/base.cdl" "$here/base.cdl"
absent '<td>[+−] '

# Many subjects become few boxes, very many a matrix.
many() {
    awk -v n="$1" -v alike="$2" 'BEGIN {
        print "arch aarch64\nobjects {\n tcb_hub = tcb cn_hub = cnode (4 bits) ask = ep"
        for (i = 0; i < n; i++) printf " tcb_w%d = tcb cn%d = cnode (4 bits) e%d = ep\n", i, i, i
        print "}\ncaps {\n tcb_hub { cspace: cn_hub } cn_hub { 0: ask (R) }"
        for (i = 0; i < n; i++)
            printf " tcb_w%d { cspace: cn%d } cn%d { 0: ask (WP, badge: %d) 1: e%d (R) 2: e%d (WP) }\n", \
                i, i, i, i + 1, i, alike ? i : (i * 7 + 3) % n
        print "}"
    }'
}
many 40 1 > alike.cdl
expect 0 '× 40' graph alike.cdl
expect 0 'serves 40' graph alike.cdl
many 90 0 > ring.cdl
expect 0 '' graph ring.cdl -o ring.svg
grep -q 'row to column: C message' ring.svg || { echo 'no matrix'; failed=1; }
[ "$(grep -c '<g><title>w[0-9]* → ' ring.svg)" -ge 180 ] || { echo 'the matrix lacks cells'; failed=1; }

# A chain is not drawn in layers, from whichever end its threads are counted; a star is.
chain() { # STEP
    awk -v n=20 -v step="$1" 'BEGIN {
        print "arch aarch64\nobjects {"
        for (i = 0; i < n; i++) printf " tcb_w%02d = tcb cn%d = cnode (4 bits) e%d = ep\n", i, i, i
        print "}\ncaps {"
        for (i = 0; i < n; i++) {
            printf " tcb_w%02d { cspace: cn%d } cn%d { 0: e%d (R)", i, i, i, i
            if (i + step >= 0 && i + step < n) printf " 1: e%d (W)", i + step
            print " }"
        }
        print "}"
    }'
}
for step in 1 -1; do
    chain $step > chain.cdl
    expect 0 'layout=sfdp' graph chain.cdl
done
many 18 1 > star.cdl
expect 0 '<b>hub</b>' graph star.cdl
absent 'layout=sfdp'

"$names" names.dot names.svg names.policy || failed=1
if command -v dot > /dev/null; then
    expect 0 '' graph "$here/base.cdl" -o base.svg
    grep -q 'client' base.svg || { echo 'base.svg lacks a name'; failed=1; }
    dot -Tsvg names.dot > drawn.svg 2> err || failed=1
    [ -s err ] && { cat err; failed=1; }
    python3 - names.svg ring.svg base.svg drawn.svg << 'END' || failed=1
import sys, xml.dom.minidom
for path in sys.argv[1:]:
    page = xml.dom.minidom.parse(path)
    assert not page.getElementsByTagName("script"), path
END
fi
# Somebody who uses very many frames of the machine, or shares them, is a few boxes, drawn in time in proportion to the frames.
pages() { # COUNT
    awk -v n="$1" 'BEGIN { print "arch aarch64 objects { t = tcb u = tcb c = cnode (1 bits) v = pud w = pud p = pd q = pd"
        for (i = 0; i < n / 512; i++) print "v" i " = pt w" i " = pt"
        for (i = 0; i < n; i++) printf "f%d = frame (4k, paddr: 0x%x) s%d = frame (4k)\n", i, 2147483648 + 4096 * i, i
        print "} caps { t { cspace: c vspace: v } u { cspace: c vspace: w } v { p } w { q } p {"
        for (i = 0; i < n / 512; i++) print "v" i
        print "} q {"
        for (i = 0; i < n / 512; i++) print "w" i
        print "}"
        for (i = 0; i < n; i++) printf "%s%s { %d: %s (RW) }\n", i % 2 ? "v" : "w", int(i / 512), i % 512, i % 3 ? "f" i : "s" i - i % 6
        print "}" }'
}
pages 60000 > pages.cdl
# shellcheck disable=SC3045
if ! (ulimit -t 5 && exec "$capdl" graph pages.cdl) > pages.dot 2> /dev/null || ! grep -q 'and [0-9]* more' pages.dot; then
    echo 'many pages are not drawn, or not in time'
    failed=1
fi
if command -v dot > /dev/null; then
    dot -Tsvg pages.dot > pages.svg 2> err || failed=1
    [ -s err ] && { cat err; failed=1; }
fi
# Without Graphviz, a message that says what to install, and no half a file.
# Where it can open no more files, it says so and writes nothing.
for most in 4 5 6 7 8; do
    # shellcheck disable=SC3045
    (ulimit -n $most && "$capdl" graph "$here/base.cdl" -o few.svg) > out 2>&1
    got=$?
    [ $got = 0 ] || { [ $got -le 2 ] && grep -q '^capdl: \|error: ' out && [ ! -e few.svg ]; } ||
        fail "with $most open files: exit code $got, $(cat out)"
    rm -f few.svg
done
PATH=/nonexistent "$capdl" graph "$here/base.cdl" -o none.svg 2> err
[ $? = 2 ] && grep -q 'install Graphviz' err && [ ! -e none.svg ] || { echo 'no word of what to install'; cat err; failed=1; }
# A change of many is drawn with its neighbours only, and says so.
awk 'BEGIN { print "arch aarch64 objects {"; for (i = 0; i < 60; i++) printf "t%d = tcb c%d = cnode (4 bits) n%d = notification\n", i, i, i
    print "} caps {"; for (i = 0; i < 60; i++) printf "t%d { cspace: c%d } c%d { 0: n%d (R) 1: n%d (W) }\n", i, i, i, i, (i + 1) % 60; print "}" }' > ring.cdl
sed 's/c7 { /&5: n40 (W) /' ring.cdl > chord.cdl
"$capdl" graph ring.cdl chord.cdl > chord.dot
boxes=$(grep -o '<b>t[0-9]*</b>' chord.dot | tr -d '<b>/' | sort | tr '\n' ' ')
[ "$boxes" = 't39 t40 t41 t6 t7 t8 ' ] && grep -q 'not drawn: 54 far from any change' chord.dot || {
    echo "a change of sixty draws $boxes"
    failed=1
}
exit $failed
