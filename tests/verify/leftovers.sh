#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# leftovers.sh CAPDL KERNEL IMAGE: what `capdl fit` says will be left is what a boot hands over, counted by hand for a small system
# and compared for IMAGE; and an image says again who gets it.
set -eu
capdl=$1 kernel=$2 image=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}

# The 1 MiB has a frame, a CNode of 512 bytes and behind them pieces of 8 KiB to 512 KiB.
arch=$(echo "${kernel%-mcs}" | sed 's/riscv64/riscv/')
cat >"$work/small.cdl" <<END
arch $arch
objects { c = cnode (4 bits)  info = frame (4k)  rest = leftover (slots: 3) }
caps { c { 0: c  4: rest }  rest { info } }
END
printf '0x70000000 24 0\n0x71000000 20 0\n0x9000000 12 1\n' >"$work/list"
"$capdl" compile "$work/small.cdl" --kernel "$kernel" -o "$work/small.elf"
"$capdl" fit "$work/small.elf" --untypeds "$work/list" | sed -n '/^leftovers/,$p' >"$work/said"
diff -u - "$work/said" <<END || fail 'fit: not what was expected'
leftovers, to 3 slots of c from slot 4 on
  0x0070000000 .. 0x0071000000      16 MiB  untyped
  0x0071080000 .. 0x0071100000     512 KiB  untyped
  0x0071040000 .. 0x0071080000     256 KiB  untyped
  0 pages of the image; left out: 5 untypeds and 2 pages
END
"$capdl" verify "$work/small.elf" --untypeds "$work/list" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
grep -q 'handed over: 3 untypeds with 17563648 bytes of RAM and 0 bytes of device memory, 0 pages of the image' "$work/said" ||
    fail "$(cat "$work/said")"
"$capdl" verify "$work/small.elf" --untypeds "$work/list" --json | grep -q '"left_bytes": *17563648' || fail 'verify --json'

# All of it: eight pieces of RAM, the device, two pages.
sed 's/slots: 3/slots: 12, devices: 1/' "$work/small.cdl" >"$work/all.cdl"
"$capdl" compile "$work/all.cdl" --kernel "$kernel" -o "$work/all.elf"
"$capdl" verify "$work/all.elf" --untypeds "$work/list" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
grep -q 'handed over: 9 untypeds with 17817600 bytes of RAM and 4096 bytes of device memory, 2 pages of the image' "$work/said" ||
    fail "$(cat "$work/said")"

# The image says so again, and what it says makes the same image.
"$capdl" show "$work/all.elf" >"$work/again.cdl"
grep -q '^  rest = leftover (slots: 12, devices: 1)$' "$work/again.cdl" || fail "$(cat "$work/again.cdl")"
"$capdl" compile "$work/again.cdl" --kernel "$kernel" -o "$work/again.elf"
cmp "$work/all.elf" "$work/again.elf" || fail 'the spec of the image makes another image'

# A larger system: as many untypeds and bytes foretold as found.
"$capdl" fit "$image" --untypeds "$work/list" | sed -n '/^leftovers/,$p' >"$work/said"
foretold=$(grep -c untyped$ "$work/said")
"$capdl" verify "$image" --untypeds "$work/list" >"$work/found" 2>&1 || fail "$(cat "$work/found")"
grep -q "handed over: $((foretold + 1)) untypeds with .* and 4096 bytes of device memory, 2 pages" "$work/found" ||
    fail "$(cat "$work/said" "$work/found")"
