#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fit.sh CAPDL KERNEL IMAGE REAL: what `capdl fit` says before boot is what the boot then takes. REAL as in reserved.sh.
set -eu
capdl=$1 kernel=$2 image=$3 real=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}
refused() { # EXPECTED OBJECTS
    echo "arch ${kernel%-mcs} objects { $2 keeper = cnode (4 bits) } caps { keeper { 0: a  1: keeper } }" |
        sed 's/riscv64/riscv/' >"$work/spec.cdl"
    if "$capdl" compile "$work/spec.cdl" --kernel "$prefix" -o "$work/none" 2>"$work/said"; then fail "not refused: $2"; fi
    grep -q "$1" "$work/said" || fail "$(cat "$work/said"): expected '$1'"
    [ ! -e "$work/none" ] || fail "a file was left"
}
lacks() { # UNTYPED OBJECTS EXPECTED: at the end of the message, when this is all the RAM
    echo "$1" >"$work/list"
    echo "arch ${kernel%-mcs} objects { $2 c = cnode (4 bits) } caps { c { 0: c } }" | sed 's/riscv64/riscv/' >"$work/spec.cdl"
    if "$capdl" compile "$work/spec.cdl" --kernel "$kernel" --untypeds "$work/list" -o "$work/none" 2>"$work/said"; then
        fail "not refused: $2"
    fi
    grep -q "the RAM of kernel $kernel has$3\$" "$work/said" || fail "$(cat "$work/said"): expected '$3'"
}

if [ "$real" = no ]; then
    # A list of untypeds, for the emulated machine and for the plan.
    printf '# RAM, then a device\n0x70000000 24 0\n0x71000000 20 0\n0x9000000 12 1\n' >"$work/list"
    said=$("$capdl" fit "$image" --kernel "$kernel" --untypeds "$work/list")
    used=$(echo "$said" | sed -n 's/^ *\([0-9]* objects\) made by.*/\1/p')
    "$capdl" run "$image" --untypeds "$work/list" 2>/dev/null | grep -q "^capdl: booted: $used," || fail "$said"
    echo nonsense >"$work/list"
    if "$capdl" fit "$image" --kernel "$kernel" --untypeds "$work/list" 2>"$work/said"; then fail "nonsense was taken"; fi
    grep -q 'list:1: error: expected an untyped' "$work/said" || fail "$(cat "$work/said")"
    printf '0x70000000 12 0\n' >"$work/list"
    if "$capdl" fit "$image" --kernel "$kernel" --untypeds "$work/list" >/dev/null 2>"$work/said"; then fail "4 KiB were enough"; fi
    grep -q 'does not fit' "$work/said" || fail "$(cat "$work/said")"
    # Before the fixed object lie the CNodes, to 0x2200, and two untypeds of 4 KiB from 0x3000 on: a slot for each of the five.
    echo '0x70000000 24 0' >"$work/list"
    echo "arch ${kernel%-mcs} objects { a = ut (12 bits, paddr: 0x70005000)  c = cnode (8 bits)  d = cnode (4 bits) }
        caps { c { 0: a  1: d } }" | sed 's/riscv64/riscv/' >"$work/spec.cdl"
    "$capdl" compile "$work/spec.cdl" --kernel "$kernel" -o "$work/padded.elf" 2>/dev/null
    "$capdl" fit "$work/padded.elf" --untypeds "$work/list" >"$work/said"
    for line in '3 objects made by 4 calls of Retype, 2 untypeds as padding' '12.5 KiB of RAM used, from untypeds of 16 MiB, ' \
        '5 slots needed, '; do
        grep -q "^  $line" "$work/said" || fail "no line with $line: $(cat "$work/said")"
    done
    lacks '0x70002000 13 0' 'a = ut (14 bits)' '; 0x2000 bytes are then free, the largest range 0x2000'
    lacks '0x70002000 12 0' 'a = ut (12 bits, paddr: 0x70002000)' ''
    # 140000 endpoints, for which the root CNode is too small: CNodes of 2^17 bytes, one for 4096 slots: it takes 35, three more than there is room for.
    lacks '0x70000000 22 0' 'few[3] = ep  e[140000] = ep  last = ep' '.*'
    grep -q ":1:[0-9]*: error: the initialiser's CSpace for 140005 objects does not fit: objects of 0x20000 bytes and larger need 0x60000 " \
        "$work/said" && grep -A 1 'error: ' "$work/said" | grep -q ' e\[140000\] = ep' || fail "$(cat "$work/said")"
    if "$capdl" fit "$image" --kernel "$kernel" --untypeds "$work/missing" 2>"$work/said"; then fail 'a missing list was taken'; fi
    grep -q 'missing: error: cannot read the list of untypeds: No such file' "$work/said" || fail "$(cat "$work/said")"
    exit 0
fi
prefix=${SEL4_PREFIXES:-}/$kernel-debug
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] || exit 77
said=$("$capdl" fit "$image" --kernel "$prefix")
used=$(echo "$said" | sed -n 's/^ *\([0-9]* objects\) made by.*/\1/p')
bytes=$(echo "$said" | sed -n 's/.*which the kernel clears (\([0-9]*\) bytes)$/\1/p')
"$capdl" run "$image" --kernel "$prefix" --until 'memory touched' 2>/dev/null >"$work/boot" || true
grep -aq "^capdl: booted: $used, .* $bytes bytes of untyped memory touched" "$work/boot" || fail "$said; $(grep -a booted "$work/boot")"
kernel_at=$(echo "$said" | sed -n 's/^ *\(0x[0-9a-f]*\) .*  the kernel$/\1/p')
image_at=$(echo "$said" | sed -n 's/^ *\(0x[0-9a-f]*\) .*  the image$/\1/p')
refused "frame .a. cannot be at .*: of the 0x1000 bytes there, the kernel takes" "a = frame (4k, paddr: $kernel_at)"
refused "frame .a. cannot be at .*: of the 0x1000 bytes there, the image takes" "a = frame (4k, paddr: $image_at)"
refused "does not fit: objects of .* need .* more than the RAM of kernel [^;]* has; 0x[0-9a-f]* bytes are then free, the largest range 0x[0-9a-f]*; in the way: the kernel at" "a = ut (31 bits)"
