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

"$capdl" report "$here/corners.cdl" > corners.txt 2> /dev/null
[ $? = 1 ] || fail "a spec with an error is no finding"
while read -r line; do
    has corners.txt "$line"
done << 'END'
2 control: p4 can write code of p0, which others reach, too: p0, p1, p2 and others (frame 'code' at 0x407000)
4 hardware: p3 can read physical memory 0x9000000 to 0x9000fff (frame 'uart'), as can p0, p1, p2 and others
4 hardware: p0 can read physical memory 0x9200000 to 0x9200fff (frame 'after') [
TCB 'p0' runs on core 1, but kernel aarch64-mcs has only core 0
thread p0: priority 100, maximum controlled priority 100, core 1, domain 0 [
thread p2: priority 101, maximum controlled priority 101, core 0, domain 0, 1,000 µs each 3,000 µs (33.3 %), NOT STARTED [
1,000 µs each 3,000 µs (33.3 %), sporadic [
core 0, domain 1, passive: no time of its own, it runs on its callers' [
waits for pressed (bound), signalled by p1; by interrupt keys
signals pressed with badge 0x6: p0
can do, by 1 capability:
can do, by 4 capabilities or runs of them:
50 Arm interrupt idle: signals nothing, received by nobody; acknowledged by nobody
48 Arm interrupt keys: signals pressed with badge 0x1, received by p0, p1; acknowledged by p0, p1, p2
0x9000000 to 0x9000fff  4 KiB  frame uart: p0 RW, p1 RW, p2 RW, p3 R, p4 RW
END
! grep -q OVERLAPS corners.txt || fail "frames that touch overlap"
sed -n '/^TIME/,/^BOOT/p' corners.txt > time.txt
cmp -s - time.txt << 'END' || { cat time.txt; fail "the time of corners.cdl"; }
TIME
  core 0, domain 0: budgets use 100.1 %, MORE THAN THERE IS
    priority 101: p2, 1,000 of 3,000 µs, not started
    priority 100: p1, 1,001 of 3,000 µs
    priority 100: p3, 1,000 of 3,000 µs
  core 0, domain 1
    priority 100: p4, passive
  core 1, domain 0
    priority 100: p0
  schedule: domain 0 for 1,000 µs (66.6 %)
  schedule: domain 1 for 500 µs (33.3 %)
  schedule: domain 1 for 9 µs (100.0 %)
  schedule: end
  schedule: domain 1 for 7 µs
  schedule: domain 0 for 7 ticks

BOOT
END
# with EXPRESSION LINE: so changed, the system is reported with the line
with() {
    sed "$1" "$here/corners.cdl" > changed.cdl
    "$capdl" report changed.cdl > changed.txt 2> changed.err
    [ $? = 1 ] || { cat changed.err; fail "'$1' is no finding"; }
    has changed.txt "$2"
}
with 's/budget: 1001/budget: 1000/' 'core 0, domain 0: budgets use 100.0 %'
! grep -q 'MORE THAN' changed.txt || fail "three thirds are more than all"
with 's/wide = frame (2M, paddr: 0x8e00000/wide = frame (2M, paddr: 0x9000000/' '0x9000000 to 0x91fffff  2 MiB  frame wide: p0 RW OVERLAPS'
# Handlers that are none, devices, and an address space that many have.
sed 's/fault_ep: 0x301/fault_ep: 0x302/' "$here/../review/net.cdl" > lost.cdl
"$capdl" report lost.cdl > lost.txt 2> /dev/null
has lost.txt "9 faults: log names a fault handler for thread 'tcb_log', but no fault gets there: the pointer leads to no endpoint that may be called"
for rights in R:read RW:write; do
    sed "s/buffer (R)/buffer (${rights%:*})/" "$here/../review/x86.cdl" > dma.cdl
    "$capdl" report dma.cdl > dma.txt 2> /dev/null
    has dma.txt "3 dma: nic can ${rights#*:} frame 'buffer' by DMA at I/O address 0x0"
done
{
    echo 'arch aarch64 objects { vs = pud'
    seq 0 9 | sed 's/.*/t& = tcb c& = cnode (4 bits)/'
    echo '} caps {'
    seq 0 9 | sed 's/.*/t& { cspace: c& vspace: vs }/'
    echo '}'
} > many.cdl
"$capdl" report many.cdl > many.txt 2> /dev/null
has many.txt "2 control: t9 runs in the same address space as t0, t1, t2, t3, t4, t5, t6, t7, others: each can change"
# What a slot must not hold.
for wrong in c1 'i0 (W)' code irq_control s0; do
    with "s/keys { 0: [^}]*}/keys { 0: $wrong }/" '48 Arm interrupt keys: signals nothing, received by nobody; acknowledged by p0, p1, p2'
done
with 's/bound_notification: pressed/bound_notification: c1/' 'slot 8 of TCB'
! grep -q '(bound)' changed.txt || fail "a thread is bound to a CNode"
with 's/sc_slot: s1/sc_slot: code/' "slot 6 of TCB 'p1' holds a frame: expected a scheduling context"
has changed.txt 'thread p1: priority 100, maximum controlled priority 101, core 0, domain 0, passive'

# ---- All that is printed is in the schema ----
"$capdl" report "$here/../review/x86.cdl" --json > x86.json 2> /dev/null
"$capdl" report "$here/../review/net.cdl" --json > net.json 2> /dev/null
"$capdl" report "$here/corners.cdl" --json > corners.json 2> /dev/null
for count in 12:false 13:true; do # warnings that a page shows at once, or not
    echo "arch aarch64 objects { $(seq "${count%:*}" | sed 's/.*/e& = ep/' | tr '\n' ' ') }" > unused.cdl
    "$capdl" report unused.cdl --json 2> /dev/null | grep -q "\"many\": ${count#*:}," || fail "${count%:*} warnings"
done
cat x86.json net.json corners.json | grep -o '"[a-z_0-9]*":' | sort -u > keys
while read -r key; do
    has "$schema" "$key"
done < keys
if python3 -c 'import jsonschema' 2> /dev/null; then
    python3 -W ignore - "$schema" x86.json net.json corners.json << 'END' || failed=1
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
    "$capdl" report "$image" --kernel aarch64 > other.txt 2> /dev/null
    [ $? = 1 ] || fail "an image for another kernel is no finding"
    has other.txt 'the image is for another kernel'
    has other.txt 'differs in its choice of MCS: compile it with --kernel aarch64'
    echo '0x70000000 12 0' > untypeds
    "$capdl" report "$image" --untypeds untypeds > small.txt 2> /dev/null
    [ $? = 1 ] || fail "a system that does not fit is no finding"
    has small.txt 'the boot failed while planning memory'
    has small.txt 'memory: the system does NOT fit the memory of the kernel'
    programs=$image.p
    echo 'objects { a = pd ("ping.elf", prio: 100) }' > programs.cdl
    "$capdl" report programs.cdl -I "$programs" > programs.txt || fail "something speaks against ping alone"
    bytes=$(stat -c %s "$programs/ping.elf")
    has programs.txt "  a: ping.elf, ${bytes%???},${bytes#"${bytes%???}"} bytes, sha256:$(sha256sum < "$programs/ping.elf" | cut -d' ' -f1)"
fi
echo 'arch ia32 objects { a = tcb s = sc (8 bits) } caps { a { sc_slot: s } }' > ia32.cdl
"$capdl" report ia32.cdl > ia32.txt || fail "a system that cannot be booted is a finding"
has ia32.txt 'no kernel of this architecture is supported: it cannot be booted'
has ia32.txt 'ia32.cdl: spec for ia32'
! grep -q 'ia32, kernel' ia32.txt || fail "a kernel for ia32"
echo 'arch x86_64 objects { }' > pc.cdl
"$capdl" report pc.cdl > pc.txt || fail "an empty system for a PC is a finding"
has pc.txt 'memory: only a boot can tell whether the system fits'
"$capdl" report pc.cdl --memory-map qemu:128M > pc.txt || fail "it does not fit"
has pc.txt 'memory: the system fits the memory of the kernel'

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
"$capdl" diff old.cdl '<i>"&/x.cdl' --markdown > hostile.md 2> /dev/null
has hostile.md '(&lt;i&gt;"&amp;/x.cdl:5:5)'
! grep -q '<i>' hostile.md || fail "a name acts in Markdown"
# Ranks below the least are left out, in Markdown, too; errors of a system are told.
"$capdl" diff old.cdl '<i>"&/x.cdl' --markdown --min-rank 2 > few.md 2> /dev/null
[ "$(grep '^### ' few.md)" = "$(grep '^### 2' hostile.md)" ] || fail "other ranks with --min-rank 2"
for rank in 0 21 receivee ''; do
    "$capdl" diff old.cdl new.cdl --min-rank "$rank" > out 2> err; [ $? = 2 ] || fail "--min-rank '$rank'"
    has err "--min-rank takes a rank from 1 to 20 or its word, such as receive"
done
"$capdl" diff old.cdl new.cdl --min-rank 20 | cmp -s - out.txt || fail "--min-rank 20 leaves something out"
sed 's/prio: 130/prio: 256/' old.cdl > one.cdl
sed 's/prio: 90/prio: 300/' one.cdl > two.cdl
"$capdl" diff one.cdl two.cdl --markdown > errors.md 2> /dev/null
grep -q '^An error in the old system, .*256.*[^;]\.$' errors.md || fail "an error of the old system"
grep -q '^An error in the new system, .*; `capdl check` lists more\.$' errors.md || fail "errors of the new system"
# In colours on a terminal only.
if command -v python3 > /dev/null; then
    sed 's/3: tcb_filter  4: memory/4: memory/; s/prio: 120/prio: 201/; s/cn_app\[0\] { 1/cn_app[0] { 5: tcb_net  1/' old.cdl > three.cdl
    terminal() { python3 -c 'import pty, sys; pty.spawn(sys.argv[1:])' "$@" < /dev/null | tr -d '\r'; }
    esc=$(printf '\033')
    terminal "$capdl" diff old.cdl three.cdl > colours
    for colour in '1;31m2' '33m' '2m'; do
        grep -qF "${esc}[$colour" colours || fail "no colour $colour"
    done
    "$capdl" diff old.cdl three.cdl > colourless
    sed "s/$esc\[[0-9;]*m//g" colours | cmp -s - colourless || fail "colours change words"
    NO_COLOR=1 terminal "$capdl" diff old.cdl three.cdl | cmp -s - colourless || fail "colours in spite of NO_COLOR"
fi

rm "<i>\"&/<b>&quot;'y.bin"
"$capdl" report '<i>"&/x.cdl' -o hostile.html 2> /dev/null
has hostile.html '&lt;b&gt;&amp;quot;&#39;y.bin'
! grep -qE "<i>|<b>&quot;" hostile.html || fail "a name of a file that is missing acts in the page"
exit $failed
