#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One system in several forms is one system; trouble is told from differences; what other programs read is JSON.
# usage: forms.sh CAPDL DIRECTORY IMAGE
set -u
capdl=$(realpath "$1") here=$(realpath "$2") image=$(realpath "$3")
# shellcheck source=../expect.sh
. "$(dirname "$0")/../expect.sh"

same='^same system, other text: no change of authority, programs or behaviour$'
same_text='^same text: no change$'
"$capdl" show "$here/base.cdl" --json > base.json
"$capdl" expand "$here/base.cdl" > expanded.cdl
expect 0 "$same" diff "$here/base.cdl" base.json
expect 0 "$same" diff expanded.cdl "$here/base.cdl"
"$capdl" show "$image" > shown.cdl
expect 0 "$same" diff "$image" shown.cdl -I "$(dirname "$image")"
[ "$(sed -n 's/.*sha256://p' out | sort -u | wc -l)" = 1 ] || { echo "a text and its image have different digests"; cat out; failed=1; }

# An image says from which system it was made, so another one with the same state is told, and names count.
expect 0 ': made from the system of shown.cdl (sha256:[0-9a-f]*)$' verify "$image" --spec shown.cdl -I "$(dirname "$image")"
sed 's/\<table\>/desk/g' shown.cdl > renamed.cdl
expect 1 "was made from another system, sha256:[0-9a-f]*; that of renamed.cdl is sha256:" \
    verify "$image" --spec renamed.cdl -I "$(dirname "$image")"

# Start-up arguments beyond the registers are words on the stack, and nobody but who maps a frame decides on its X.
cat > stack.cdl << 'END'
arch aarch64 objects { t = tcb (prio: 5, ip: 0x400000, sp: 0x401ff0, init: [1, 2, 3, 4, 5, 6, 7, 8, 0x1122334455667788, 10])
c = cnode (4 bits) vs = pgd pud = pud pd = pd pt = pt code = frame (4k) stack = frame (4k) }
caps { t { cspace: c (guard_size: 60) vspace: vs } vs { 0: pud } pud { 0: pd } pd { 2: pt }
pt { 0: code (RX) 1: stack (RW) } c { 1: stack (RWX) } }
END
sed 's/init: .*\])/init: [1, 2, 3, 4, 5, 6, 7, 8])/; s/0x401ff0/0x401fe0/; s/(RWX)/(RW)/
s/stack = frame (4k)/stack = frame (4k, fill: [{4064 16 CDL_FrameFill_Bytes 88776655443322110a00000000000000}])/' stack.cdl > lowered.cdl
expect 0 "$same" diff stack.cdl lowered.cdl
sed 's/, 10\]/, 11]/' stack.cdl > other.cdl
expect 1 "t's data at 0x401000 (4 KiB, frame 'stack') has other content: one byte differs, at 0x401fe8: 0x0b (was 0x0a); SHA-256" diff stack.cdl other.cdl

# A guard that is longer than what a pointer has left leads nowhere.
sed 's/t = tcb (prio: 5/t = tcb (prio: 6/' > guards-6.cdl << 'END'
arch aarch64 objects { t = tcb (prio: 5, fault_ep: 0x10) c = cnode (4 bits) d = cnode (4 bits) e = ep }
caps { t { cspace: c (guard: 0, guard_size: 50) } c { 0: d (guard: 3, guard_size: 30) 1: e (RWG) } d { 1: e (RW) } }
END
sed 's/prio: 6/prio: 5/' guards-6.cdl > guards-5.cdl
expect 1 'priority' diff guards-5.cdl guards-6.cdl
! grep 'runtime error' out || failed=1

# Page tables of another depth, or a root of another kind, are layout as long as all pages are where they were.
cat > four.cdl << 'END'
arch aarch64 objects { t = tcb (prio: 5, ip: 0x400000, sp: 0x402000) c = cnode (4 bits) vs = pgd pud = pud pd = pd pt = pt
code = frame (4k) stack = frame (4k) }
caps { t { cspace: c (guard_size: 60) vspace: vs } vs { 0: pud } pud { 0: pd } pd { 2: pt } pt { 0: code (RX) 1: stack (RW) } }
END
sed 's/vs = pgd pud = pud/vs = pud/; s/vs { 0: pud } pud { 0: pd }/vs { 0: pd }/' four.cdl > three.cdl
sed 's/{ 2: pt }/{ 3: pt }/' three.cdl > moved.cdl
expect 0 '^only the layout differs' diff four.cdl three.cdl
expect 0 '^only the layout differs' diff three.cdl four.cdl
expect 0 '^   t has another root table, .* with the same pages at the same addresses' diff three.cdl four.cdl
expect 1 "^   t now finds the 2 pages of page table 'pt' .*, from address 0x600000 on instead of 0x400000" diff three.cdl moved.cdl
expect 1 '^changed' diff four.cdl moved.cdl

# Programs are compared by their bytes: a copy is the same, one byte of it is not.
printf '\1\2\3\4' > a.bin; cp a.bin b.bin; printf '\1\2\3\5' > c.bin
for name in a b c; do
    echo "arch aarch64 objects { x = frame (4k, fill: [{0 4 CDL_FrameFill_FileData \"$name.bin\" 0}]) }" > $name.cdl
