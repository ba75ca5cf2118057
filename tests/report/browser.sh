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

# all.html: each page as it is, and with page_test.js in it in frames of three widths, light and dark. One start of the browser shows
# them all; the result has a line for each frame, and what page_test.js finds.
frame() { # NAME FILE WIDTH SCHEME
    echo "<iframe name='$1' src='$2' width='$3' height='900' style='border:0; color-scheme: $4'></iframe>"
}
begin() {
    cat << 'END'
<!doctype html><body><pre id="result"></pre><script>
function tell(text) { document.getElementById("result").textContent += text + "\n"; }
addEventListener("message", function (event) {
    document.querySelectorAll("iframe").forEach(function (frame) {
        if (frame.contentWindow === event.source) { event.data.split("\n").forEach(function (line) { tell(frame.name + " " + line); }); }
    });
});
addEventListener("load", function () {
    document.querySelectorAll("iframe[name$=plain]").forEach(function (frame) {
        var find = frame.contentDocument.getElementById("find");
        tell(frame.name + (!find ? " WRONG: the browser shows no page" : find.hidden ? " WRONG: its policy stops its script" : " RESULT"));
    });
});
</script>
END
}

look() { # NAME
    { # without its policy, which would stop our script
        grep -v 'http-equiv="Content-Security-Policy"' "$1.html"
        echo '<style>.lazy { content-visibility: visible }</style><script>'
        cat "$here/page_test.js"
        echo '</script>'
    } > "$1.tested.html"
    frame "$1 plain" "$1.html" 1440 light
    for scheme in light dark; do
        for width in 360 768 1440; do
            frame "$1 $scheme" "$1.tested.html" $width $scheme
        done
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
names='sixty empty hostile net x86'
for name in $names; do
    "$capdl" report $name.cdl -o $name.html > out 2>&1
    [ -s $name.html ] || { echo "$name: no page"; cat out; exit 1; }
done
"$capdl" diff sixty.cdl changed.cdl -o diff.html
names="$names diff"
if [ "$image" ]; then
    "$capdl" report "$image" -o image.html
    names="$names image"
fi
begin > all.html
for name in $names; do
    look $name
done >> all.html
timeout 300 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-extensions --hide-scrollbars \
    --disable-background-networking --user-data-dir="$work/profile" --virtual-time-budget=20000 --window-size=1500,900 \
    --allow-file-access-from-files --dump-dom "file://$work/all.html" 2> /dev/null > dom
sed -n '/<pre id="result">/,/<\/pre>/p' dom | sed 's/<[^>]*>//g' > result
for name in $names; do
    grep -q "^$name plain RESULT" result || { echo "$name: no result"; failed=1; }
    for scheme in light dark; do
        [ "$(grep -cE "^$name $scheme RESULT (360|768|1440) " result)" = 3 ] || { echo "$name, $scheme: not three results"; failed=1; }
    done
done
[ ! "${VERBOSE:-}" ] || cat result
! grep WRONG result || failed=1
exit $failed
