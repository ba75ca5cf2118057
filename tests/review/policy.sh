#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Policies: what is printed allows what it was printed from; what exceeds one is found where it is written.
# usage: policy.sh CAPDL DIRECTORY EXAMPLES [IMAGE]...
set -u
capdl=$(realpath "$1") here=$(realpath "$2") examples=$(realpath "$3")
shift 3
images=
for image; do
    images="$images $(realpath "$image")"
done
# shellcheck source=../expect.sh
. "$(dirname "$0")/../expect.sh"

# silent SPEC: the policy that is printed has nothing to say about what it was printed from
silent() {
    "$capdl" policy "$1" > printed.policy 2> err || { echo "capdl policy $1 failed"; cat err; failed=1; }
    "$capdl" check -m 0 --policy printed.policy "$1" > out 2>&1
    if grep -q '\[policy' out; then
        echo "$1: its own policy complains:"
        cat printed.policy out
        failed=1
    fi
}

for spec in "$here"/*.cdl $images; do
    silent "$spec"
done
for spec in "$examples"/*/*.cdl; do
    # Those whose programs are not built for the test are read as far as they can be.
    "$capdl" policy "$spec" > /dev/null 2>&1 && silent "$spec"
done

cat > good.cdl << 'END'
arch aarch64
objects {
  tcb_a = tcb (prio: 9, max_prio: 9) tcb_b = tcb (prio: 9, max_prio: 9) tcb_c = tcb (prio: 9, max_prio: 9)
  tcb_until = tcb (prio: 9, max_prio: 9)
  ca = cnode (2 bits) cb = cnode (2 bits) cc = cnode (2 bits) cd = cnode (2 bits)
  ask = ep tell = ep bell = notification
}
caps {
  tcb_a { cspace: ca } tcb_b { cspace: cb } tcb_c { cspace: cc } tcb_until { cspace: cd }
  ca { 0: ask (WP) }
  cb { 0: ask (R) 1: tell (W) }
  cc { 0: tell (R) }
  cd { 0: bell (W) }
}
END
sed 's/ca { 0: ask (WP)/ca { 0: ask (WP) 2: tell (W)/' good.cdl > bad.cdl
silent good.cdl
"$capdl" policy good.cdl > good.policy
cat > wanted << 'END'
# What the system does today. Remove what it should not do; docs/policy.md explains the language.

allow call a -> b

allow send b -> c

allow priority "until", a, b, c -> 9
END
cmp -s wanted good.policy || { echo 'not the policy that was wanted:'; diff wanted good.policy; failed=1; }

# A finding is where the capability is, and says where the policy stands.
expect 1 "^bad.cdl:10:23: error: a can send to c (endpoint 'tell', slot 2 of 'ca'), which the policy does not allow \[policy\]$" \
    check --policy good.policy bad.cdl
expect 1 "^bad.cdl:12:11: note: c has it here$" check --policy good.policy bad.cdl
expect 1 "^good.policy:[0-9]*:1: note: this rule does not allow it; one that does: allow send a -> c$" check --policy good.policy bad.cdl
expect 1 '"check": *"policy"' check --json --policy good.policy bad.cdl
expect 0 '' check --no-check policy --policy good.policy bad.cdl
: > empty.policy
expect 1 '^empty.policy:1:1: note: no rule allows it; one that does: allow call a -> b' check --policy empty.policy good.cdl
expect 2 'cannot read the policy missing.policy' check --policy missing.policy good.cdl

# Of a change, only what is new.
expect 1 'a can send to c' diff --policy good.policy good.cdl bad.cdl
expect 0 '' diff --policy empty.policy good.cdl good.cdl
expect 0 '' diff --policy empty.policy bad.cdl good.cdl
expect 1 'a can send to c' diff --policy empty.policy good.cdl bad.cdl
grep -q 'can call' out && { echo 'diff --policy tells what was so before'; cat out; failed=1; }

# Ways through others, and who may stand between.
base='allow call, send, priority * -> *'
printf '%s\nforbid reach a -> c\n' "$base" > reach.policy
expect 1 '^good.cdl:10:11: error: a reaches c, which the policy forbids: a -> b (call) -> c (send) \[policy\]$' \
    check --policy reach.policy good.cdl