done
expect 0 "$same" diff a.cdl b.cdl
expect 1 "^   the content of frame 'x' (4 KiB) is other data" diff a.cdl c.cdl
echo 'arch aarch64 objects { x = frame (4k, fill: [{0 4 CDL_FrameFill_Bytes 01020304}]) }' > bytes.cdl
expect 0 "$same" diff a.cdl bytes.cdl
expect 1 "^   the content of frame 'x' (4 KiB) is other data" diff c.cdl bytes.cdl
# Only the last byte of a page, or only its first, with zeros around it: each is a content of its own.
for fill in '4095 1 CDL_FrameFill_Bytes 01' '4095 1 CDL_FrameFill_Bytes 02' '0 1 CDL_FrameFill_Bytes 01' '0 1 CDL_FrameFill_Bytes 02' \
    '4094 1 CDL_FrameFill_Bytes 01' '1 1 CDL_FrameFill_Bytes 01'; do
    echo "arch aarch64 objects { x = frame (4k, fill: [{$fill}]) }" > now.cdl
    [ ! -f last.cdl ] || expect 1 "^   the content of frame 'x' (4 KiB) is other data" diff last.cdl now.cdl
    cp now.cdl last.cdl
done
# Of a program, each segment that differs is told, also one that is all zero now or was; its code is told from data.
cat > run.cdl << 'END'
arch aarch64 objects { t = tcb (ip: 0x1000) u = tcb (ip: 0x1000) c = cnode (1 bits) d = cnode (1 bits) v = pud vd = pd vt = pt w = pud wd = pd wt = pt
 code[2] = frame (4k, fill: [{0 4 CDL_FrameFill_Bytes 01020304}]) data = frame (4k, fill: [{0 4 CDL_FrameFill_Bytes 05060708}])
 other = frame (4k, fill: [{0 4 CDL_FrameFill_Bytes 0a0a0a0a}]) }
caps { t { cspace: c vspace: v } u { cspace: d vspace: w } v { 0: vd } vd { 0: vt } vt { 1: code[0] (RX) 3: data (RW) 5: code[1] (R) }
 w { 0: wd } wd { 0: wt } wt { 1: other (RX) } }
END
digest=$({ printf '\12\12\12\12'; head -c 4092 /dev/zero; } | sha256sum | cut -d' ' -f1)
sed 's/0a0a0a0a/00000000/' run.cdl > now.cdl
expect 1 "^   u runs changed code \[" diff run.cdl now.cdl
expect 1 "^      program: u's code at 0x1000 (4 KiB, frame 'other') is all zero now; SHA-256 was $digest$" diff run.cdl now.cdl
expect 1 "^      program: u's code at 0x1000 (4 KiB, frame 'other') now has content; SHA-256 $digest$" diff now.cdl run.cdl
sed 's/05060708/00000000/' run.cdl > now.cdl
expect 1 "^   t starts with other data in its memory: 1 of 3 segments differs, not its code \[" diff run.cdl now.cdl
expect 1 "^      program: t's data at 0x3000 (4 KiB, frame 'data') is all zero now; SHA-256 was " diff run.cdl now.cdl
sed 's/05060708/00000000/; s/01020304/01020305/' run.cdl > now.cdl
expect 1 "^   t runs changed code: 3 of its 3 segments differ \[" diff run.cdl now.cdl
expect 1 "^      program: t's data at 0x3000 (4 KiB, frame 'data') is all zero now" diff run.cdl now.cdl
expect 1 "^      program: t's constants at 0x5000 (4 KiB, frame 'code\[1\]') has other content: one byte differs, at 0x5003: 0x05 (was 0x04)" \
    diff run.cdl now.cdl
sed 's/0a0a0a0a/01020304/' run.cdl > now.cdl
expect 1 "^   u runs another program, the one that t runs \[" diff run.cdl now.cdl
expect 1 "other') has other content: 4 bytes differ, from 0x1000 to 0x1003; SHA-256 .*, was $digest$" diff run.cdl now.cdl
# Zeros in a frame that the program no longer maps are not its own.
sed 's/05060708/00000000/; s/ 3: data (RW)//' run.cdl > now.cdl
expect 1 "^   the content of frame 'data' (4 KiB) is gone: it is all zero" diff run.cdl now.cdl
! grep 'is all zero now; SHA' out || failed=1
rm b.bin
expect 1 "cannot read 'b.bin': frames that it fills are compared by name" diff a.cdl b.cdl

expect 2 'cannot read none.cdl' diff none.cdl a.cdl
echo 'arch aarch64 objects { x = framme }' > bad.cdl
expect 2 "bad.cdl:1:28: error" diff a.cdl bad.cdl
expect 2 'missing argument' diff a.cdl

# The 32-bit architectures have no initialiser here, and are reviewed all the same.
sed 's/0x3f8/0x3f0/' "$here/ia32.cdl" > wider.cdl
expect 0 "$same_text" diff "$here/ia32.cdl" "$here/ia32.cdl"
expect 1 "^   driver may now also use the I/O ports 0x3f0 to 0x3f7" diff "$here/ia32.cdl" wider.cdl
expect 1 '"kind": *"hardware"' diff --json "$here/ia32.cdl" wider.cdl
expect 1 '"rank": *4' diff --json "$here/ia32.cdl" wider.cdl
expect 0 '<b>driver</b>' graph "$here/ia32.cdl"
expect 0 'IRQ 4' graph "$here/ia32.cdl"
expect 0 'ports 0x3f8' graph "$here/ia32.cdl"
expect 0 'pt.npage table' graph --level objects "$here/ia32.cdl"
# What devices and guests reach is reach, and leftover memory is memory.
sed 's/0: buffer (R)/0: buffer (RW)/' "$here/x86.cdl" > new.cdl
expect 1 "^   I/O device 'nic' may now also write frame 'buffer' (4 KiB) at I/O address 0x0" diff "$here/x86.cdl" new.cdl
expect 1 '^3. what devices reach by themselves' diff "$here/x86.cdl" new.cdl
sed 's/guest_memory (RWX)/guest_memory (RWX) 1: buffer (RW)/' "$here/x86.cdl" > new.cdl
expect 1 "^   monitor may now read and write frame 'buffer' (4 KiB) at address 0x200000" diff "$here/x86.cdl" new.cdl
sed 's/slots: 4/slots: 5/' "$here/x86.cdl" > new.cdl
expect 1 "^   monitor may now get up to 5 untypeds of the memory left at boot (leftovers 'rest', was 4)" diff "$here/x86.cdl" new.cdl
sed '/8: rest/d' "$here/x86.cdl" > old.cdl
expect 1 "^   monitor may now make objects of the memory that is left over" diff old.cdl "$here/x86.cdl"
expect 1 '^1. power over kernel objects' diff old.cdl "$here/x86.cdl"

