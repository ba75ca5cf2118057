#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Device trees, read as the Devicetree Specification has them: trees.sh CAPDL PAGES DIRECTORY
# For each tree here, and each .dts and .dtb in $DEVICETREES and support/kernel.dtb in $SEL4_PREFIXES: a spec with all pages and
# interrupts of all devices, which PAGES finds by itself, gets no warning but of pages that two devices share. Prints the counts.
# Exit status 77 (skipped) where there is no dtc.
capdl=$(realpath "$1") pages=$(realpath "$2") || exit 2
cd "$3" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
command -v dtc >/dev/null || exit 77
failed=0 trees=0 numbers=0 false=0

fail() {
    echo "$1" >&2
    failed=1
}

# count TREE NAME: what is said of a spec with everything in it
count() {
    "$pages" "$1" >"$work/all.cdl" || { fail "$2: no spec"; return; }
    "$capdl" check --max-errors 0 --dtb "$1" "$work/all.cdl" >"$work/out" 2>&1
    grep ': warning: .*\[device-tree\]' "$work/out" >"$work/said"
    grep '^error: ' "$work/out" && fail "$2: refused"
    grep -v "frame 'shared_" "$work/said" >"$work/false"
    [ "$(grep -c 'covers two devices' "$work/said")" -eq "$(grep -c '^  shared_' "$work/all.cdl")" ] || fail "$2: pages that two devices share"
    [ ! -s "$work/false" ] || { cat "$work/false"; fail "$2: false warnings"; }
    trees=$((trees + 1)) false=$((false + $(wc -l <"$work/false")))
    numbers=$((numbers + $(grep -c 'paddr:\|: irq_' "$work/all.cdl")))
}

for dts in *.dts; do
    name=${dts%.dts}
    dtc -@ -q -O dtb -o "$work/$name.dtb" "$dts" || fail "$dts: dtc failed"
    "$capdl" profile --devices --dtb "$work/$name.dtb" >"$work/devices" || fail "$name: --devices failed"
    diff -u "$name.devices" "$work/devices" || fail "$name: not the devices expected"
    if [ -f "$name.cdl" ]; then
        "$capdl" check --max-errors 0 --dtb "$work/$name.dtb" "$name.cdl" 2>&1 | grep -A3 '\[device-tree\]' | grep ': warning: .*\[device-tree\]\|: note: ' >"$work/err"
        diff -u "$name.err" "$work/err" || fail "$name: not the warnings expected"
    fi
    [ "$name" = strange ] || count "$work/$name.dtb" "$name"
done

# Registers in mappings.
"$capdl" check --dtb "$work/gic.dtb" --no-check unused mapped.cdl >"$work/out" 2>&1
for said in "12:19: warning: frame 'cached' .* registers of /soc/bus@30800000/serial@30860000 .* mapped cached" \
    "12:35: warning: frame 'executable' .* /soc/bus@30800000/other@30861800 .* mapped executable"; do
    grep -q "mapped.cdl:$said" "$work/out" || { cat "$work/out"; fail "mapped.cdl: nothing says $said"; }
done
[ "$(grep -c "\[device-cached\]" "$work/out")" -eq 2 ] || { cat "$work/out"; fail 'mapped.cdl: expected two warnings'; }

# Memory that is a device to the kernel may be cached, and so may what belongs to a device that is not in use.
cat >"$work/storage.dts" <<'END'
/dts-v1/;
/ {
    #address-cells = <1>;
    #size-cells = <1>;
    cpu { device_type = "cpu"; compatible = "arm,cortex-a72"; };
    flash@8000000 { compatible = "acme,nor", "cfi-flash"; reg = <0x8000000 0x1000>; };
    sram@8001000 {
        compatible = "mmio-sram";
        reg = <0x8001000 0x1000>;
        #address-cells = <1>;
        #size-cells = <1>;
        ranges = <0 0x8001000 0x1000>;
        part@0 { reg = <0 0x1000>; };
    };
    ram@8002000 { compatible = "mtd-ram"; reg = <0x8002000 0x1000>; };
    rom@8003000 { compatible = "mtd-rom"; reg = <0x8003000 0x1000>; };
    tightly@8004000 { compatible = "acme,tcm-sram"; reg = <0x8004000 0x1000>; };
    spi@8005000 { compatible = "acme,cfi-flash"; reg = <0x8005000 0x1000>; };
    bus@8006000 {
        status = "disabled";
        reg = <0x8006000 0x1000>;
        #address-cells = <1>;
        #size-cells = <1>;
        ranges;
        off@8006000 { reg = <0x8006000 0x1000>; };
    };
};
END
dtc -q -O dtb -o "$work/storage.dtb" "$work/storage.dts" || fail 'storage.dts: dtc failed'
{
    echo 'arch aarch64 objects { t = pt'
    for i in 0 1 2 3 4 5 6; do echo "f$i = frame (4k, paddr: 0x800${i}000)"; done
    echo '} caps { t {'
    for i in 0 1 2 3 4 5 6; do echo "$i: f$i (RWX)"; done
    echo '} }'
} >"$work/storage.cdl"
"$capdl" check --dtb "$work/storage.dtb" "$work/storage.cdl" >"$work/out" 2>&1
grep 'device-cached' "$work/out" | grep -o "frame '.*" >"$work/said"
echo "frame 'f5' at 0x8005000 holds registers of /spi@8005000 in the device tree, but is mapped cached: writes may not reach the device" \
    "(write uncached) [device-cached]" | diff - "$work/said" || fail 'storage: not what was expected'
