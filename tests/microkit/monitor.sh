#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# monitor.sh CAPDL PROGRAMS: the monitor says which domain had a fault, where and with which registers; others go on, among them one that
# was linked to have its IPC buffer at a place of its own.
set -eu
capdl=$(realpath "$1") programs=$(realpath "$2")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0
for arch in aarch64 riscv64 x86_64; do
    [ -d "$programs/$arch" ] || continue
    case $arch in
    aarch64) counter=pc ;;
    riscv64) counter=pc ;;
    x86_64) counter=rip ;;
    esac
    "$capdl" compile crash.system --kernel $arch-mcs -I "$programs/$arch" -o "$work/image.elf"
    "$capdl" run "$work/image.elf" --timeout 60 >"$work/console" 2>"$work/why"
    while IFS= read -r line; do
        grep -qE "^$line" "$work/console" || { echo "$arch: no line '$line'"; status=1; }
    done <<END
MON\|INFO: Microkit Monitor started!\$
<crashes> up\$
MON\|ERROR: received message 0x0000000[56]  badge: 0x0000000000000002  tcb cap: 0x000000000000000b\$
MON\|ERROR: faulting PD: crashes\$
$counter : 0x0000000000200[0-9a-f]{3}\$
MON\|ERROR: VMFault: ip=0x0000000000200[0-9a-f]{3}  fault_addr=0x0000000000000010  fsr=
<fine> up\$
has its buffer\$
END
    [ $status -eq 0 ] || cat "$work/console" "$work/why"
done

# system COUNT: so many domains, of which the 71st has a fault
system() {
    echo '<system>'
    for i in $(seq 0 $(($1 - 1))); do
        program=plain
        [ "$i" -ne 70 ] || program=crash
        echo "<protection_domain name='pd$i'><program_image path='$program.elf'/></protection_domain>"
    done
    echo '</system>'
}

# More domains than Microkit's monitor has slots for.
if [ -d "$programs/aarch64" ]; then
    system 80 >"$work/many.system"
    "$capdl" compile "$work/many.system" --kernel aarch64-mcs -I "$programs/aarch64" -o "$work/image.elf"
    "$capdl" run "$work/image.elf" --timeout 60 >"$work/console" 2>"$work/why"
    [ "$(grep -c '> up$' "$work/console")" -eq 80 ] || { echo "not all of 80 domains run"; status=1; }
    grep -q '^MON|ERROR: faulting PD: pd70$' "$work/console" || { echo "of 80 domains the faulting one is not named"; status=1; }
    # 16 slots and three for each domain: 512 hold them up to the 165th.
    for count in 165 166; do
        system $count >"$work/many.system"
        "$capdl" compile "$work/many.system" --kernel aarch64-mcs -I "$programs/aarch64" -o "$work/image.elf"
        "$capdl" show "$work/image.elf" >"$work/spec"
        bits=$((count < 166 ? 9 : 10))
        grep -q "^ *cnode_monitor = cnode ($bits bits)" "$work/spec" || { echo "$count domains: not $bits bits"; status=1; }
    done
fi
exit $status