# Of leftovers, only what is part of what it was is less.
told() { # OLD NEW WORD: parameters, and whether their holder may now or only have the second memory
    sed "s/devices: 0/$1/" "$here/x86.cdl" > old.cdl
    sed "s/devices: 0/$2/" "$here/x86.cdl" > new.cdl
    expect 1 "^   monitor may $3 make objects in .* (leftovers 'rest') \[" diff old.cdl new.cdl
    expect 1 "^$([ "$3" = only ] && echo 19 || echo 1)\. " diff old.cdl new.cdl
    [ "$(grep -c '^   [^ ]' out)" = 1 ] || { echo "$1 -> $2 is not one finding"; cat out; failed=1; }
}
told 'devices: 1' 'devices: 0' only; told 'devices: 0' 'devices: 1' now
told 'devices: 1' 'devices: 2' only; told 'devices: 2' 'devices: 1' now; told 'devices: 2' 'devices: 0' now
told 'devices: 1' 'share: 20' only; told 'share: 20' 'devices: 1' now; told 'devices: 2' 'share: 20' now
told 'share: 20' 'share: 19' only; told 'share: 19' 'share: 20' now; told 'share: 20' 'size: 8M' now
told 'size: 8M' 'size: 4M' only; told 'size: 4M' 'size: 8M' now; told 'size: 8M' 'share: 20' now; told 'size: 8M' 'devices: 0' now
range='paddr: 0x9000000, size: 64k'
told "$range" 'paddr: 0x9000000, size: 32k' only; told "$range" 'paddr: 0x9001000, size: 60k' only; told "$range" 'devices: 1' now
told "$range" 'paddr: 0x9001000, size: 64k' now; told "$range" 'paddr: 0x8fff000, size: 64k' now; told 'devices: 1' "$range" now
sed 's/8: rest//; s/slots: 4, devices: 0/slots: 5, size: 4M/' "$here/x86.cdl" > new.cdl
expect 1 "^   the number of slots of leftovers 'rest' is 5 (was 4)" diff "$here/x86.cdl" new.cdl
expect 1 "^   the memory of leftovers 'rest' is 4 MiB of the RAM left at boot (was the RAM left at boot)" diff "$here/x86.cdl" new.cdl

# What is on can be turned off, and back.
sed 's/prio: 120, max_prio: 120,/& resume: False, fpu_disabled: True,/' "$here/base.cdl" > old.cdl
expect 1 "^   monitor can now use the FPU, which was a fault" diff old.cdl "$here/base.cdl"
expect 1 "^   monitor now starts at boot" diff old.cdl "$here/base.cdl"
sed 's/packets\[2\] = frame (4k)/packets[2] = frame (4k, contiguous)/' "$here/net.cdl" > old.cdl
expect 1 "elements of frame 'packets\[0..1\]' need no longer be contiguous" diff old.cdl "$here/net.cdl"
sed '/^domains/d' "$here/net.cdl" > old.cdl
expect 1 '^   the domain schedule is domain 0 for 1000 ticks, domain 1 for 500 ticks (was none) \[' diff old.cdl "$here/net.cdl"
[ "$(grep -c '^   [^ ]' out)" = 1 ] || { echo "a new schedule is not one finding"; cat out; failed=1; }
sed 's/domain_set_start: 0/domain_set_start: 1/' "$here/net.cdl" > new.cdl
expect 1 'the domain schedule starts with entry 1, domain 1; it starts and repeats from there' diff old.cdl new.cdl

# By a CNode come all that is in it and below: what its holder can then do is direct, whichever capability leads there.
cat > nested.cdl << 'END'
arch aarch64 objects { t = tcb (fault_ep: 0x123) u = tcb c1 = cnode (4 bits) c2 = cnode (4 bits) c3 = cnode (4 bits) cu = cnode (4 bits) e = ep }
caps { t { cspace: c1 (guard_size: 52) } u { cspace: cu (guard_size: 60) } c1 { 1: c2 (guard_size: 0) } c2 { 2: c3 (guard_size: 0) }
c3 { 3: e (WP, badge: 9) } cu { 1: e (R) } }
END
sed 's/1: c2 (guard_size: 0)//' nested.cdl > without.cdl
expect 1 "^      also: t's faults are now handled by nobody: .* its fault handler pointer 0x123 names nothing now" diff nested.cdl without.cdl
expect 1 "^      also: t's faults are now handled by u through endpoint 'e' (WP, badge 0x9) (before: by nobody);" diff without.cdl nested.cdl
expect 1 'data can now pass from t to u directly, in messages' diff without.cdl nested.cdl
! grep indirectly out || failed=1
sed 's/c2 = cnode (4 bits)/c2 = cnode (5 bits)/' nested.cdl > larger.cdl
expect 1 "^      also: t's faults are now handled by nobody" diff nested.cdl larger.cdl
expect 1 "^      also: t's faults are now handled by u through endpoint 'e'" diff larger.cdl nested.cdl

