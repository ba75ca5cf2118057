#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# msi.sh CAPDL LIBPD SYSTEM: the system on real x86-64 kernels, whose QEMU has a device that sends messages as interrupts: the HPET, if it
# is told to. $CC_x86_64: compiler and flags.
set -eu
capdl=$1 libpd=$2 system=$3
[ -n "${SEL4_PREFIXES:-}" ] && [ -n "${CC_x86_64:-}" ] && command -v qemu-system-x86_64 >/dev/null || exit 77
work=$(mktemp -d)
qemu=
trap '[ -z "$qemu" ] || kill $qemu; rm -rf "$work"' EXIT
tried=0
for kernel in x86_64-mcs-debug x86_64-debug v13-x86_64-mcs-debug; do
    prefix=$SEL4_PREFIXES/$kernel
    [ -f "$prefix/bin/kernel.elf" ] || continue
    tried=$((tried + 1))
    "$capdl" profile "$prefix" --header >"$work/facts.h"
    $CC_x86_64 -include "$work/facts.h" -o "$work/driver.elf" "$libpd/crt0.S" "$libpd/pd.c" "$system/driver.c"
    "$capdl" compile "$system/system.cdl" -I "$work" --kernel "$prefix" --memory-map qemu:512M -o "$work/image"
    "$capdl" image "$work/image" --kernel "$prefix" -o "$work/boot"
    : >"$work/log"
    qemu-system-x86_64 -cpu Nehalem,+pdpe1gb,+xsave,+xsaveopt,+fsgsbase -m 512M -global hpet.msi=on -display none -monitor none -nic none \
        -serial "file:$work/log" -no-reboot -kernel "$work/boot" -initrd "$work/boot.module" </dev/null >/dev/null 2>&1 &
    qemu=$!
    # shellcheck disable=SC2034
    for tenth in $(seq 300); do
        grep -aq '^msi: complete' "$work/log" && break
        sleep 0.1
    done
    kill $qemu
    qemu=
    tr -d '\r' <"$work/log" | grep -a '^msi:' | diff "$system/expected.txt" - || { cat "$work/log"; exit 1; }
done
[ $tried -gt 0 ] || exit 77
