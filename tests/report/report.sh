#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `capdl report`: what it says of a system whose spec was read by eye; its numbers are those of verify, fit and diff; text,
# JSON and page say the same of a spec and of its image; bad input leaves no file.
# usage: report.sh CAPDL DIRECTORY SCHEMA [IMAGE]
set -u
capdl=$(realpath "$1") here=$(realpath "$2") schema=$(realpath "$3") image=${4:+$(realpath "$4")}
# shellcheck source=../expect.sh
. "$(dirname "$0")/../expect.sh"

# has FILE LINE: a line that is or contains this
has() {
    grep -qF -e "$2" "$1" || fail "$1 lacks: $2"
}

# ---- What is said of a system ----
"$capdl" report "$here/../review/base.cdl" > base.txt 2> /dev/null
[ $? = 1 ] || fail "a spec with an error is no finding"
while read -r line; do
    has base.txt "$line"
done << 'END'
4 hardware: server can read and write physical memory 0x9000000 to 0x9000fff (frame 'uart')
9 faults: client has no fault handler for thread 'tcb_client': a fault suspends it and nobody is told
client: server (MSN); and 1 more through others
monitor: server (H)
server: client (A) monitor (F)
faults go to faults, which is served by monitor
serves faults: called by nobody; faults of server
waits for ready, signalled by client; by interrupt uart_irq
0x1: call endpoint 'service' (WP, badge 0x1); server receives there; nobody else has that badge
0x410000 to 0x413fff  R  shared[0..3]; shared with client
33 Arm interrupt uart_irq: signals ready with badge 0x2, received by server; acknowledged by server
core 0, domain 0: budgets use 110.0 %, MORE THAN THERE IS
END

# ---- All that is printed is in the schema ----
"$capdl" report "$here/../review/x86.cdl" --json > x86.json 2> /dev/null
"$capdl" report "$here/../review/net.cdl" --json > net.json 2> /dev/null
for count in 12:false 13:true; do # warnings that a page shows at once, or not
    echo "arch aarch64 objects { $(seq "${count%:*}" | sed 's/.*/e& = ep/' | tr '\n' ' ') }" > unused.cdl
    "$capdl" report unused.cdl --json 2> /dev/null | grep -q "\"many\": ${count#*:}," || fail "${count%:*} warnings"
done
cat x86.json net.json | grep -o '"[a-z_0-9]*":' | sort -u > keys
while read -r key; do
    has "$schema" "$key"
done < keys
if python3 -c 'import jsonschema' 2> /dev/null; then
    python3 -W ignore - "$schema" x86.json net.json << 'END' || failed=1
import json, jsonschema, sys
for name in sys.argv[2:]:
    jsonschema.validate(json.load(open(name)), json.load(open(sys.argv[1])))
END
fi

# ---- Numbers are those of the other commands; a spec and its image are one system ----
if [ "$image" ]; then
    "$capdl" report "$image" --json | tr -d ' ' > report.json
    "$capdl" report "$image" > image.txt || fail "something speaks against $image"
    "$capdl" verify "$image" --json | tr -d ' ' | grep -E '^"[a-z_]*":("?[0-9])' | sed 's/,$//' > numbers
    [ "$(wc -l < numbers)" -gt 12 ] || fail "verify --json prints no numbers"
    while read -r number; do
        has report.json "$number"
    done < numbers
    "$capdl" fit "$image" | sed -n 's/^  \([0-9A-Z].*\) \{2,\}\(.*\)/\2/p; s/^  \([0-9]* [a-z].*\)/\1/p' > plan
    [ "$(wc -l < plan)" -gt 8 ] || fail "fit prints no plan"
    while read -r line; do
        has image.txt "$line"
    done < plan
    "$capdl" diff "$image" "$image" | sed -n 's/.*system: //p' | sort -u > digest
    has image.txt "$(cat digest)"
    "$capdl" show "$image" > shown.cdl
    "$capdl" report shown.cdl -I "$(dirname "$image")" > shown.txt || fail "something speaks against the text of $image"
    for name in image shown; do
        sed -n '/^VERDICT/,/fits the memory/p; /^WORTH/,/^PHYSICAL/p' $name.txt | sed '/ kernel calls,/d' | sed 's/ \[[^]]*cdl:[0-9:]*\]$//' | sort > $name.sorted
    done
    cmp -s image.sorted shown.sorted || { diff image.sorted shown.sorted | head; fail "a spec and its image are reported differently"; }
fi

# ---- Bad input ----
"$capdl" report none.cdl -o x.html 2> /dev/null; [ $? = 2 ] || fail "a missing file is not trouble"
echo 'arch aarch64 objects { x = framme }' > bad.cdl
"$capdl" report bad.cdl -o x.html 2> err; [ $? = 1 ] || fail "a bad spec is no finding"
has err 'bad.cdl:1:28: error'
[ ! -e x.html ] || fail "a page of a spec that could not be read"
echo 'arch aarch64 objects { }' > empty.cdl
"$capdl" report empty.cdl > empty.txt || fail "an empty system is a finding"
"$capdl" report empty.cdl -o no/such/x.html 2> err; [ $? = 2 ] || fail "a page that cannot be written is not trouble"
has err 'cannot write no/such/x.html'