# A CNode into which no pointer leads has nobody who names what is in it; a page's mapping can be taken back.
sed 's/^objects {/& lone = cnode (4 bits) low = cnode (2 bits)/; s/^caps {/& lone { 1: signing (R) 2: low (guard_size: 0) }/' "$here/net.cdl" > lone.cdl
sed 's/lone = cnode (4 bits)/lone = cnode (5 bits)/; s/low (guard_size: 0)/low (guard_size: 2)/' lone.cdl > other.cdl
expect 1 "^   no pointer leads this way into CNode 'lone'; slots of the CNode: 32 (was 16)" diff lone.cdl other.cdl
expect 1 "^   no pointer leads this way into CNode 'low'; guard of the CNode: 2 zero bits (was none)" diff lone.cdl other.cdl
sed 's/mapping: (pt_log, 4)/mapping: (pt_filter, 20)/' "$here/net.cdl" > old.cdl
sed 's/, mapping: (pt_log, 4)//' "$here/net.cdl" > new.cdl
expect 1 "can no longer take frame 'journal' (4 KiB) out of filter's address space .* which stands for no mapping now (was slot 20" diff old.cdl new.cdl
expect 1 '^19\. ' diff old.cdl new.cdl
# A page table that nobody uses has slots, but no addresses.
sed 's/vs_log = pgd/& pt_lone = pt/; s/pd_net { 0: pt_net }/pt_lone { 0: rtc (RW, uncached) } &/' "$here/net.cdl" > lone.cdl
sed 's/pt_lone { 0/pt_lone { 3/' lone.cdl > other.cdl
expect 0 "^   an address space that nobody uses now has frame 'rtc' .* in slot 3 instead of 0 \[" diff lone.cdl other.cdl
sed 's/pt_lone { 0: rtc (RW, uncached)/pt_lone { 0: rtc (RW)/' lone.cdl > other.cdl
expect 0 "^   an address space that nobody uses reaches frame 'rtc' .* through the cache (was uncached)" diff lone.cdl other.cdl
# A thread's reply capability is less than the thread.
for role in '' ' (reply)' ' (master_reply)'; do
    echo "arch aarch64 objects { t = tcb u = tcb c = cnode (4 bits) } caps { t { cspace: c (guard_size: 60) } c { 1: u$role } }" > "role$role.cdl"
done
expect 1 "^   t now holds TCB 'u' as a capability to the thread itself (was a reply capability)" diff 'role (reply).cdl' role.cdl
expect 1 '^2\. ' diff 'role (master_reply).cdl' role.cdl
expect 1 '^19\. ' diff role.cdl 'role (reply).cdl'
expect 1 "^   t now holds TCB 'u' as a master reply capability (was a reply capability)" diff 'role (reply).cdl' 'role (master_reply).cdl'
expect 1 '^18\. ' diff 'role (reply).cdl' 'role (master_reply).cdl'
# What P allows G does, too, so to lose G is only a loss.
sed 's/1: service (WP, badge: 1)/1: service (RWG, badge: 1)/' "$here/base.cdl" > old.cdl
expect 1 "^   client may only call endpoint 'service' (WP instead of RWG, badge 0x1)" diff old.cdl "$here/base.cdl"
expect 1 '^19\. ' diff old.cdl "$here/base.cdl"
sed 's/firmware (badge: 0x84000000)/firmware/' "$here/net.cdl" > old.cdl
expect 1 'keys may now call only function 0x84000000 of the firmware .*, not every one' diff old.cdl "$here/net.cdl"
expect 1 '^19\. ' diff old.cdl "$here/net.cdl"
sed 's/cdt {.*/cdt { (cn_filter, 1) { (cn_filter, 4) } (cn_net, 9) { (cn_keys, 9) } }/' "$here/net.cdl" > old.cdl
expect 1 "net can no longer take away keys's right .* by revoking what it was derived from, slot 9 of CNode 'cn_net'" diff old.cdl "$here/net.cdl"

# Who has two capabilities for the same loses nothing with one, unless the other has another badge, fewer rights, or only maps.
twice() { # HOLDER CAPABILITY WORDS: one more capability, which goes
    sed "s/cn_$1 { /&11: $2 /" "$here/net.cdl" > old.cdl
    expect 1 "^   $1 $3 \[slot 11 of cn_$1 in the old system" diff old.cdl "$here/net.cdl"
    expect 1 '^19\. ' diff old.cdl "$here/net.cdl"
}
still='has one capability less for what it can still do:' not='can no longer'
twice sup tcb_net "$still stop, resume and redirect net's thread (TCB 'tcb_net')"
twice sup 'tick (W, badge: 1)' "$still signal notification 'tick' (W, badge 0x1)"
twice sup 'tick (W, badge: 2)' "$not signal notification 'tick' (W, badge 0x2); .*"
twice sup 'tick (RW, badge: 1)' "$not signal and wait for notification 'tick' (RW, badge 0x1); .*"
twice keys 'firmware (badge: 0x84000000)' "$still call function 0x84000000 of the firmware .*"
twice keys 'firmware (badge: 0x84000001)' "$not call function 0x84000001 of the firmware .*; nobody else can call any"
twice filter 'signing (P, badge: 1)' "$still .* 'signing' .*"
twice log 'journal (R)' "$still map frame 'journal' (4 KiB) with rights R"
twice log 'journal (RW)' "$not map frame 'journal' (4 KiB) with rights RW; mapped by filter (W)"
twice keys 'secrets (RW)' "$not map frame 'secrets' (4 KiB) with rights RW; nobody else reaches it"
twice keys irq_control "$not take any interrupt that is free, .* (IRQ control); now nobody can"
sed 's/cn_net { /&11: irq_control /' "$here/net.cdl" > new.cdl
sed 's/cn_net { /&10: irq_control /' new.cdl > old.cdl
expect 1 "^   net $still take any interrupt that is free (IRQ control) \[slot 10" diff old.cdl new.cdl
# Without a CSpace or an address space a thread had nothing.
sed 's/cspace: cn_app\[0\] (guard_size: 60)  vspace: vs_app\[0\]//' "$here/net.cdl" > old.cdl
expect 1 "^   app\[0\] now has capabilities, those in CNode 'cn_app\[0\]': it had none" diff old.cdl "$here/net.cdl"
expect 1 "^   app\[0\] now has an address space, that of page global directory 'vs_app\[0\]': without one it could not run" \
    diff old.cdl "$here/net.cdl"

