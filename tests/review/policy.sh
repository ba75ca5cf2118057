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
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0

# expect CODE PATTERN ARGUMENT...: exit code, and a line of what is printed
expect() {
    code=$1 pattern=$2
    shift 2
    "$capdl" "$@" > out 2>&1
    got=$?
    if [ $got != "$code" ] || { [ "$pattern" ] && ! grep -qe "$pattern" out; }; then
        echo "capdl $*: exit code $got, expected $code and a line with: $pattern"
        cat out
        failed=1
    fi
}

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
expect 1 "typo.policy:[0-9]*:17: error: no subject or device is called 'bb'; did you mean 'b'? \[policy-name\]$" \
    check --policy typo.policy good.cdl
printf 'allow call z* -> b\n' | cat good.policy - > typo.policy
expect 0 "warning: no subject or device has a name like 'z\*' \[policy-name\]$" check --policy typo.policy good.cdl
expect 0 'warning: this rule allows nothing that the system does \[policy-unused\]$' check --policy typo.policy good.cdl
for wrong in 'allow cal a -> b|unknown relation .cal., did you mean .call.' 'allow call a b|expected .->., found .b.' \
    'allow call a ->|expected a name' 'permit call a -> b|expected .allow., .forbid., .waive. or .group., found .permit.' \
    'waive call a -> b until 2026-13-01 because "x"|expected a day such as' 'allow call "a -> b|a quote that does not end' \
    'waive call a -> b until 2026-12-01|expected .because. and a reason' 'allow smc a -> 5..4|expected a number, START..END' \
    'allow call a -> b c|expected the end of the line, found .c.' 'allow reach a -> b|unknown relation .reach.'; do
    printf '%s\n' "${wrong%%|*}" > wrong.policy
    expect 1 "^wrong.policy:1:[0-9]*: error: ${wrong#*|}" check --policy wrong.policy good.cdl
done

# Forbidding outdoes allowing; numbers have bounds.
printf 'forbid send b -> c\n' | cat good.policy - > forbid.policy
expect 1 'b can send to c .*, which the policy forbids' check --policy forbid.policy good.cdl
sed 's/-> 9$/-> 8/' good.policy > low.policy
expect 1 'a can have priority 9, which the policy does not allow' check --policy low.policy good.cdl
sed 's/-> 9$/-> 200/' good.policy > high.policy
expect 0 '' check --policy high.policy good.cdl

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
sed 's/0x3f8\.\./0x3f9../' machine.cdl > other.cdl
expect 0 '' check -m 0 --policy machine.policy other.cdl
sed 's/^  cd { 1: com1 }/  cd { 1: com1 } ck { 1: com1 }/' machine.cdl > other.cdl
expect 1 'error: keys can use .*which the policy does not allow' check -m 0 --policy machine.policy other.cdl
sed 's/^  cd { 1: com1 }/  cd { 1: com1 2: nic }/' machine.cdl > other.cdl
expect 1 'error: driver controls nic .*which the policy does not allow' check -m 0 --policy machine.policy other.cdl
exit $failed