expect 1 '^reach.policy:2:1: note: it is forbidden here$' check --policy reach.policy good.cdl
printf '%s\nforbid reach a -> c but through b\n' "$base" > reach.policy
expect 0 '' check --policy reach.policy good.cdl
expect 1 'a reaches c, which the policy forbids: a -> c (send)' check --policy reach.policy bad.cdl
expect 1 'a reaches c' diff --policy reach.policy good.cdl bad.cdl
printf 'group in = a\ngroup out = c, unt*\n%s\nforbid reach in -> out\n' "$base" > reach.policy
expect 1 'a reaches c, which' check --policy reach.policy good.cdl

# Waivers count until their day is over.
printf 'waive send a -> c until 2026-12-31 because "ticket 12"\n' | cat good.policy - > waive.policy
expect 0 '^capdl: 1 finding waived on 2026-12-31 ' check --date 2026-12-31 --policy waive.policy bad.cdl
expect 1 'note: the waiver of this ended on 2026-12-31: "ticket 12"; the day is 2027-01-01' \
    check --date 2027-01-01 --policy waive.policy bad.cdl
expect 2 "takes a day such as 2026-11-30, not '2026-02-29'" check --date 2026-02-29 --policy waive.policy bad.cdl
printf '%s\nforbid reach a -> c\nwaive reach a -> c until 2026-12-31 because "x"\n' "$base" > waive.policy
expect 0 '' check --date 2026-12-31 --policy waive.policy good.cdl
expect 1 'a reaches c' check --date 2027-01-01 --policy waive.policy good.cdl
printf 'waive notify a -> b until 2026-12-31 because "x"\n' | cat good.policy - > waive.policy
expect 0 'warning: this waiver is not needed \[policy-unused\]$' check --date 2026-01-01 --policy waive.policy good.cdl

# What is misspelt or useless.
printf 'allow call a -> bb\n' | cat good.policy - > typo.policy
expect 1 "typo.policy:[0-9]*:17: error: no subject or device is called 'bb' (did you mean 'b'?) \[policy-name\]$" \
    check --policy typo.policy good.cdl
printf 'allow call z* -> b\n' | cat good.policy - > typo.policy
expect 0 "warning: no subject or device has a name like 'z\*' \[policy-name\]$" check --policy typo.policy good.cdl
expect 0 'warning: this rule allows nothing that the system does \[policy-unused\]$' check --policy typo.policy good.cdl
for wrong in 'allow cal a -> b|unknown relation .cal. (did you mean .call.?)' 'allow call a b|expected .->., found .b.' \
    'allow call a ->|expected a name' 'permit call a -> b|expected .allow., .forbid., .waive. or .group., found .permit.' \
    'waive call a -> b until 2026-13-01 because "x"|expected a day such as' 'allow call "a -> b|a quote that does not end' \
    'waive call a -> b until 2026-12-01|expected .because. and a reason' 'allow smc a -> 5..4|expected a number, START..END' \
    'allow call a -> b c|expected the end of the line, found .c.' 'allow reach a -> b|unknown relation .reach.'; do
    printf '%s\n' "${wrong%%|*}" > wrong.policy
    expect 1 "^wrong.policy:1:[0-9]*: error: ${wrong#*|}" check --policy wrong.policy good.cdl
    [ "$(grep -c error: out)" = 1 ] || { echo "a policy that cannot be read is applied:"; cat out; failed=1; }
done

# Forbidding outdoes allowing; numbers have bounds.
printf 'forbid send b -> c\n' | cat good.policy - > forbid.policy
expect 1 'b can send to c .*, which the policy forbids' check --policy forbid.policy good.cdl
sed 's/-> 9$/-> 8/' good.policy > low.policy
expect 1 'a can have priority 9, which the policy does not allow' check --policy low.policy good.cdl
sed 's/-> 9$/-> 200/' good.policy > high.policy
expect 0 '' check --policy high.policy good.cdl

