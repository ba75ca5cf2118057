#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# reserved.sh CAPDL KERNEL EXAMPLE PROGRAMS LIBPD REAL COMPILER...: programs of the example ping-pong in memory kept out of the
# kernel's map, run and replaced. REAL is yes for a real kernel: its prefix is then KERNEL-debug below SEL4_PREFIXES.
set -eu
capdl=$1 kernel=$2 example=$3 programs=$4 libpd=$5 real=$6
shift 6
profile=$kernel
if [ "$real" = yes ]; then
    profile=${SEL4_PREFIXES:-}/$kernel-debug
    [ -n "${SEL4_PREFIXES:-}" ] && [ -f "$profile/bin/kernel.elf" ] || exit 77
fi
case $kernel in
aarch64*) ping=0x48000000 pong=0x48400000 reserve=0x48000000+16M ;;
*) ping=0x80100000 pong=0x80140000 reserve=0x80100000+1M ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "$*" >&2
    exit 1
}
compile() { # SPEC PROGRAMS OUT [OPTION...]
    spec=$1 from=$2 out=$3
    shift 3
    "$capdl" compile "$spec" -I "$from" --kernel "$profile" -o "$out" "$@"
}
output() { # IMAGE
    if [ "$real" = yes ]; then
        "$capdl" run "$1" --kernel "$profile" --until 'ping: done' 2>/dev/null | tr -d '\r' | grep -a '^p[io]ng:'
    else
        "$capdl" run "$1" 2>/dev/null | grep '^p[io]ng:'
    fi
}

sed "s/\"ping.elf\"/&, paddr: $ping/; s/\"pong.elf\"/&, paddr: $pong/" "$example/ping-pong.cdl" >"$work/reserved.cdl"
compile "$work/reserved.cdl" "$programs" "$work/old" --reserve $reserve
output "$work/old" | diff "$example/expected.txt" -
"$capdl" verify "$work/old" >"$work/verified" || fail "$(cat "$work/verified")"
"$capdl" fit "$work/old" --kernel "$profile" | grep -q "reserved, filled by the loader" || fail "no reserved memory in the map"

# The same program changes nothing; another gives the very image its compilation gives, in reserved memory and in the image itself.
mkdir "$work/new"
cp "$programs/pong.elf" "$work/new"
sed 's/ping: got/ping: had/' "$example/ping.c" >"$work/ping.c"
"$@" -o "$work/new/ping.elf" "$libpd" "$work/ping.c"
"$capdl" update "$work/old" ping="$programs/ping.elf" -o "$work/same"
cmp "$work/old" "$work/same"
"$capdl" update "$work/old" ping="$work/new/ping.elf" -o "$work/updated"
compile "$work/reserved.cdl" "$work/new" "$work/fresh" --reserve $reserve
cmp "$work/fresh" "$work/updated"
sed 's/ping: got/ping: had/' "$example/expected.txt" >"$work/expected"
output "$work/updated" | diff "$work/expected" -
compile "$example/ping-pong.cdl" "$programs" "$work/plain"
"$capdl" update "$work/plain" ping="$work/new/ping.elf" -o "$work/plain-updated"
compile "$example/ping-pong.cdl" "$work/new" "$work/plain-fresh"
cmp "$work/plain-fresh" "$work/plain-updated"
output "$work/plain-updated" | diff "$work/expected" -
# With a room, a larger one, too: its pages are small, so that each can have other rights.
sed "s/\"ping.elf\"/&, room: 64k, paddr: $ping/; s/\"pong.elf\"/&, paddr: $pong/" "$example/ping-pong.cdl" >"$work/room.cdl"
compile "$work/room.cdl" "$programs" "$work/roomy" --reserve $reserve
(echo '__attribute__((used)) static const char text[20000] = "text";' && cat "$work/ping.c") >"$work/ping2.c"
mkdir "$work/larger"
cp "$programs/pong.elf" "$work/larger"
"$@" -o "$work/larger/ping.elf" "$libpd" "$work/ping2.c"
"$capdl" update "$work/roomy" ping="$work/larger/ping.elf" -o "$work/updated"
compile "$work/room.cdl" "$work/larger" "$work/fresh" --reserve $reserve
cmp "$work/fresh" "$work/updated"
output "$work/updated" | diff "$work/expected" -
[ "$real" = no ] || exit 0

# What does not fit is refused with the reason, and no file is left.
refused() { # EXPECTED ARGUMENT...
    expected=$1
    shift
    if "$capdl" "$@" 2>"$work/said"; then fail "not refused: $*"; fi
    grep -q "$expected" "$work/said" || fail "$(cat "$work/said"): expected '$expected'"
    [ ! -e "$work/none" ] || fail "a file was left: $*"
}
"$@" -Wl,-Ttext-segment=0x600000 -o "$work/moved.elf" "$libpd" "$work/ping.c"
refused "has a page at 0x600000, where the old program has none" update "$work/old" ping="$work/moved.elf" -o "$work/none"
refused "no protection domain 'pin' (did you mean 'ping'?)" update "$work/old" pin="$work/new/ping.elf" -o "$work/none"
refused "not the name of a protection domain" update "$work/old" "ping[=$work/new/ping.elf" -o "$work/none"
refused "expected NAME=ELF, such as ping=new.elf, not 'ping'" update "$work/old" ping -o "$work/none"
refused "" update "$work/old" ping="$work/reserved.cdl" -o "$work/none"
refused "RAM that kernel .* manages and clears" compile "$work/reserved.cdl" -I "$programs" --kernel "$profile" -o "$work/none" \
    --reserve 0xa0000000+1M
refused "neither RAM of kernel .* nor reserved" compile "$work/reserved.cdl" -I "$programs" --kernel "$profile" -o "$work/none"
refused "is only partly in the reserved memory\|not whole pages" compile "$work/reserved.cdl" -I "$programs" --kernel "$profile" \
    -o "$work/none" --reserve ${ping}+6k
