#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# uboot.sh CAPDL ARCH: U-Boot starts what `capdl image` makes, by the command that each format is for. Needs a real kernel and Debian's
# u-boot-qemu. For Arm, that U-Boot (2023.01) never comes to its `go` and `bootelf`: it waits for its own serial port for ever.
set -eu
capdl=$1 arch=$2
kernel=$arch-mcs-debug load=0x90000000
prefix=${SEL4_PREFIXES:-}/$kernel
case $arch in
aarch64)
    firmware=/usr/lib/u-boot/qemu_arm64/u-boot.bin
    machine="qemu-system-aarch64 -machine virt,virtualization=on -cpu cortex-a53 -bios $firmware"
    formats='linux uimage'
    ;;
*)
    firmware=/usr/lib/u-boot/qemu-riscv64_smode/uboot.elf
    machine="qemu-system-riscv64 -machine virt -bios default -kernel $firmware"
    formats='linux uimage elf raw'
    ;;
esac
[ -n "${SEL4_PREFIXES:-}" ] && [ -f "$prefix/bin/kernel.elf" ] && [ -f "$firmware" ] && command -v "${machine%% *}" >/dev/null || exit 77
work=$(mktemp -d)
qemu=
trap '[ -z "$qemu" ] || kill $qemu; rm -rf "$work"' EXIT

wait_for() { # TEXT: on the console
    # shellcheck disable=SC2034
    for tenth in $(seq 600); do
        grep -aq "$1" "$work/log" && return
        sleep 0.1
    done
    tail "$work/log"
    exit 1
}
command_for() { # FORMAT
    case $1 in
    linux) echo "booti $load - \${fdtcontroladdr}" ;;
    uimage) echo "bootm $load - \${fdtcontroladdr}" ;;
    elf) echo "env set autostart yes; bootelf -p $load" ;;
    raw) echo "go $load" ;;
    esac
}

printf 'arch %s objects { k = cnode (4 bits) } caps { k { 1: k } }' "$arch" | sed 's/riscv64/riscv/' >"$work/spec.cdl"
"$capdl" compile "$work/spec.cdl" --kernel "$prefix" -o "$work/image"
mkfifo "$work/keys"
for format in $formats; do
    "$capdl" image "$work/image" --kernel "$prefix" --format "$format" -o "$work/boot"
    : >"$work/log"
    $machine -m 2G -display none -monitor none -nic none -serial stdio -device "loader,file=$work/boot,addr=$load,force-raw=on" \
        <"$work/keys" >"$work/log" 2>&1 &
    qemu=$!
    exec 3>"$work/keys"
    wait_for 'Hit any key'
    echo >&3
    wait_for '=> '
    command_for "$format" >&3
    wait_for 'capdl: booted: 1 objects'
    kill $qemu
    qemu=
    exec 3>&-
    echo "$format: $(command_for "$format")"
done
