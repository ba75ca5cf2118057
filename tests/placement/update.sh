#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# update.sh CAPDL KERNEL EXAMPLE PROGRAMS LIBPD COMPILER...: other programs in the place of ping of the example ping-pong, in a built
# image. What fits gives the very image that compiling with it gives; else nothing is written, and the reason is said.
set -eu
capdl=$1 kernel=$2 example=$3 programs=$4 libpd=$5
shift 5
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}
build() { # OUT CODE [FLAG...]: ping with more in it, before its first function
    out=$1
    printf '%s\n' "$2" >"$work/ping.c"
    cat "$example/ping.c" >>"$work/ping.c"
    shift 2
    "$compiler" "$@" -o "$work/$out.elf" "$libpd" "$work/ping.c"
}
compile() { # PING OUT
    mkdir -p "$work/programs"
    cp "$programs/pong.elf" "$work/programs"
    cp "$work/$1.elf" "$work/programs/ping.elf"
    "$capdl" compile "$example/ping-pong.cdl" -I "$work/programs" --kernel "$kernel" -o "$work/$2" 2>"$work/said" || fail "$(cat "$work/said")"
}
fits() { # PING: in old
    "$capdl" update "$work/old" ping="$work/$1.elf" -o "$work/updated" || fail "refused: $1"
    compile "$1" fresh
    cmp "$work/fresh" "$work/updated" || fail "$1: not what compiling gives"
    "$capdl" run "$work/updated" 2>"$work/said" | grep -q '^ping: done' || fail "$1: $(cat "$work/said")"
}
refused() { # EXPECTED PING
    if "$capdl" update "$work/old" ping="$work/$2.elf" -o "$work/none" 2>"$work/said"; then fail "not refused: $2"; fi
    grep -q "error: .*old: '.*$2.elf' cannot replace the program of 'ping': .*$1" "$work/said" ||
        fail "$(cat "$work/said"): expected '$1'"
    [ ! -e "$work/none" ] || fail "a file was left: $2"
}
compiler=$1
shift
flags=$*

# The old one has room: a text page, a page of data, one of zeros.
data='volatile long data[64] = {1}; static volatile long zeros[1024]; __attribute__((used, constructor)) void touch(void) { zeros[700] = data[3]; }'
build old "$data" $flags
compile old old
"$capdl" show "$work/old" >"$work/spec"

# The entry point is another: a second start, before the first.
printf '%s\n' '.section .text.start, "ax"' '.global other' 'other:' '.rept 4' 'nop' '.endr' >"$work/other.S"
build entry "$data" "$work/other.S" $flags
[ "$(od -An -tx8 -j24 -N8 "$work/old.elf")" != "$(od -An -tx8 -j24 -N8 "$work/entry.elf")" ] || fail "the same entry point"
fits entry
# Larger, and smaller, in the same pages.
build grown "$data __attribute__((used)) static const char text[400] = \"text\";" $flags
fits grown
build less 'volatile long data[64] = {1}; static volatile long zeros[1024]; __attribute__((used)) void touch(void) { zeros[700] = 1; }' $flags
fits less
build data 'volatile long data[100] = {7, 7, 7}; static volatile long zeros[1000]; __attribute__((used)) void touch(void) { zeros[700] = data[3]; }' $flags
fits data
# The update changes ping's pages, its entry point and the seal: pong's program and everything else stay.
"$capdl" update "$work/old" ping="$work/entry.elf" -o "$work/updated"
"$capdl" show "$work/updated" | sed "s|/updated|/old|g" | diff "$work/spec" - >"$work/differences" || true
grep '^[<>]' "$work/differences" | grep -v 'ip: \|ping' >"$work/others" || true
[ ! -s "$work/others" ] || fail "$(cat "$work/others")"
# And back again.
"$capdl" update "$work/updated" ping="$work/old.elf" -o "$work/back"
cmp "$work/old" "$work/back" || fail "not the old one again"

