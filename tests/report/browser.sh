#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Pages in a real browser, Debian's chromium: nothing overlaps or sticks out on a phone, a tablet and a desk, light and dark;
# links lead somewhere; contrast is that of WCAG AA; the script runs under the page's own policy. Skipped without the browser.
# usage: browser.sh CAPDL DIRECTORY [IMAGE]
set -u
capdl=$(realpath "$1") here=$(realpath "$2") image=${3:+$(realpath "$3")}
command -v chromium > /dev/null || { echo 'no chromium: skipped'; exit 77; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
export HOME="$work" # profile and caches

browse() {
    timeout 100 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-extensions --hide-scrollbars \
        --disable-background-networking --user-data-dir="$work/profile" --virtual-time-budget=5000 --window-size=1500,900 \
        --dump-dom "$@" 2> /dev/null
}

# The page in frames of three widths, each of which tells what page_test.js finds.
frames() {
    cat << 'END'
<!doctype html><body><pre id="result"></pre><script>
addEventListener("message", function (event) { document.getElementById("result").textContent += event.data + "\n"; });
</script>
END
    for width in 360 768 1440; do
        echo "<iframe src='$1' width='$width' height='900' style='border:0'></iframe>"
    done
}

# look NAME: the page as it is, then with page_test.js in it, in both themes.
look() {
    browse "file://$work/$1.html" > dom
    if ! grep -q '<input id="find"' dom; then
        echo "$1: the browser shows no page"
        failed=1
        return
    fi
    ! grep -q '<input id="find"[^>]* hidden' dom || { echo "$1: its policy stops its script"; failed=1; }
    { # without its policy, which would stop our script
        grep -v 'http-equiv="Content-Security-Policy"' "$1.html"
        echo '<style>.lazy { content-visibility: visible }</style><script>'
        cat "$here/page_test.js"
        echo '</script>'
    } > tested.html
    frames tested.html > frames.html
    for scheme in 1 0; do # light, dark
        browse --blink-settings=preferredColorScheme=$scheme "file://$work/frames.html" | sed -n '/RESULT/,/<\/pre>/p' > result
        sed -i 's/<[^>]*>//g' result
        [ "$(grep -cE 'RESULT (360|768|1440) ' result)" = 3 ] || { echo "$1: no result"; cat result; failed=1; }
        [ ! "${VERBOSE:-}" ] || sed -n "s/.*RESULT/$1 ($scheme):/p" result
        ! grep WRONG result | sed "s/.*WRONG/$1, scheme $scheme,/" | grep . || failed=1
    done
}

# Sixty PDs in a ring of shared pages and signals, all of which call the first.
sixty() {
    awk 'BEGIN {
        print "arch aarch64 objects { faults = ep"
        for (i = 0; i < 60; i++)
            printf "tcb_pd%d = tcb (addr: 0x401000, ip: 0x400000, sp: 0x402000, prio: %d, max_prio: 200) cn%d = cnode (4 bits) vs%d = pud\n" \
                "d%d = pd t%d = pt ipc%d = frame (4k) buffer%d = frame (4k) e%d = ep n%d = notification\n", i, 50 + i, i, i, i, i, i, i, i, i
        print "} caps {"
        for (i = 0; i < 60; i++) {
            next_one = (i + 1) % 60
            printf "tcb_pd%d { cspace: cn%d (guard_size: 60) vspace: vs%d ipc_buffer_slot: ipc%d (RW)%s } vs%d { 0: d%d } d%d { 2: t%d }\n", \
                i, i, i, i, i ? " fault_ep_slot: faults (WGP, badge: " i ")" : "", i, i, i, i
            printf "t%d { 1: ipc%d (RW) 8: buffer%d (RW) 9: buffer%d (R) }\n", i, i, i, next_one
            printf "cn%d { 1: e%d (R)%s 3: n%d (R) 4: n%d (W, badge: 1)%s }\n", i, i, i ? " 2: e0 (WP, badge: " i ")" : "", i, next_one, \
                i ? "" : " 5: faults (R) 6: tcb_pd1"
        }
        print "}"
    }'
}

sixty > sixty.cdl
sed 's/6: tcb_pd1/6: tcb_pd2 7: cn3/; s/prio: 70/prio: 240/' sixty.cdl > changed.cdl
echo 'arch riscv objects { }' > empty.cdl
cp "$here/hostile.cdl" .
cp "$here/../review/net.cdl" "$here/../review/x86.cdl" .
for name in sixty empty hostile net x86; do
    "$capdl" report $name.cdl -o $name.html > out 2>&1
    [ -s $name.html ] || { echo "$name: no page"; cat out; failed=1; }
    look $name
done
"$capdl" diff sixty.cdl changed.cdl -o diff.html; look diff
if [ "$image" ]; then
    "$capdl" report "$image" -o image.html && look image
fi
exit $failed