# What a report says nobody can do must hold for who makes what it lacks: a reply object out of memory, a CSpace of its own thread out of
# another's CNode, pages of its own in another's address space.
sed 's/1: private (R)/1: private (R) 6: pool/' "$here/base.cdl" > old.cdl
sed 's/6: pool/6: pool 5: service (R)/' old.cdl > new.cdl
expect 1 'other may now receive .* each message goes to only one receiver, who can also answer it' diff old.cdl new.cdl
expect 1 'flow: data can now pass between client and other directly, in calls and their answers' diff old.cdl new.cdl
sed 's/1: private (R)/1: private (R) 6: tcb_other/' "$here/base.cdl" > old.cdl
sed 's/6: tcb_other/6: tcb_other 5: cn_server/' old.cdl > new.cdl
expect 1 "other may now use, copy and delete server's capabilities (CNode 'cn_server'), and so do all that server may" diff old.cdl new.cdl
sed 's/1: private (R)/1: private (R) 5: vs_server/' "$here/base.cdl" > new.cdl
expect 1 'flow: data can now pass from server to other directly: other can map pages of its own where server writes' diff "$here/base.cdl" new.cdl

# Devices have the names of a device tree, if there is one.
if command -v dtc > /dev/null; then
    echo '/dts-v1/; / { #address-cells = <1>; #size-cells = <1>; pl011@9000000 { reg = <0x9000000 0x1000>; }; };' > board.dts
    dtc -q -O dtb board.dts -o board.dtb
    sed 's/2: private (RW)/2: private (RW) 3: uart (R)/' "$here/base.cdl" > new.cdl
    expect 1 "^   other may now read frame 'uart' (4 KiB at physical 0x9000000, pl011@9000000) at" diff --dtb board.dtb "$here/base.cdl" new.cdl
    expect 2 'board.dts' diff --dtb board.dts "$here/base.cdl" new.cdl
    expect 2 'leave out --dtb or --policy' diff --dtb board.dtb --policy none "$here/base.cdl" new.cdl
    expect 2 'cannot read none.dtb' diff --dtb none.dtb "$here/base.cdl" new.cdl
fi

# What is shown, and what the exit code tells, can be chosen; a name that is none is trouble, not silence.
sed 's/1: private (R)/1: private (R) 5: service (R)/; s/budget: 1000)/budget: 5000)/' "$here/base.cdl" > new.cdl
expect 1 '^changed: 2 findings, .*(1 not shown)$' diff "$here/base.cdl" new.cdl --min-rank receive
expect 1 '(1 not shown)$' diff "$here/base.cdl" new.cdl --min-rank 8
expect 1 "^   other may now receive" diff "$here/base.cdl" new.cdl --only other
expect 1 "^   client may now run for 5000 us" diff "$here/base.cdl" new.cdl --only client
expect 2 "neither system has a subject 'clinet'" diff "$here/base.cdl" new.cdl --only clinet
expect 2 'takes a rank from 1 to 20' diff "$here/base.cdl" new.cdl --fail-on 21
grep -q '"maximum": 20$' "$here/../../docs/diff.schema.json" || { echo 'the schema has another highest rank'; failed=1; }
expect 0 '^changed' diff "$here/base.cdl" new.cdl --fail-on control
expect 1 '^changed' diff "$here/base.cdl" new.cdl --fail-on receive
expect 1 'may now receive from.*new.cdl:43:32' diff "$here/base.cdl" new.cdl
expect 1 '^- other may now receive from' diff "$here/base.cdl" new.cdl --markdown
"$capdl" diff "$here/base.cdl" new.cdl --json > first.json
"$capdl" diff base.json new.cdl --json > second.json
# Microseconds are not added to ticks: of such a schedule nobody's share is told.
sed 's/(0, 1000), (1, 500)/(0, 3000 us), (1, 500)/' "$here/net.cdl" > mixed.cdl
expect 1 'schedule is domain 0 for 3000 us, domain 1 for 500 ticks (was domain 0 for 1000 ticks, domain 1 for 500 ticks) \[' \
    diff "$here/net.cdl" mixed.cdl
[ "$(grep '"id"' first.json)" = "$(grep '"id"' second.json)" ] || { echo "ids depend on the form"; failed=1; }
"$capdl" diff --json "$here/net.cdl" "$here/base.cdl" > third.json
# A supervisor between two groups is bypassed: pairs, mediators, ways.
cat > through.cdl << 'END'
arch aarch64 objects { a = tcb b = tcb m = tcb x = tcb y = tcb ca = cnode (2 bits) cb = cnode (2 bits) cm = cnode (3 bits)
  cx = cnode (2 bits) cy = cnode (2 bits) to_m = ep to_x = ep to_y = ep }
caps { a { cspace: ca } b { cspace: cb } m { cspace: cm } x { cspace: cx } y { cspace: cy }
  ca { 0: to_m (W, badge: 1) } cb { 0: to_m (W, badge: 2) } cm { 0: to_m (R) 1: to_x (W) 2: to_y (W) } cx { 0: to_x (R) 1: to_y (W) } cy { 0: to_y (R) } }