cp empty.cdl kept.cdl
"$capdl" report kept.cdl -o kept.cdl 2> err; [ $? = 2 ] || fail "a report replaces its spec"
"$capdl" diff empty.cdl kept.cdl -o kept.cdl 2> err; [ $? = 2 ] || fail "a report of a change replaces a spec"
has err 'is an input and would be overwritten'
cmp -s empty.cdl kept.cdl || fail "a spec is gone"

# ---- Hostile names ----
mkdir '<i>"&'; cp "$here/hostile.cdl" '<i>"&/x.cdl'; printf '\1\2\3\4' > "<i>\"&/<b>&quot;'y.bin"
"$capdl" report '<i>"&/x.cdl' -o hostile.html || fail "something speaks against the hostile system"
! grep -qE "<i>|<b>&quot;" hostile.html || fail "a name acts in the page"
has hostile.html '&lt;i&gt;&quot;&amp;/x.cdl'
# ---- Threads in one address space, with a CSpace each; a CNode into which no pointer leads ----
sed 's/vspace: vs_other/vspace: vs_client/; s/cn_monitor { /cn_monitor { 9: cn_kept /; s/  faults = ep/  cn_kept = cnode (4 bits)&/' \
    "$here/../review/base.cdl" > together.cdl
"$capdl" report together.cdl > together.txt 2> /dev/null
has together.txt "2 control: client runs in the same address space as other: each can change the other's code, stack and data"
has together.txt "1 reshape: monitor can copy, move and delete the capabilities in CNode 'cn_kept'; to use them would take a pointer that leads there"
! grep -q 'control: client can write .* of ' together.txt || fail "what an address space has in common is told page by page"

# ---- Pictures, with and without Graphviz ----
"$capdl" report "$here/hostile.cdl" -o picture.html > /dev/null 2>&1
if command -v dot > /dev/null; then
    grep -q 'src="data:image/svg+xml;base64,PD' picture.html || fail "a page without its picture"
fi
PATH=/nowhere "$capdl" report "$here/hostile.cdl" -o none.html > out 2>&1
! grep -q 'data:image' none.html || fail "a picture that nothing drew"
has none.html 'With Graphviz installed'
! grep -q 'dot:' out || fail "a missing Graphviz is worth a message"
rm none.html

# ---- A change as a page ----
cp "$here/../review/net.cdl" old.cdl
sed 's/prio: 120/prio: 201/' old.cdl > new.cdl
for ending in txt json md html; do
    "$capdl" diff old.cdl new.cdl -o out.$ending; [ $? = 1 ] || fail "a change is none with -o out.$ending"
done
"$capdl" diff old.cdl new.cdl | cmp -s - out.txt || fail "diff -o out.txt is not what is printed"
"$capdl" diff old.cdl new.cdl --json | cmp -s - out.json || fail "diff -o out.json is not what --json prints"
"$capdl" diff old.cdl new.cdl --markdown | cmp -s - out.md || fail "diff -o out.md is not what --markdown prints"
sed -n 's/^   \(.*[^ ]\) \[.*/\1/p' out.txt | sed "s/&/\&amp;/g; s/'/\&#39;/g; s/</\&lt;/g; s/>/\&gt;/g" > sentences
[ -s sentences ] || fail "there are no findings"
while read -r line; do
    has out.html "$line"
done < sentences
sed -n 's/.*system: sha256:/sha256:/p' out.txt > digests
while read -r line; do
    has out.html "$line"
done < digests
"$capdl" diff old.cdl new.cdl -o no/such/x.html 2> err; [ $? = 2 ] || fail "a page that cannot be written is not trouble"
has err 'cannot write no/such/x.html'
"$capdl" diff old.cdl none.cdl -o none.html 2> err; [ $? = 2 ] || fail "a missing system is not trouble"
[ ! -e none.html ] || fail "a page of a system that could not be read"
"$capdl" diff old.cdl '<i>"&/x.cdl' -o hostile-diff.html; [ $? = 1 ] || fail "two systems are one"
! grep -qE "<i>|<b>&quot;" hostile-diff.html || fail "a name acts in the page of a change"

rm "<i>\"&/<b>&quot;'y.bin"
"$capdl" report '<i>"&/x.cdl' -o hostile.html 2> /dev/null
has hostile.html '&lt;b&gt;&amp;quot;&#39;y.bin'
! grep -qE "<i>|<b>&quot;" hostile.html || fail "a name of a file that is missing acts in the page"
exit $failed