for node in /bus@8006000 /bus@8006000/off@8006000; do
    "$capdl" profile --device $node --json --dtb "$work/storage.dtb" | grep -q '"status": "disabled"' || fail "$node is not in use"
done

# Of one device, by all its names; as JSON.
for name in console uart '&uart' /soc/bus@30800000/serial@30860000 /soc/bus/serial; do
    "$capdl" profile --device "$name" --dtb "$work/gic.dtb" >"$work/one" || fail "--device $name"
    sed -n '/serial@30860000/,/interrupt/p' gic.devices | diff -u - "$work/one" || fail "--device $name"
done
for name in loop /soc/none consol ''; do
    ! "$capdl" profile --device "$name" --dtb "$work/gic.dtb" >"$work/one" 2>"$work/err" || [ -z "$name" ] || fail "--device $name: found"
done
"$capdl" profile --device uart --json --dtb "$work/gic.dtb" >"$work/one"
diff -u gic.json "$work/one" || fail '--json: not what was expected'
# The word of the tree itself, or, of a node in one that is not in use, "disabled".
"$capdl" profile --device /soc/bus@30800000/broken@30862c00 --json --dtb "$work/gic.dtb" | grep -q '"status": "fail-sss"' || fail 'not its status'

# Trees of other boards.
refused() {
    expected=$1
    shift
    ! "$@" >"$work/out" 2>&1 || fail "$*: not refused"
    grep -q "$expected" "$work/out" || { cat "$work/out"; fail "$*: does not say '$expected'"; }
}
echo '/dts-v1/; / { compatible = "none"; #address-cells = <1>; #size-cells = <1>; };' | dtc -q -o "$work/none.dtb"
while IFS=: read -r arch tree words; do
    echo "arch $arch objects { f = frame (4k) }" >"$work/other.cdl"
    refused "is of a$words, which cannot run $arch systems" "$capdl" check --dtb "$work/$tree.dtb" "$work/other.cdl"
done <<'BOARDS'
aarch64:plic: RISC-V board with 64-bit cores
riscv:gic:n Arm board with 64-bit cores
x86_64:gic:n Arm board with 64-bit cores
x86_64:none: board
BOARDS
echo 'arch aarch64 objects { f = frame (4k) }' >"$work/other.cdl"
refused 'for another board' "$capdl" check --kernel aarch64-mcs --dtb "$work/gic.dtb" "$work/other.cdl"
refused 'has no device tree' "$capdl" profile --devices aarch64-mcs
refused 'not a device tree, or is damaged' "$capdl" profile --devices --dtb gic.dts

# Real boards, where their trees are at hand.
for tree in ${DEVICETREES:+"$DEVICETREES"/*.dts "$DEVICETREES"/*.dtb} ${SEL4_PREFIXES:+"$SEL4_PREFIXES"/*/support/kernel.dtb}; do
    [ -f "$tree" ] || continue
    case $tree in
    *.dts) dtc -q -O dtb -o "$work/real.dtb" "$tree" || continue ;;
    *) cp "$tree" "$work/real.dtb" ;;
    esac
    "$capdl" check --dtb "$work/real.dtb" "$work/other.cdl" 2>&1 | grep -q 'with 32-bit cores' && continue
    count "$work/real.dtb" "$tree"
done
if [ -n "${SEL4_PREFIXES:-}" ]; then
    for prefix in "$SEL4_PREFIXES"/*/; do
        [ -f "$prefix/support/kernel.dtb" ] || continue
        refused 'for another board\|cannot run' "$capdl" profile --devices "$prefix" --dtb "$work/gic.dtb"
        "$capdl" profile --devices "$prefix" >"$work/listed" || fail "$prefix: no devices"
        # The same kernel as a Microkit SDK has it: without its tree.
        rm -rf "$work/sdk"
        mkdir -p "$work/sdk/elf"
        ln -s "$prefix/libsel4/include" "$work/sdk/include"
        ln -s "$prefix/bin/kernel.elf" "$work/sdk/elf/sel4.elf"
        ln -s "$prefix/support/platform_gen.json" "$work/sdk/platform_gen.json"
        refused 'has no device tree: a Microkit SDK leaves it out; give the board.s with --dtb FILE' "$capdl" profile --devices "$work/sdk"
        "$capdl" profile --devices "$work/sdk" --dtb "$prefix/support/kernel.dtb" | diff "$work/listed" - || fail "$prefix: other devices"
    done
fi
echo "$trees trees, $numbers pages and interrupts of devices, $false false warnings"
exit $failed