END
sed 's/ca { /&1: to_x (W, badge: 7) /' through.cdl > past.cdl
expect 1 'data from a to x no longer has to pass m; shortest way: a -> ' diff through.cdl past.cdl
"$capdl" diff --json through.cdl past.cdl > fourth.json
# Of a page that more than two share, not every way past somebody is from each to each.
cat > page.cdl << 'END'
arch aarch64 objects { a = tcb c = tcb m = tcb x = tcb y = tcb ca = cnode (2 bits) cc = cnode (2 bits) cm = cnode (3 bits)
  cx = cnode (2 bits) cy = cnode (2 bits) to_m = ep to_a = ep to_x = ep to_y = ep page = frame (4k)
  va = pud pa = pd ta = pt vc = pud pc = pd tc = pt vx = pud px = pd tx = pt vy = pud py = pd ty = pt }
caps { a { cspace: ca vspace: va } c { cspace: cc vspace: vc } m { cspace: cm } x { cspace: cx vspace: vx } y { cspace: cy vspace: vy }
  va { 0: pa } pa { 0: ta } vc { 0: pc } pc { 0: tc } vx { 0: px } px { 0: tx } vy { 0: py } py { 0: ty }
  tc { 1: page (RW) } tx { 1: page (R) } ty { 1: page (R) }
  ca { 0: to_m (W, badge: 1) 1: to_a (R) } cc { 0: to_m (W, badge: 2) } cx { 0: to_x (R) } cy { 0: to_y (R) }
  cm { 0: to_m (R) 1: to_x (W) 2: to_y (W) 3: to_a (W) } }
END
sed 's/tc { 1/ta { 1: page (RW) } &/' page.cdl > shared.cdl
expect 1 "data from a to x and y no longer has to pass m; shortest way: a -> frame 'page' -> x" diff page.cdl shared.cdl
expect 1 "data from c to a no longer has to pass m; shortest way: c -> frame 'page' -> a" diff page.cdl shared.cdl
# ... also by those who are not next to the new link: what x has from b gets to y past m.
cat > far.cdl << 'END'
arch aarch64 objects { b = tcb m = tcb x = tcb y = tcb cb = cnode (2 bits) cm = cnode (2 bits) cx = cnode (2 bits) cy = cnode (2 bits)
  to_m = notification to_x = notification to_y = notification }
caps { b { cspace: cb } m { cspace: cm } x { cspace: cx } y { cspace: cy }
  cb { 0: to_m (W) 1: to_x (W) } cm { 0: to_m (R) 1: to_y (W) } cx { 0: to_x (R) } cy { 0: to_y (R) } }
END
sed 's/cx { 0: to_x (R)/& 1: to_y (W)/' far.cdl > farther.cdl
expect 1 '^      flow: data from b to y no longer has to pass m; shortest way: b -> ' diff far.cdl farther.cdl
sed 's/cx { 0: to_x (R) 1: to_y (W) }/cx { 0: to_x (R) }/;s/ca { 0: to_m (W, badge: 1) }/ca { }/' through.cdl > before.cdl
sed 's/ca { }/ca { 1: to_m (W) }/' before.cdl > after.cdl
# Silence about flows is said where it is complete, and only there.
sed 's/ca { 0: to_m (W, badge: 1) }/ca { 0: to_m (W, badge: 3) }/' through.cdl > badge.cdl
expect 1 '^flows: none is new:' diff through.cdl badge.cdl
"$capdl" diff --json through.cdl badge.cdl | grep -q '"new_flows": false' || { echo "new flows of a badge"; failed=1; }
"$capdl" diff --json through.cdl through.cdl | grep -q '"new_flows": false' || { echo "new flows of nothing"; failed=1; }
"$capdl" diff --markdown through.cdl badge.cdl | grep -q '^Flows: none is new:' || { echo "Markdown is silent about flows"; failed=1; }
"$capdl" diff through.cdl past.cdl | grep -q '^flows:' && { echo "no flow, although there are"; failed=1; }
expect 1 'data can now pass from a to x and y indirectly; shortest way: a -> m -> x' diff before.cdl after.cdl
"$capdl" diff --json before.cdl after.cdl > fifth.json
python3 -W ignore - "$here/../../docs/diff.schema.json" first.json second.json third.json fourth.json fifth.json << 'END' || failed=1
import json
import sys

schema, wrong = json.load(open(sys.argv[1])), []
findings = []


def gather(finding):
    findings.append(finding)
    for consequence in finding["consequences"]:
        gather(consequence)


for path in sys.argv[2:]:
    report = json.load(open(path))
    findings = []
    for finding in report["findings"]:
        gather(finding)
    ids = [finding["id"] for finding in report["findings"]]
    if len(set(ids)) != len(ids):
        wrong.append(path + ": two findings have one id")
    try:
        import jsonschema

        for error in jsonschema.Draft202012Validator(schema).iter_errors(report):
            wrong.append("%s: %s: %s" % (path, list(error.path), error.message[:200]))
    except ImportError:
        for key in {key for finding in findings for key in finding}:
            if key not in schema["$defs"]["finding"]["properties"]:
                wrong.append("%s: the schema lacks %s" % (path, key))
    if path == "fourth.json":
        got = [(f["mediators"], f["pairs"]) for f in findings if f["mediators"]]
        if got != [(["m"], [{"from": ["a"], "to": ["x"]}])]:
            wrong.append("mediators and their pairs are %s" % got)
        got = [f["others"] for f in findings if f["object"] and f["object"]["name"] == "to_x"]
        if got != [[{"name": "m", "rights": "W", "badge": None}, {"name": "x", "rights": "R", "badge": None}]]:
            wrong.append("others are %s" % got)
    if path == "fifth.json":
        got = [(f["path"], f["pairs"]) for f in findings if f["path"]]
        if got != [(["a", "m", "x"], [{"from": ["a"], "to": ["x", "y"]}])]:
            wrong.append("the way is %s" % got)