# What includes the forbidden is forbidden: calling is sending, a higher priority is the lower one, too.
printf 'forbid send a -> b\n' | cat good.policy - > forbid.policy
expect 1 'a can call b .*, which the policy forbids' check --policy forbid.policy good.cdl
printf 'forbid call b -> c\n' | cat good.policy - > forbid.policy
expect 0 '' check --policy forbid.policy good.cdl
printf 'forbid priority c -> 5\n' | cat good.policy - > forbid.policy
expect 1 'c can have priority 9, which the policy forbids' check --policy forbid.policy good.cdl
printf 'forbid priority c -> 10\n' | cat good.policy - > forbid.policy
expect 0 '' check --policy forbid.policy good.cdl
# Everybody is everybody, those who are reached included.
printf '%s\nforbid reach * -> c but through b\n' "$base" > reach.policy
expect 0 '' check --policy reach.policy good.cdl
expect 1 'a reaches c, which the policy forbids: a -> c (send)' check --policy reach.policy bad.cdl
printf '%s\nforbid reach * -> *\n' "$base" > reach.policy
expect 1 'a reaches b and 1 more, which the policy forbids: a -> b (call)' check --policy reach.policy good.cdl
printf '%s\nforbid reach a -> 0x1000\n' "$base" > reach.policy
expect 1 "^reach.policy:2:19: error: 'reach' is between subjects and devices, not numbers" check --policy reach.policy good.cdl
# Of an image, what is in no text is said of the image.
for image in $images; do
    expect 1 '.*' check --policy empty.policy "$image"
    grep -q "^$image: error: .*, which the policy does not allow" out || { echo "$image is not named:"; head -3 out; failed=1; }
    break
done

# Devices and ports: what is allowed is allowed to the byte, what exceeds it is told with its numbers and its place.
cat > machine.cdl << 'END'
arch x86_64
objects {
  tcb_driver = tcb (prio: 9, max_prio: 9) tcb_keys = tcb (prio: 9, max_prio: 9) cd = cnode (2 bits) ck = cnode (2 bits)
  vd = pml4 pdptd = pdpt pdd = pd ptd = pt vk = pml4 pdptk = pdpt pdk = pd ptk = pt
  ring = frame (4k) secret = frame (4k) nobodys = frame (4k, paddr: 0x40000000)
  com1 = io_ports (ports: [0x3f8..0x3ff])
  nic = io_device (domainID: 1, 1:2.3) io0 = io_pt (level: 1) io1 = io_pt (level: 2) io2 = io_pt (level: 3)
}
caps {
  tcb_driver { cspace: cd (guard_size: 62) vspace: vd } tcb_keys { cspace: ck (guard_size: 62) vspace: vk }
  cd { 1: com1 }
  vd { 0: pdptd } pdptd { 0: pdd } pdd { 0: ptd } ptd { 1: ring (RW) }
  vk { 0: pdptk } pdptk { 0: pdk } pdk { 0: ptk } ptk { 1: secret (RW) }
  nic { 0: io0 } io0 { 0: io1 } io1 { 0: io2 } io2 { 0: ring (RW) }
}
END
cat > machine.policy << 'END'
allow dma nic -> driver
allow dma-read nic -> driver
allow port driver -> 0x3f8..0x3ff
allow priority driver, keys -> 9
forbid reach nic -> keys
END
silent machine.cdl
expect 0 '' check -m 0 --policy machine.policy machine.cdl
sed 's/0: ring (RW) }$/0: ring (RW) 1: secret (R) }/' machine.cdl > other.cdl
expect 1 "other.cdl:[0-9]*:[0-9]*: error: device nic can read memory of keys (frame 'secret', slot 1 of 'io2'), which the policy does not allow \[policy\]" check -m 0 --policy machine.policy other.cdl
sed 's/0: ring (RW) }$/0: ring (RW) 1: secret (W) }/' machine.cdl > other.cdl
expect 1 "error: device nic can write memory of keys (frame 'secret', slot 1 of 'io2'), which the policy does not allow \[policy\]" check -m 0 --policy machine.policy other.cdl
expect 1 'nic reaches keys' check -m 0 --policy machine.policy other.cdl
sed 's/0: ring (RW) }$/0: ring (RW) 1: nobodys (W) }/' machine.cdl > other.cdl
expect 1 'error: device nic can write memory of 0x40000000+0x1000 .*which the policy does not allow' check -m 0 --policy machine.policy other.cdl
sed 's/0x3ff\]/0x400]/' machine.cdl > other.cdl
expect 1 'error: driver can use .*0x3f8.*0x400.*which the policy does not allow' check -m 0 --policy machine.policy other.cdl
for ports in 0x3ff 0x300..0x3f8 0x3f0..0x400; do
    printf 'forbid port driver -> %s\n' $ports | cat machine.policy - > forbid.policy
    expect 1 'driver can use .*0x3f8\.\.0x3ff.*, which the policy forbids' check -m 0 --policy forbid.policy machine.cdl
