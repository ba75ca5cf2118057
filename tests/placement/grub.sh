#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# grub.sh FORECAST PROGRAM: what a kernel reports that GRUB has started, by multiboot 1 and 2, is what is forecast from QEMU's memory map
# and from the kernel's own log.
set -eu
forecast=$1 program=$2
prefix=${SEL4_PREFIXES:-}/x86_64-mcs-debug
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] || exit 77
command -v grub-mkrescue >/dev/null && command -v xorriso >/dev/null && command -v qemu-system-x86_64 >/dev/null || exit 77
work=$(mktemp -d)
qemu=
trap '[ -z "$qemu" ] || kill $qemu; rm -rf "$work"' EXIT

boot() { # ISO: its console, up to the list's end
    : >"$work/log"
    qemu-system-x86_64 -cpu Nehalem,+pdpe1gb,+xsave,+xsaveopt,+fsgsbase -m 5G -display none -monitor none -nic none -serial "file:$work/log" \
        -no-reboot -cdrom "$1" </dev/null >/dev/null 2>&1 &
    qemu=$!
    # shellcheck disable=SC2034
    for tenth in $(seq 600); do
        grep -aq '^END' "$work/log" && break
        sleep 0.1
    done
    kill $qemu
    qemu=
}

for version in '' 2; do
    mkdir -p "$work/tree/boot/grub"
    cp "$prefix/bin/kernel.elf" "$program" "$work/tree/boot"
    truncate -s 8M "$work/tree/boot/$(basename "$program")" # so that GRUB does not put it into a gap of the kernel
    printf 'set timeout=0\nmenuentry seL4 {\n multiboot%s /boot/kernel.elf\n module%s /boot/%s\n boot\n}\n' "$version" "$version" \
        "$(basename "$program")" >"$work/tree/boot/grub/grub.cfg"
    grub-mkrescue -o "$work/boot.iso" "$work/tree" >"$work/said" 2>&1 || { cat "$work/said"; exit 77; }
    boot "$work/boot.iso"
    tr -d '\r' <"$work/log" | sed -n 's/.*\(empty [0-9a-f]* [0-9a-f]*\)$/\1/;/^empty /,/^END/p' >"$work/reported"
    for map in qemu:5G "$work/log"; do
        "$forecast" "$prefix" "$program" "$map" | diff - "$work/reported" || { echo "multiboot$version, $map"; exit 1; }
    done
done
