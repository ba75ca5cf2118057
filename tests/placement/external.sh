#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# external.sh CAPDL KERNEL EXAMPLE PROGRAMS: a program of the example ping-pong in a file of its own, which QEMU loads as another boot
# loader would: it runs, and one byte more or less stops boot. Needs the prefix KERNEL-debug below SEL4_PREFIXES.
set -eu
capdl=$1 kernel=$2 example=$3 programs=$4
prefix=${SEL4_PREFIXES:-}/$kernel-debug
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] || exit 77
case $kernel in
aarch64*) ping=0x48000000 pong=0x48400000 reserve=0x48000000+16M qemu='qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a53' ;;
*) ping=0x80100000 pong=0x80140000 reserve=0x80100000+1M qemu='qemu-system-riscv64 -machine virt -bios default' ;;
esac
command -v "${qemu%% *}" >/dev/null || exit 77
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}
boot() { # TEXT FILE...: until the console shows the text
    text=$1 devices=
    shift
    for file in "$@"; do
        devices="$devices -device loader,file=$file,force-raw=on,addr="
        case $file in *ping*) devices=$devices$ping ;; *) devices=$devices$pong ;; esac
    done
    # shellcheck disable=SC2086
    $qemu -m 3G -display none -monitor none -serial stdio -kernel "$work/boot" $devices </dev/null >"$work/console" 2>&1 &
    machine=$!
    for _ in $(seq 300); do
        ! grep -a -q "$text" "$work/console" || break
        sleep 0.1
    done
    kill "$machine"
    wait "$machine" 2>/dev/null || true
    grep -a -q "$text" "$work/console" || fail "$(cat "$work/console")"
}
refused() { # EXPECTED OPTION...
    expected=$1
    shift
    if "$capdl" image "$work/image.elf" --kernel "$prefix" -o "$work/none" "$@" 2>"$work/said"; then fail "not refused: $*"; fi
    grep -q "$expected" "$work/said" || fail "$(cat "$work/said")"
    [ ! -e "$work/none" ] || fail "a file was left: $*"
}

sed "s/\"ping.elf\"/&, paddr: $ping/; s/\"pong.elf\"/&, room: 128k, paddr: $pong/" "$example/ping-pong.cdl" >"$work/system.cdl"
"$capdl" compile "$work/system.cdl" -I "$programs" --kernel "$prefix" --reserve $reserve -o "$work/image.elf" 2>/dev/null
"$capdl" image "$work/image.elf" --kernel "$prefix" -o "$work/plain" 2>/dev/null
"$capdl" image "$work/image.elf" --kernel "$prefix" -o "$work/boot" --external pong --external ping 2>"$work/said"
grep -q "load $work/boot.ping.bin at $ping before" "$work/said" || fail "$(cat "$work/said")"
grep -q "load $work/boot.pong.bin at $pong before" "$work/said" || fail "$(cat "$work/said")"
[ "$(wc -c <"$work/boot.pong.bin")" = 131072 ] || fail "not the whole room"
# What is in the file is the program, as far as it has bytes.
grep -a -q 'word$' "$work/boot.ping.bin" || grep -a -q 'ping: ' "$work/boot.ping.bin" || fail "no text of ping"
! grep -a -q 'ping: got' "$work/boot" || fail "ping is in the boot file, too"
grep -a -q 'ping: got' "$work/plain" || fail "ping is not in the plain one"

boot '^ping: done' "$work/boot.ping.bin" "$work/boot.pong.bin"
cp "$work/boot.ping.bin" "$work/changed-ping"
printf 'x' | dd of="$work/changed-ping" bs=1 seek=100 conv=notrunc 2>/dev/null
boot "loader: error: ping: the [0-9]* bytes at $ping are not those that the image was made with" "$work/changed-ping" "$work/boot.pong.bin"
! grep -a -q 'entering the kernel' "$work/console" || fail "the kernel was entered"
boot 'loader: error: pong: the 131072 bytes at' "$work/boot.ping.bin"

# The spec can say it: the same files.
sed 's/paddr: /external: True, &/' "$work/system.cdl" >"$work/told.cdl"
"$capdl" compile "$work/told.cdl" -I "$programs" --kernel "$prefix" --reserve $reserve -o "$work/told.elf" 2>/dev/null
for option in '' '--external pong'; do
    # shellcheck disable=SC2086
    "$capdl" image "$work/told.elf" --kernel "$prefix" -o "$work/told" $option 2>"$work/said" || fail "$(cat "$work/said")"
    cmp "$work/told.ping.bin" "$work/boot.ping.bin" && cmp "$work/told.pong.bin" "$work/boot.pong.bin" || fail "other files"
    rm "$work/told" "$work"/told.*.bin
done
"$capdl" update "$work/told.elf" pong="$programs/ping.elf" -o "$work/updated.elf" 2>"$work/said" || fail "$(cat "$work/said")"
"$capdl" image "$work/updated.elf" --kernel "$prefix" -o "$work/told" 2>"$work/said" || fail "$(cat "$work/said")"
[ -e "$work/told.pong.bin" ] && ! cmp -s "$work/told.pong.bin" "$work/boot.pong.bin" || fail "the update is not in the file"
if "$capdl" compile "$work/told.cdl" -I "$programs" --kernel "$prefix" --reserve $reserve --strip -o "$work/none" 2>"$work/said"; then
    fail "stripped"
fi
grep -q "'ping' is external: an image without names" "$work/said" || fail "$(cat "$work/said")"

# Another domain's name that looks like a number of this one's: its frames are not this one's.
sed "s/pong/ping_1/g; s/\"ping_1.elf\"/\"pong.elf\", room: 128k/; s/\"ping.elf\"/&, paddr: $ping/" "$example/ping-pong.cdl" >"$work/twin.cdl"
"$capdl" compile "$work/twin.cdl" -I "$programs" --kernel "$prefix" --reserve $reserve -o "$work/twin.elf" 2>/dev/null
"$capdl" image "$work/twin.elf" --kernel "$prefix" -o "$work/twin" --external ping 2>"$work/said" || fail "$(cat "$work/said")"
cmp "$work/twin.ping.bin" "$work/boot.ping.bin" || fail "not ping's program alone"

refused "has no protection domain of this name" --external nobody
refused "are the same memory" --external ping --external ping
"$capdl" compile "$example/ping-pong.cdl" -I "$programs" --kernel "$prefix" -o "$work/image.elf" 2>/dev/null
refused "its program is not in reserved memory" --external ping