done
printf 'forbid port driver -> 0x400\n' | cat machine.policy - > forbid.policy
expect 0 '' check -m 0 --policy forbid.policy machine.cdl
sed 's/0x3f8\.\./0x3f9../' machine.cdl > other.cdl
expect 0 '' check -m 0 --policy machine.policy other.cdl
sed 's/^  cd { 1: com1 }/  cd { 1: com1 } ck { 1: com1 }/' machine.cdl > other.cdl
expect 1 'error: keys can use .*which the policy does not allow' check -m 0 --policy machine.policy other.cdl
sed 's/^  cd { 1: com1 }/  cd { 1: com1 2: nic }/' machine.cdl > other.cdl
expect 1 'error: driver controls nic .*which the policy does not allow' check -m 0 --policy machine.policy other.cdl

# Many that share with many: one line of the policy, one finding of those of whom the rules say the same.
many() {
    awk -v n="$1" 'BEGIN {
        print "arch aarch64 objects { shared[3] = frame (4k) talk = ep secret = frame (4k)"
        for (i = 0; i < n; i++) printf "t%d = tcb (prio: 9, max_prio: 9) c%d = cnode (4 bits) v%d = pgd u%d = pud d%d = pd p%d = pt\n", i, i, i, i, i, i
        print "} caps {"
        for (i = 0; i < n; i++) {
            printf "t%d { cspace: c%d (guard_size: 60) vspace: v%d } v%d { 0: u%d } u%d { 0: d%d } d%d { 0: p%d }\n", i, i, i, i, i, i, i, i, i
            printf "p%d { 1: shared[0..2] (RW)%s }\n", i, i == 3 || i == 4 ? " 5: secret (RW)" : ""
            printf "c%d { 1: talk (RWP) }\n", i
        }
        print "}"
    }'
}
many 12 > many.cdl
silent many.cdl
head -5 printed.policy | tail -3 | tr -d '\n' | grep -q '^allow call t0, .*, t11 -> t0, .*t11$' || { echo "not one line:"; cat printed.policy; failed=1; }
[ "$(grep -c '^allow write' printed.policy)" = 1 ] || { echo "what groups are allowed is allowed again:"; cat printed.policy; failed=1; }
cat > many.policy << 'END'
allow call, write, priority * -> *
forbid write t1, t5 -> t2
END
expect 1 "many.cdl:[0-9]*:[0-9]*: error: t1 and t5 can write memory that t2 can read (frame 'shared\[0\]', slot 1 of 'p1'), which the policy forbids" check --policy many.policy many.cdl
[ "$(grep -c error: out)" = 1 ] || { echo "not one finding:"; grep error out; failed=1; }
cat > many.policy << 'END'
allow call, priority * -> *
allow write t0, t1, t2 -> *
allow write t3 -> t4, t5
waive write t4 -> * until 2027-01-01 because "soon gone"
waive write t5 -> t6 until 2026-01-01 because "gone"
END
expect 1 "error: t3 can write memory that t0, t1, t2, t6 and 5 more can read" check --date 2026-06-01 --policy many.policy many.cdl
line=$(grep -n '^p0 ' many.cdl | sed 's/:.*//')
grep -q "^many.cdl:$line:9: note: t0 has it here" out && grep -q 'allow write t3 -> t0, t1, t2, t6, t7, t8, t9, t10 and 1 more$' out || { echo "no way out is told:"; cat out; failed=1; }
grep -q 'error: t5 can write memory that t6 can read' out && grep -q 'the waiver of this ended on 2026-01-01: "gone"' out || { echo "the waiver that ended is not told:"; cat out; failed=1; }
grep -q 'error: t4' out && { echo "waived, and told:"; cat out; failed=1; }
grep -q 'error: t6, t7, t8, t9 and 2 more can write memory that t0, t1, t2, t3 and 8 more can read' out || { echo "not as one:"; cat out; failed=1; }
# Way through all, and who stands between.
printf 'allow call, write, priority * -> *\nforbid reach t0 -> t7\n' > many.policy
expect 1 'error: t0 reaches t7, which the policy forbids: t0 -> t7 (call)' check --policy many.policy many.cdl
# A change that lets one more share is a finding of just this one, whichever way the system before is stored.
: > many.policy
many 11 > fewer.cdl
expect 1 'error: t11 can write memory that t0, t1, t2, t3 and 7 more can read' diff --policy many.policy fewer.cdl many.cdl
grep -q 'error: t0, t1, t2, t3 and 7 more can write memory that t11 can read' out || { echo "not told the other way:"; cat out; failed=1; }
[ "$(grep -c 'write memory' out)" = 2 ] || { echo "more than is new:"; grep 'write memory' out; failed=1; }
many 8 > fewer.cdl
expect 1 'error: t0, t1, t2, t3 and 4 more can write memory that t8, t9, t10 and t11 can read' diff --policy many.policy fewer.cdl many.cdl
grep -q 'error: t8, t9, t10 and t11 can write memory that t0, t1, t2, t3 and 8 more can read' out || { echo "not told the other way:"; cat out; failed=1; }
[ "$(grep -c 'write memory' out)" = 2 ] || { echo "more than is new:"; grep 'write memory' out; failed=1; }
expect 0 '' diff --policy many.policy many.cdl many.cdl
many 1000 > many.cdl
memory=400000 # KiB; AddressSanitizer maps terabytes
# shellcheck disable=SC3045 # dash and bash have -v
(ulimit -v $memory; "$capdl" --version) > out 2>&1 || memory=unlimited
# shellcheck disable=SC3045
(ulimit -v $memory; timeout 20 "$capdl" policy many.cdl > printed.policy && timeout 20 "$capdl" check -m 0 --policy printed.policy many.cdl > out 2>&1) ||
    { echo "a thousand that share take too long, or too much memory"; failed=1; }

