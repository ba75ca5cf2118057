#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# as_pd.sh CAPDL KERNEL PROGRAM EXPECTED: an initial task, unmodified, as a PD prints what it prints alone. The untypeds are
# others: lines with their sizes count without these.
set -eu
capdl=$1 kernel=$2 program=$3 expected=$4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$program" "$work/root.elf"
more=
case $kernel in x86_64*) more='7: io_port_control' ;; esac
case $kernel in *-mcs) more="$more 16: sched_control (core: 0)" ;; esac
cat > "$work/system.cdl" <<END
objects {
    root = pd ("root.elf", bootinfo: memory)
    memory = leftover (slots: 230, devices: 1)
}
caps { cnode_root { 4: irq_control  5: asid_control  11: domain  $more } }
END
"$capdl" compile "$work/system.cdl" --kernel "$kernel" -o "$work/image.elf"
"$capdl" verify "$work/image.elf" > "$work/said" 2>&1 || { cat "$work/said"; exit 1; }
"$capdl" run "$work/image.elf" --timeout 60 > "$work/console" 2> "$work/said" || { cat "$work/console" "$work/said"; exit 1; }
without_sizes() {
    sed 's/^\(retype memory\|device memory\|device untyped\): .*/\1/'
}
without_sizes < "$expected" > "$work/expected"
grep -v '^capdl: booted' "$work/console" | without_sizes | diff -u "$work/expected" -
