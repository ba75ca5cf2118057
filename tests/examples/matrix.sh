#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Boots examples on real kernels and on the emulated machine, and compares what their protection domains print: each example on
# each install prefix in $SEL4_PREFIXES it fits, its programs built with the numbers of just that kernel. MATRIX=all boots every
# combination, otherwise kernels stand for others that differ in nothing the example shows. TABLE=FILE collects a line for each
# combination: kernel, example, how it ended. Without SEL4_PREFIXES, or when nothing fits, the test counts as skipped.
# usage: matrix.sh CAPDL EXAMPLES ARCH EXAMPLE...  COMPILER FLAG... in $COMPILE
set -eu
capdl=$1 examples=$2 arch=$3
shift 3
[ -n "${SEL4_PREFIXES:-}" ] || exit 77

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0 booted=0

# Whether the header of the kernel at hand says so.
has() {
    grep -q "^#define SEL4_$1\$" "$work/kernel.h"
}

number() {
    sed -n "s/^#define SEL4_$1 //p" "$work/kernel.h"
}

# The kernels that differ most, when not all are wanted.
chosen() {
    [ "${MATRIX:-}" != all ] || return 0
    case $1:$(basename "$2") in
    cores:*-smp4-* | domains:*-domains-* | guest:aarch64-mcs-debug) ;;
    serial:aarch64-mcs-debug | serial:bcm2837-* | serial:riscv64-debug | serial:x86_64-mcs-release) ;;
    timer:aarch64-debug | timer:bcm2837-* | timer:riscv64-mcs-debug | timer:x86_64-debug) ;;
    hello:*-12 | ping-pong:v1[345]-*-mcs-* | shared-memory:*-pa44-debug | shared-memory:*-el1-debug) ;;
    dynamic:aarch64-debug | dynamic:v13-aarch64-mcs-debug | dynamic:aarch64-el1-debug | dynamic:*-12) ;;
    dynamic:riscv64-debug | dynamic:riscv64-mcs-debug | dynamic:x86_64-debug | dynamic:x86_64-mcs-debug) ;;
    replace:aarch64-debug | replace:aarch64-smp4-mcs-debug | replace:v13-aarch64-mcs-debug | replace:v14-riscv64-debug) ;;
    replace:riscv64-mcs-debug | replace:x86_64-debug | replace:x86_64-mcs-debug | replace:aarch64-el1-debug) ;;
    microkit:aarch64-mcs-debug | microkit:v13-aarch64-mcs-debug | microkit:riscv64-mcs-debug | microkit:x86_64-mcs-debug) ;;
    supervisor:aarch64-debug | supervisor:riscv64-debug | supervisor:x86_64-mcs-debug) ;;
    *) return 1 ;;
    esac
}

# An example's spec and programs for the kernel at hand; nothing if it does not fit.
parts() {
    case $1 in
    hello) echo hello.cdl hello ;;
    ping-pong) echo ping-pong.cdl ping pong ;;
    shared-memory) echo shared-memory.cdl producer consumer watcher ;;
    supervisor) echo supervisor.cdl supervisor child ;;
    replace)
        [ "$arch" = riscv64 ] && spec=replace-riscv64.cdl || spec=replace.cdl
        echo $spec manager witness first second third large
        ;;
    dynamic) if has 'MCS 0'; then echo dynamic.cdl dynamic witness; else echo dynamic-mcs.cdl dynamic witness; fi ;;
    serial) echo "serial-$(number PLATFORM | tr -d '"').cdl" driver reader ;;
    timer) echo "timer-$(number PLATFORM | tr -d '"').cdl" driver sleeper ;;
    cores) [ "$(number MAX_NODES)" -lt 4 ] || echo cores.cdl teller ;;
    microkit) has 'MCS 0' || echo microkit.system client server logger parent child ;;
    guest) [ "$arch" != aarch64 ] || ! has 'HYPERVISOR 1' || echo guest.cdl vmm guest ;;
    domains)
        [ "$(number NUM_DOMAINS)" -gt 2 ] || return 0
        echo domains.cdl turns
        ;;
    esac
}