# A window over frames of others joins each of these with who has the window, not with one another.
cat > window.cdl << 'END'
arch aarch64 objects {
  a = tcb b = tcb w = tcb ca = cnode (1 bits) cb = cnode (1 bits) cw = cnode (1 bits)
  va = pgd vb = pgd vw = pgd ua = pud ub = pud uw = pud da = pd db = pd dw = pd pa = pt pb = pt
  uart = frame (4k, paddr: 0x40001000) timer = frame (4k, paddr: 0x40003000) all = frame (2M, paddr: 0x40000000)
} caps {
  a { cspace: ca vspace: va } b { cspace: cb vspace: vb } w { cspace: cw vspace: vw }
  va { 0: ua } vb { 0: ub } vw { 0: uw } ua { 0: da } ub { 0: db } uw { 0: dw } da { 0: pa } db { 0: pb }
  pa { 0: uart (RW) } pb { 0: timer (RW) } dw { 0: all (R) }
}
END
"$capdl" policy window.cdl > printed.policy
grep -q '^allow write a, b -> w$' printed.policy && ! grep -q '^allow write.*-> *[ab]' printed.policy ||
    { echo "a window joins what lies in it:"; cat printed.policy; failed=1; }
sed 's/all (R)/all (RW)/' window.cdl > wider.cdl
"$capdl" policy wider.cdl > printed.policy
grep -q '^allow write w -> a, b$' printed.policy && ! grep -q '^allow write [ab].*-> *[ab]' printed.policy ||
    { echo "a window joins what lies in it:"; cat printed.policy; failed=1; }
sed 's/ dw { 0: all (R) }//' window.cdl > none.cdl
expect 1 "w may now read frame 'all' .*; frame 'uart' (already mapped by a (RW)) and frame 'timer' (already mapped by b (RW)) lie there, too" diff none.cdl window.cdl
grep -q 'data can now pass from a and b to w directly' out && ! grep -q 'to [ab] directly\|no longer has to pass' out || { echo "a window joins what lies in it:"; cat out; failed=1; }
exit $failed
