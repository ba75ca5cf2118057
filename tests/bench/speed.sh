#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# speed.sh CAPDL STOPWATCH BARE EXAMPLES ARCH: how fast protection domains run on the emulated machine and on a kernel in QEMU, in one run,
# and how fast Unicorn executes the same alone. The kernel is the first in $SEL4_PREFIXES that fits, or the one named in $KERNEL; without
# kernels there are figures of the machine and Unicorn alone.
# COMPILER FLAG... in $COMPILE
set -eu
capdl=$1 stopwatch=$2 bare=$3 examples=$4 arch=$5
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

holds() {
    grep -q "^#define SEL4_$1\$" "$work/kernel.h"
}

# It must print, and QEMU must be able to be its platform.
fits() {
    "$capdl" profile "$1" --header > "$work/kernel.h" 2> /dev/null && holds "ARCH_$(echo "$arch" | tr a-z A-Z) 1" &&
        holds 'PRINTING 1' && holds 'MCS 1' && holds 'SMP 0' && holds 'NUM_DOMAINS 1' || return 1
    holds 'PLATFORM "qemu-.*"' || { holds 'PLATFORM "pc99"' && holds 'HYPERVISOR 0' && ! holds 'SYSENTER 1' &&
        ! grep -q '"SUPPORT_PCID": true' "$1/libsel4/include/kernel/gen_config.json"; }
}

choose() {
    for prefix in "${SEL4_PREFIXES:-/nowhere}"/${KERNEL:-*}; do
        if fits "$prefix"; then
            return
        fi
    done
    prefix=
}

choose
kernel=${prefix:-$arch-mcs}
"$capdl" profile "$kernel" --header > "$work/kernel.h"
# shellcheck disable=SC2086
$COMPILE -I "$examples/libpd" -include "$work/kernel.h" -o "$work/speed.elf" "$examples/libpd/crt0.S" "$examples/libpd/pd.c" "$here/speed.c"
"$capdl" compile "$here/speed.cdl" --kernel "$kernel" -I "$work" -o "$work/image.elf" --no-check x86-exec
"$stopwatch" "$capdl" run "$work/image.elf" --timeout 600 > "$work/machine" 2> "$work/trouble" || { cat "$work/trouble"; exit 1; }
rounds=$(sed -n 's/.*works = .*args: \[1, \([0-9]*\)\].*/\1/p' "$here/speed.cdl")
"$bare" "$arch" "$work/speed.elf" "$rounds" > "$work/unicorn"
if [ -n "$prefix" ]; then
    "$stopwatch" "$capdl" run "$work/image.elf" --kernel "$prefix" --timeout 600 > "$work/qemu" 2> "$work/trouble" ||
        { cat "$work/trouble"; exit 1; }
    echo "$arch: $(basename "$prefix") in $("qemu-system-$arch" --version | sed -n 's/^QEMU emulator version \([0-9.]*\).*/QEMU \1/p;q')"
else
    echo "$arch: no kernel in \$SEL4_PREFIXES, QEMU skipped"
    : > "$work/qemu"
fi
awk 'function rate() { return $2 / $3 * 1000 }
    function ratio(of, to) { return of && to ? sprintf("%.2f", of / to) : "-" }
    function figure(of) { return of ? sprintf("%.3f", of) : "-" }
    BEGIN {
        printf "%-12s %10s %10s %10s %10s %16s\n", "millions/s", "machine", "Unicorn", "QEMU", "machine/QEMU", "Unicorn/QEMU"
    }
    FILENAME == ARGV[1] { qemu[$1] = rate(); next }
    FILENAME == ARGV[2] { unicorn[$1] = rate(); next }
    {
        printf "%-12s %10s %10s %10s %10s %16s\n", $1, figure(rate()), figure(unicorn[$1]), figure(qemu[$1]),
            ratio(rate(), qemu[$1]), ratio(unicorn[$1], qemu[$1])
    }' "$work/qemu" "$work/unicorn" "$work/machine"
