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
alike() { # IMAGE IMAGE: but for what says which text each was made from, 64 digits, and the seal
    [ "$(cmp -l "$1" "$2" | wc -l)" -le 96 ]
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
mkdir "$work/shown"
"$capdl" show "$work/all.elf" >"$work/shown/all.cdl"
grep -q '^  rest = leftover (slots: 12, devices: 1)$' "$work/shown/all.cdl" || fail "$(cat "$work/shown/all.cdl")"
"$capdl" compile "$work/shown/all.cdl" --kernel "$kernel" -o "$work/again.elf"
alike "$work/all.elf" "$work/again.elf" || fail 'the spec of the image makes another image'

# Several. 65 MiB less the 12 that one asks for: a fifth of 53 is 10.6, so 8; half of the other 45 is 22.5, so 16; one has the rest.
cat >"$work/several.cdl" <<END
arch $arch
objects {
    c = cnode (8 bits)  i[5] = frame (4k)
    rest = leftover (slots: 60)  other = leftover (slots: 60)  sized = leftover (slots: 3, size: 12M)
    uart = leftover (slots: 1, paddr: 0x9000000, size: 4k)  part = leftover (slots: 1, share: 20)
}
caps {
    c { 0: c  1: rest  64: other  130: sized  140: uart  150: part }
    rest { i[0] }  other { i[1] }  sized { i[2] }  uart { i[3] }  part { i[4] }
}
END
printf '0x70000000 26 0\n0x74000000 20 0\n0x9000000 12 1\n' >"$work/more"
"$capdl" compile "$work/several.cdl" --kernel "$kernel" --untypeds "$work/more" -o "$work/several.elf"
"$capdl" fit "$work/several.elf" --untypeds "$work/more" | sed -n '/^leftovers/,$p' >"$work/said"
sed -n 's/^  0x.* \([0-9]* .iB\)  \(untyped.*\)/\1 \2/p; s/^leftovers.*of c from/from/p' "$work/said" | grep -v '[0-9] KiB untyped$' > "$work/several"
diff -u "$work/several" - <<END || fail 'fit: not what was expected of several'
from slot 64 on
16 MiB untyped
8 MiB untyped
2 MiB untyped
1 MiB untyped
1 MiB untyped
from slot 150 on
8 MiB untyped
from slot 1 on
16 MiB untyped
from slot 130 on
4 MiB untyped
4 MiB untyped
4 MiB untyped
from slot 140 on
4 KiB untyped, device memory
END
"$capdl" verify "$work/several.elf" --untypeds "$work/more" >"$work/said" 2>&1 || fail "$(cat "$work/said")"
grep -q 'handed over: 17 untypeds with .* and 4096 bytes of device memory, 2 pages of the image' "$work/said" || fail "$(cat "$work/said")"
"$capdl" show "$work/several.elf" >"$work/shown/several.cdl"
for line in 'other = leftover (slots: 60)' 'part = leftover (slots: 1, share: 20)' 'rest = leftover (slots: 60)' \
    'sized = leftover (slots: 3, size: 12M)' 'uart = leftover (slots: 1, size: 4k, paddr: 0x9000000)'; do
    grep -qxF "  $line" "$work/shown/several.cdl" || fail "$line: $(cat "$work/shown/several.cdl")"
done
"$capdl" compile "$work/shown/several.cdl" --kernel "$kernel" --untypeds "$work/more" -o "$work/again.elf"
alike "$work/several.elf" "$work/again.elf" || fail 'the spec of the image with several makes another image'

# What is not there is refused by name, when it is known, and by the initialiser, when the machine has less.
sed 's/size: 12M/size: 96M/' "$work/several.cdl" >"$work/large.cdl"
! "$capdl" compile "$work/large.cdl" --kernel "$kernel" --untypeds "$work/more" -o "$work/large.elf" 2>"$work/said" || fail 'compiled'
grep -q "leftovers 'sized' does not fit: " "$work/said" || fail "$(cat "$work/said")"
printf '0x70000000 23 0\n0x9000000 12 1\n' >"$work/little"
! "$capdl" fit "$work/several.elf" --untypeds "$work/little" >"$work/said" 2>&1 || fail 'fits'
grep -q "'rest' does not fit: " "$work/said" || fail "$(cat "$work/said")"
! "$capdl" run "$work/several.elf" --untypeds "$work/little" >"$work/said" 2>&1 || fail 'boots'
grep -q 'capdl: planning memory: rest: objects of 0x1000000 bytes and more lack' "$work/said" || fail "$(cat "$work/said")"

# A larger system: as many untypeds and bytes foretold as found.
"$capdl" fit "$image" --untypeds "$work/list" | sed -n '/^leftovers/,$p' >"$work/said"
foretold=$(grep -c untyped$ "$work/said")
"$capdl" verify "$image" --untypeds "$work/list" >"$work/found" 2>&1 || fail "$(cat "$work/found")"
grep -q "handed over: $((foretold + 1)) untypeds with .* and 4096 bytes of device memory, 2 pages" "$work/found" ||
    fail "$(cat "$work/said" "$work/found")"