print("\n".join(wrong))
sys.exit(bool(wrong))
END
grep -q '"subject": null' first.json && { echo "a finding without subject"; failed=1; }

# What no kernel can make is not compared without a word.
sed 's/ca { 0:/ca { 9:/' through.cdl > mistaken.cdl
expect 0 "warning: mistaken.cdl has [0-9]* error.*, which 'capdl check' lists: no kernel can build such a system" diff mistaken.cdl mistaken.cdl

# A renamed and shuffled system of more than 10,000 objects is one line, with an edit two; thousands at one endpoint are one finding, soon.
awk -f "$here/many.awk" -v n=1430 -v mode=old > many.cdl
awk -f "$here/many.awk" -v n=1430 -v mode=renamed > renamed.cdl
awk -f "$here/many.awk" -v n=1430 -v mode=edited > edited.cdl
expect 0 '^same system, other names' diff many.cdl renamed.cdl
[ "$(grep -c '^   [^ ]' out)" = 1 ] || { echo "other names are not one line"; cut -c1-200 out | head; failed=1; }
expect 1 '^   .* may now receive from endpoint' diff many.cdl edited.cdl
[ "$(grep -c '^   [^ ]' out)" = 2 ] || { echo "one edit and other names are not two findings"; cut -c1-200 out | head; failed=1; }

# What leads nowhere tells twins apart, too: a control capability.
echo 'arch riscv objects { a = cnode (1 bits) b = cnode (1 bits) } caps { a { 0: asid_control } }' > twins.cdl
echo 'arch riscv objects { b = cnode (1 bits) c = cnode (1 bits) } caps { b { 0: asid_control } }' > named.cdl
expect 0 '^same system, other names' diff twins.cdl named.cdl
[ "$(grep -c '^   [^ ]' out)" = 1 ] || { echo "twins are not told apart"; cat out; failed=1; }

# A consequence names its place unless that is its finding's: two threads exchange endpoints.
sed 's/5: stop (WP, badge: 1) }/5: settings (WP, badge: 1) }/
s/3: settings (WP, badge: 1)  4/3: stop (WP, badge: 1)  4/' "$here/systems/pump.cdl" > pump.cdl
expect 1 "^      also: panel can no longer call endpoint 'stop' (WP, badge 0x1); guard receives there; alarm can send there$" \
    diff "$here/systems/pump.cdl" pump.cdl
expect 1 "^      also: parser can no longer call endpoint 'settings' (WP, badge 0x1); therapy receives there \[slot 3 of own_parser in .*:60:46 -> .*:60:46\]$" \
    diff "$here/systems/pump.cdl" pump.cdl

# What was there before and can be named only now: of a CNode, a page's mapping, memory that several share.
cat > lone.cdl << 'END'
arch aarch64 objects { t = tcb (prio: 5) u = tcb (prio: 6) c = cnode (4 bits) d = cnode (4 bits) lone = cnode (4 bits)
vs = pgd pud = pud pd = pd pt = pt page = frame (4k) memory = ut (20 bits) e = ep }
caps { t { cspace: c (guard_size: 60) } u { cspace: d (guard_size: 60) vspace: vs } vs { 0: pud } pud { 0: pd } pd { 2: pt }
pt { 0: page (RW) } c { 1: e (R) 2: page (R) 3: lone (guard_size: 9) } d { 1: e (W) } lone { 4: memory 5: u } }
END
change() { # PATTERN-OF-SED...: the finding's rank, and what it says
    sed "$1" lone.cdl > other.cdl
    expect 1 "$3" diff lone.cdl other.cdl
    grep -q "(rank $2 of 20)" out || { echo "$1 is not of rank $2"; cat out; failed=1; }
}
sed 's/ 3: lone (guard_size: 9)//' lone.cdl > unheld.cdl
sed 's/t { cspace: c/t { cspace: lone/' unheld.cdl > other.cdl
expect 1 "^   t uses other capabilities: those in CNode 'lone' (was CNode 'c'): it can name untyped 'memory' and TCB 'u' \[" diff unheld.cdl other.cdl
grep -q '^1\. power' out || { echo "a CNode that nobody named is not power"; cat out; failed=1; }
sed 's/t { cspace: c (guard_size: 60) }/t { }/' unheld.cdl > none.cdl
sed 's/t { cspace: c/t { cspace: lone/' unheld.cdl > other.cdl
expect 1 "^   t now has capabilities, those in CNode 'lone': it had none: it can name untyped 'memory' and TCB 'u' \[" diff none.cdl other.cdl
sed 's/t { cspace: c (guard_size: 60) }/t { cspace: d (guard_size: 60) }/' unheld.cdl > other.cdl
expect 1 "^   t now uses the capabilities of u (CNode 'd'): it may do all that u may \[" diff none.cdl other.cdl
change 's/2: page (R)/2: page (R, uncached, mapping: (pt, 0))/' 2 "also: t can now take frame 'page' (4 KiB) out of u's address space"
change 's/2: page (R)/& 4: page (R, mapping: (pt, 0))/' 2 \
    "^   t may now map frame 'page' .*; unmapping it takes it out of u's address space \["