# Only what talks through the UART itself is heard on a kernel without console. QEMU has not every platform and is no PC with VT-x
# or PCIDs; our programs do not enter the kernel by SYSENTER. A kernel before 15 has no schedule that could be set.
fits() {
    has "ARCH_$(echo "$arch" | tr a-z A-Z) 1" || return 1
    has 'PRINTING 1' || [ "$1" = serial ] || return 1
    ! has 'SYSENTER 1' || return 1
    case $(number PLATFORM) in '"qemu-'* | '"pc99"' | '"bcm2837"') ;; *) return 1 ;; esac
    [ "$arch" != x86_64 ] ||
        { has 'HYPERVISOR 0' && ! grep -q '"SUPPORT_PCID": true' "$prefix/libsel4/include/kernel/gen_config.json"; }
}

compile() {
    directory=$1 prefix=$2 spec=$3
    shift 3
    for program in "$@"; do
        # shellcheck disable=SC2086
        $COMPILE -I "$examples/libpd" -include "$work/kernel.h" -o "$work/$program.elf" "$examples/libpd/crt0.S" \
            "$examples/libpd/pd.c" "$directory/$program.c" || return 1
    done
    "$capdl" compile "$directory/$spec" --kernel "$prefix" -I "$work" -o "$work/image.elf" --no-check x86-exec
}

# What the protection domains print comes after what the kernel prints as it boots.
boot_real() {
    input=/dev/null
    [ ! -e "$1/input.txt" ] || input=$1/input.txt
    "$capdl" run "$work/image.elf" --kernel "$2" --timeout 100 --until "$(tail -n 1 "$1/expected.txt")" < "$input" \
        > "$work/console" 2> "$work/trouble" || return 1
    first=$(head -n 1 "$1/expected.txt")
    tr -d '\r' < "$work/console" | grep -a -A 1000 -F -x -e "$first" | diff -u "$1/expected.txt" -
}

# The emulated machine has no devices, no second core and no virtual machines; cores.cdl shows its threads one after the other.
boot_emulated() {
    case $1 in */serial | */timer | */guest) return 0 ;; esac
    has 'PRINTING 1' || return 0
    "$capdl" run "$work/image.elf" --timeout 100 > "$work/console" 2> "$work/trouble" || return 1
    grep -v '^capdl: booted' "$work/console" | diff -u "$1/expected.txt" -
}

# Four threads of different priorities come to an end only where they really run at the same time.
boot_apart() {
    [ "$1" = "$examples/cores" ] || return 0
    "$capdl" compile "$1/apart.cdl" --kernel "$2" -I "$work" -o "$work/image.elf" --no-check x86-exec && boot_real "$1" "$2"
}

note() {
    echo "$1 $2 $3"
    [ -z "${TABLE:-}" ] || echo "$1 $2 $3" >> "$TABLE"
}

try() {
    example=$1 prefix=$2
    parts=$(parts "$example")
    # shellcheck disable=SC2086
    [ -n "$parts" ] && [ -e "$examples/$example/${parts%% *}" ] || return 0
    booted=$((booted + 1))
    : > "$work/trouble"
    # shellcheck disable=SC2086
    if compile "$examples/$example" "$prefix" $parts 2> "$work/refused" && boot_emulated "$examples/$example" &&
        boot_real "$examples/$example" "$prefix" && boot_apart "$examples/$example" "$prefix"; then
        note "$(basename "$prefix")" "$example" booted
    else
        note "$(basename "$prefix")" "$example" FAILED
        cat "$work/refused" "$work/trouble"
        failed=1
    fi
}

for prefix in "$SEL4_PREFIXES"/*/; do
    prefix=${prefix%/}
    "$capdl" profile "$prefix" --header > "$work/kernel.h" 2> "$work/trouble" || continue
    for example in "$@"; do
        ! fits "$example" || ! chosen "$example" "$prefix" || try "$example" "$prefix"
    done
done
[ "$booted" -gt 0 ] || exit 77
exit $failed
