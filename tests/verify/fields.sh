#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every field of a TCB reaches the kernel: for each row of tcbfields.def, an image of a thread that has the field other than by
# default shows it again, boots into a state that verify accepts, and that verify refuses for the spec without it.
# usage: fields.sh CAPDL INSTALL SOURCES
set -eu
capdl=$(realpath "$1") install=$(realpath "$2") table=$3/include/capdl/tcbfields.def
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

# A kernel without MCS, which takes fault endpoints as slots, with two cores and domains for threads to be in.
"$install" aarch64 kernel 2 2

spec() { # FIELD VALUE
    others=
    for other in 'addr: 0x1000' 'ip: 0x100' 'sp: 0x1800'; do
        [ "${other%%:*}" = "$1" ] || others="$others, $other"
    done
    cat <<END
arch aarch64
objects { t = tcb ($1: $2$others)  cs = cnode (4 bits)  vs = pud  pd = pd  l = pt  b = frame (4k)  c = frame (4k)  ep = ep }
caps {
  t { cspace: cs (guard: 0, guard_size: 60)  vspace: vs  ipc_buffer_slot: b (RW) }
  cs { 1: ep (RWG) }
  vs { 0: pd }  pd { 0: l }  l { 0: c (RX)  1: b (RW) }
}
END
}

fail() {
    echo "$*"
    cat out
    exit 1
}

spec addr 0x1000 > plain.cdl
sed -n 's/^CAPDL_TCB_FIELD([A-Z_]*, \([a-z_]*\), \([A-Z]*\), \([a-z0-9]*\),.*/\1 \2 \3/p' "$table" > fields
[ -s fields ] || fail 'no fields'
flags=
while read -r field type default; do
    case $field-$type-$default in
    addr-*) value=0x1400 ;; # not any number will do
    ip-*) value=260 ;;
    sp-*) value=0x1810 ;;
    *-BOOL-true) value=False ;;
    *-BOOL-false) value=True ;;
    *-LIST-*) value='[1]' ;;
    *) value=1 ;;
    esac
    [ $type != BOOL ] || flags="$flags${flags:+, }$field: $value"
    spec $field "$value" > with.cdl
    "$capdl" compile --kernel kernel with.cdl -o with.elf > out 2>&1 || fail "$field: not compiled"
    "$capdl" show with.elf > out
    grep -qF "$field: $value" out || fail "$field: the image does not show it"
    "$capdl" verify with.elf > out 2>&1 || fail "$field: the state is not what the image says"
    status=0
    "$capdl" verify with.elf --spec plain.cdl > out 2>&1 || status=$?
    [ $status = 1 ] && grep -q "^plain.cdl: TCB 't'" out || fail "$field: verify does not miss it in the spec without it"
done < fields

# Those that are on or off all at once: the kernel takes several as bits of one word.
spec "${flags%%:*}" "${flags#*: }" > with.cdl
"$capdl" compile --kernel kernel with.cdl -o with.elf > out 2>&1 || fail "$flags: not compiled"
"$capdl" show with.elf > out
grep -qF "$flags" out || fail "$flags: the image does not show them"
"$capdl" verify with.elf > out 2>&1 || fail "$flags: the state is not what the image says"