change 's/3: lone (guard_size: 9)/& 4: lone (guard_size: 12)/' 17 "^   t has another capability for what it could do before: copy, move"
sed 's/3: lone (guard_size: 9)/& 4: lone (guard_size: 12)/' lone.cdl > two.cdl
expect 1 '^   t has one capability less for what it can still do: copy, move' diff two.cdl lone.cdl
sed 's/guard_size: 60) } u/guard_size: 56) } u/; s/3: lone (guard_size: 9)/3: lone (guard_size: 0)/' lone.cdl > named.cdl
sed 's/ 3: lone (guard_size: 0)/ 3: lone (guard_size: 0) 4: lone (guard_size: 9)/' named.cdl > two.cdl
sed 's/ 3: lone (guard_size: 0)//' two.cdl > last.cdl
expect 1 "^   t can no longer use, copy and delete" diff two.cdl last.cdl
expect 1 "^   t may now use, copy and delete" diff last.cdl two.cdl
# Of firmware and threads, each capability allows something else.
cat > kinds.cdl << 'END'
arch aarch64 objects { t = tcb (prio: 5) u = tcb (prio: 6) c = cnode (4 bits) d = cnode (4 bits) fw = smc }
caps { t { cspace: c (guard_size: 60) } u { cspace: d (guard_size: 60) } c { 1: fw (badge: 0x84000000) 2: u (reply) } d { 3: u (reply) } }
END
sed 's/2: u (reply)/& 3: fw/' kinds.cdl > all.cdl
expect 1 "^   t may now call every function of the firmware (SMC capability 'fw'); nobody else" diff kinds.cdl all.cdl
grep -q '^4\. ' out || { echo "more of the firmware is not of rank 4"; cat out; failed=1; }
sed 's/1: fw (badge: 0x84000000)//' all.cdl > other.cdl
expect 1 '^   t has one capability less for what it can still do: call function 0x84000000' diff all.cdl other.cdl
sed 's/2: u (reply)/& 4: u/' kinds.cdl > other.cdl
expect 1 "^   t may now stop, resume and redirect u's thread" diff kinds.cdl other.cdl
sed 's/3: u (reply)/3: u/' kinds.cdl > other.cdl
expect 1 '^   u now holds .* as a capability to the thread itself' diff kinds.cdl other.cdl
grep -q '^13\. ' out || { echo "a thread's own thread is not of rank 13"; cat out; failed=1; }
cat > shared.cdl << 'END'
arch aarch64 objects { t = tcb (prio: 5) u = tcb (prio: 6) w = tcb (prio: 6) b = cnode (4 bits) c = cnode (4 bits) d = cnode (4 bits)
vs = pgd pud = pud pd = pd pt = pt page = frame (4k) other = frame (4k) }
caps { t { cspace: c (guard_size: 56) vspace: vs } u { cspace: d (guard_size: 56) } w { cspace: b (guard_size: 60) }
c { 1: b (guard_size: 0) 2: page (RW) } d { 1: b (guard_size: 0) } b { 5: page (R) } vs { 0: pud } pud { 0: pd } pd { 2: pt } pt { 0: page (RW) } }
END
sed 's/5: page (R)/5: page (RW)/' shared.cdl > other.cdl
expect 1 '^   .* may now .*page' diff shared.cdl other.cdl
grep -q '^6\. ' out || { echo "a page that one of two could write before is not shared anew"; cat out; failed=1; }
sed 's/5: page (R)/5: page (R, mapping: (pt, 0))/' shared.cdl > other.cdl
expect 1 "can now take frame 'page' (4 KiB) out of t's address space" diff shared.cdl other.cdl
grep -q '^2\. ' out || { echo "the mapping of another is not of rank 2"; cat out; failed=1; }
cat > rests.cdl << 'END'
arch aarch64 objects { t = tcb (prio: 5) u = tcb (prio: 6) c = cnode (6 bits) d = cnode (6 bits) r = leftover (slots: 4)
s = leftover (slots: 4) f = frame (4k) g = frame (4k) }
caps { t { cspace: c (guard_size: 58) } u { cspace: d (guard_size: 58) } r { 0: f } s { 0: g } c { 8: r } d { 8: s } }
END
sed 's/r = leftover (slots: 4)/r = leftover (slots: 4, share: 100)/' rests.cdl > other.cdl
expect 1 '^   t may now make objects in 100 per cent .*; other leftovers share what is left of it' diff rests.cdl other.cdl
expect 1 '^1\. power' diff other.cdl rests.cdl
sed 's/s = leftover (slots: 4)//; s/ s { 0: g }//; s/ d { 8: s }//' rests.cdl > alone.cdl
sed 's/r = leftover (slots: 4)/r = leftover (slots: 4, share: 50)/' alone.cdl > other.cdl
expect 1 '^   t may only make objects in 50 per cent of the RAM' diff alone.cdl other.cdl
echo 'arch x86_64 objects { t = tcb (prio: 5) c = cnode (6 bits) r = leftover (slots: 4, paddr: 0x9000000, size: 8k) f = frame (4k) }
caps { t { cspace: c (guard_size: 58) } r { 0: f } c { 8: r } }' > last.cdl
sed 's/0x9000000, size: 8k/0xfffffffffffff000, size: 4k/' last.cdl > other.cdl
expect 1 '^   t may now make objects in 4 KiB at physical 0xfffffffffffff000' diff last.cdl other.cdl

# Several hundred that all share one page with each other are drawn in seconds.
awk -f "$here/many.awk" -v n=400 -v mode=old | sed 's/shared (R)/shared (RW)/' > clique.cdl
timeout 20 "$capdl" graph clique.cdl > clique.dot || { echo "a picture takes too long"; failed=1; }

# Equal images are equal wherever they lie.
mkdir -p far
cp "$image" far/copy.elf
expect 0 "$same_text" diff "$image" far/copy.elf
exit $failed