# Over the old one's pages: code, data, zeros.
build code "$data __attribute__((used)) static const char text[9000] = \"text\";" $flags
refused "its page at 0x[0-9a-f]* has rights R, the old program's has RW; compile the spec again" code
build zeros 'volatile long data[64] = {1}; static volatile long zeros[9000]; __attribute__((used)) void touch(void) { zeros[8000] = 1; }' $flags
refused 'it has a page at 0x[0-9a-f]*, where the old program has none; compile the spec again' zeros
# Contents where the image has none.
build filled 'volatile long data[1000] = {[0] = 1, [999] = 1}; static volatile long zeros[64]; __attribute__((used)) void touch(void) { zeros[7] = data[3]; }' $flags
refused 'its page at 0x[0-9a-f]* has contents, but the image has none for that page, which was all zero' filled
# Other rights: everything in one segment.
build writable "$data" -Wl,-N $flags
refused "its page at 0x200000 has rights RWX, the old program's has R; compile the spec again" writable
# Memory of each thread's own is laid out by the compiler of specs.
build own "$data __thread volatile long own = 1; __attribute__((used)) void mine(void) { own++; }" $flags
refused 'thread-local data cannot be replaced; compile the spec again' own
# A room takes them all, and the result is what compiling gives; back again, it is the old image.
plain=$example
mkdir "$work/room"
sed 's/pd ("ping.elf"/&, room: 128k/' "$plain/ping-pong.cdl" >"$work/room/ping-pong.cdl"
grep -q 'room: 128k' "$work/room/ping-pong.cdl"
cp "$plain/ping.c" "$plain/expected.txt" "$work/room"
example=$work/room
build old "$data" $flags
compile old old
for program in entry less code zeros filled writable; do
    fits "$program"
    "$capdl" verify "$work/updated" >"$work/said" || fail "$program: $(cat "$work/said")"
    [ "$(wc -c <"$work/updated")" = "$(wc -c <"$work/old")" ] || fail "$program: a file of another size"
    "$capdl" diff "$work/old" "$work/updated" --json >"$work/said" || true
    ! grep -q '"subject": "pong"' "$work/said" || fail "$program: $(cat "$work/said")"
done
"$capdl" update "$work/updated" ping="$work/old.elf" -o "$work/back"
cmp "$work/old" "$work/back" || fail "not the old one again"
refused 'thread-local data cannot be replaced; compile the spec again' own
# Larger than the room: refused by name, by update and by compile.
build large "$data __attribute__((used)) static const char text[140000] = \"text\";" $flags
refused 'it takes [0-9]* bytes, from 0x200000 to 0x22[0-9a-f]*, but its room has 131072, from 0x200000 to 0x220000; enlarge .room. and compile the spec again' large
if (compile large none) 2>"$work/said"; then fail "compiled a program larger than its room"; fi
grep -q "error: program 'ping.elf' takes [0-9]* bytes, from 0x200000 to 0x22[0-9a-f]*, but the room of .ping. is 131072" "$work/said" ||
    fail "$(cat "$work/said")"
build low "$data" $flags -Wl,-Ttext-segment=0x100000
refused 'from 0x100000 to 0x1[0-9a-f]*, but its room has 131072, from 0x200000 to 0x220000; link it to start there' low
# An expanded spec keeps the pages; of an array of domains, none can have a room.
"$capdl" expand "$work/room/ping-pong.cdl" --kernel "$kernel" -I "$work/programs" >"$work/said" 2>&1 || true
sed 's/ping = pd/ping[2] = pd/; /cnode_ping {/,/}/d' "$work/room/ping-pong.cdl" >"$work/array.cdl"
if "$capdl" check "$work/array.cdl" -I "$work/programs" --kernel "$kernel" 2>"$work/said"; then fail "an array with a room"; fi
grep -q "'room' is for a single pd, but 'ping' is an array" "$work/said" || fail "$(cat "$work/said")"

# Names that no domain has.
for name in 'ping[]' 'ping[x]' 'ping[1x]' 'ping[1' 'ping[-1]' 'ping[4294967295]' '[1]'; do
    if "$capdl" update "$work/old" "$name=$work/old.elf" -o "$work/none" 2>"$work/said"; then fail "updated '$name'"; fi
    grep -qF "'$name' is not the name of a protection domain" "$work/said" || fail "$name: $(cat "$work/said")"
done
if "$capdl" update "$work/old" "ping[4294967294]=$work/old.elf" -o "$work/none" 2>"$work/said"; then fail 'updated no element'; fi
grep -qF "has no protection domain 'ping[4294967294]'" "$work/said" || fail "$(cat "$work/said")"

# Another processor's program, a truncated one, one for another start address.
head -c 1000 "$work/old.elf" >"$work/short.elf"
if "$capdl" update "$work/old" ping="$work/short.elf" -o "$work/none" 2>"$work/said"; then fail "a truncated program"; fi
grep -q 'error: ' "$work/said" && [ ! -e "$work/none" ] || fail "$(cat "$work/said")"
