#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints a row of Markdown for each install prefix in a directory: how far the example ping-pong gets with that kernel. The profile
# is read, the spec compiled, its fit shown, the image packed in the format that the platform's firmware usually takes, and booted where
# QEMU has the machine. With --check every row must be without a failure.
# usage: platforms.sh [--check] CAPDL EXAMPLES [DIRECTORY]     without DIRECTORY: $SEL4_PLATFORMS. $CC_aarch64, $CC_riscv64, $CC_x86_64: compiler and flags, where other than ours
set -eu
check=
[ "$1" != --check ] || { check=yes && shift; }
capdl=$1 examples=$2 directory=${3:-${SEL4_PLATFORMS:-/nonexistent}}
[ -d "$directory" ] || exit 77
common='-std=gnu17 -O2 -ffreestanding -fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables -nostdlib -static -no-pie
    -Wl,-Ttext-segment=0x200000 -Wl,-z,max-page-size=4096 -Wl,-z,separate-code -Wl,-z,noexecstack -Wl,-z,norelro -Wl,--build-id=none'
: "${CC_aarch64:=aarch64-linux-gnu-gcc -march=armv8-a -mgeneral-regs-only -mno-outline-atomics $common}"
: "${CC_riscv64:=riscv64-linux-gnu-gcc -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany $common}"
: "${CC_x86_64:=x86_64-linux-gnu-gcc -m64 -mgeneral-regs-only -fcf-protection=none $common}"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

number() {
    sed -n "s/^#define SEL4_$1 \"\{0,1\}\([^\"]*\)\"\{0,1\}\$/\1/p" "$work/kernel.h"
}

# As the kernel's own build tools choose it for the platform; what they write as plain binary, `booti` takes as a Linux Image.
format_of() {
    case $1 in
    rockpro64 | quartz64 | hikey) echo efi ;;
    hifive-p550 | tx2 | bananapi-f3 | star64) echo uimage ;;
    tx1 | odroidc2 | odroidc4 | imx8m*-evk | hifive | bcm2837 | tqma8xqp1gb | imx93 | bcm2711 | bcm2712 | rk3568 | rocketchip*) echo linux ;;
    pc99) echo iso ;;
    *) echo elf ;;
    esac
}

programs() {
    for program in ping pong; do
        # shellcheck disable=SC2086,SC2154
        $compile -I "$examples/libpd" -I "$examples/../include" -include "$work/kernel.h" -o "$work/$program.elf" \
            "$examples/libpd/crt0.S" "$examples/libpd/pd.c" "$examples/ping-pong/$program.c" || return 1
    done
}

# The last column, and whether it is a failure.
boot() { # PREFIX
    "$capdl" run "$work/image.elf" --kernel "$1" --timeout 60 --until 'ping: done' >"$work/console" 2>"$work/said" &&
        tr -d '\r' <"$work/console" | grep -a -A 1000 -F -x -e "$(head -n 1 "$examples/ping-pong/expected.txt")" |
        diff "$examples/ping-pong/expected.txt" - >"$work/difference" && echo yes && return
    if grep -q 'no QEMU machine here\|QEMU does not emulate' "$work/said"; then
        echo 'no machine'
    else
        echo FAILED
    fi
}

# Steps that failed end the row.
row() { # PREFIX
    "$capdl" profile "$1" --header >"$work/kernel.h" 2>"$work/said" || { echo 'FAILED | | | |' && return; }
    arch=$(sed -n 's/^#define SEL4_ARCH_\([A-Z0-9_]*\) 1$/\1/p' "$work/kernel.h" | tr 'A-Z' 'a-z')
    eval "compile=\${CC_$arch:-}"
    format=$(format_of "$(number PLATFORM)")
    map=
    [ "$arch" != x86_64 ] || map='--memory-map qemu:1G'
    # shellcheck disable=SC2086
    programs 2>"$work/said" && "$capdl" compile "$examples/ping-pong/ping-pong.cdl" -I "$work" --kernel "$1" $map \
        --no-check x86-exec -o "$work/image.elf" 2>"$work/said" || { echo 'yes | FAILED | | |' && return; }
    # shellcheck disable=SC2086
    "$capdl" fit "$work/image.elf" --kernel "$1" $map >"$work/fit" 2>"$work/said" || { echo 'yes | yes | FAILED | |' && return; }
    "$capdl" image "$work/image.elf" --kernel "$1" --format "$format" -o "$work/boot" 2>"$work/said" ||
        { echo 'yes | yes | yes | FAILED |' && return; }
    echo "yes | yes | yes | $format | $(boot "$1")"
}

echo '| kernel | profile | compile | fit | image | boot in QEMU |'
echo '|---|---|---|---|---|---|'
for prefix in "$directory"/*/; do
    prefix=${prefix%/}
    [ -e "$prefix/libsel4" ] || continue
    result=$(row "$prefix")
    echo "| $(basename "$prefix") | $result |"
    case $result in *FAILED*) failed=1 && cat "$work/said" >&2 ;; esac
done
[ -z "$check" ] || exit "$failed"
