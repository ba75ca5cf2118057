#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Builds a system of this directory for a kernel and boots it: on the emulated machine, and on the kernel itself when it is an
# install prefix with a console that QEMU can run. What its protection domains print must be what is expected.
#
# A system is a directory with
#     needs          a condition of the C preprocessor on the facts that `capdl profile --header` prints
#     system.cdl     its spec, which goes through the C preprocessor with the same facts; or system.system, which does not
#     *.c            its programs, expected.txt its output, errors.txt instead: what `capdl compile` must say
#     root.c         (may be absent) the only program, a root task: it starts as those in tests/machine/root do
#     start.S        (may be absent) how the programs start, instead of as with libpd
#     emulated       (may be absent) a condition for the emulated machine: it has no such devices where it is false
#     bochs          (may be absent) empty: to be booted in Bochs, where that is installed, when QEMU cannot
#     devices        (may be absent) what QEMU is to have more, one device a line
#
# usage: system.sh CAPDL LIBPD SYSTEM KERNEL...     `prefixes` stands for all prefixes in $SEL4_PREFIXES
# $CC_aarch64, $CC_riscv64, $CC_x86_64: compiler and flags; absent: the architecture is left out. $ONLY: pattern of prefixes.
set -eu
capdl=$1 libpd=$2 system=$3
shift 3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tried=0

holds() { # CONDITION: of the kernel at hand
    printf '#if %s\nit_holds\n#endif\n' "$1" | $compile -E -P -include "$work/facts.h" -x c - 2> "$work/trouble" | grep -q it_holds
}

facts() { # KERNEL
    "$capdl" profile "$1" --header > "$work/facts.h" 2> "$work/trouble" || return 1
    arch=$(sed -n 's/^#define SEL4_ARCH_\([A-Z0-9_]*\) 1$/\1/p' "$work/facts.h" | tr 'A-Z' 'a-z')
    eval "compile=\${CC_$arch:-}"
    [ -n "$compile" ] && holds "$(cat "$system/needs")" && holds 'SEL4_PRINTING && !SEL4_SYSENTER'
}

build() { # KERNEL
    rm -f "$work"/*.elf
    start="$libpd/crt0.S"
    [ ! -e "$system/root.c" ] || start="$system/../../machine/root/start.S" # a root task: nothing of ours in it
    [ ! -e "$system/start.S" ] || start="$system/start.S"
    for program in "$system"/*.c; do
        [ -e "$program" ] || continue
        $compile -include "$work/facts.h" -o "$work/$(basename "$program" .c).elf" "$start" "$libpd/pd.c" "$program"
    done
    if [ -e "$system/system.system" ]; then
        cp "$system/system.system" "$work/system.cdl"
    else
        $compile -E -P -undef -nostdinc -w -traditional-cpp -include "$work/facts.h" -x assembler-with-cpp -D__ASSEMBLER__ \
            "$system/system.cdl" > "$work/system.cdl"
    fi
    "$capdl" compile "$work/system.cdl" --kernel "$1" -o "$work/image.elf" > "$work/said" 2>&1
}

same() { # EXPECTED FILE
    diff -u "$1" "$2" || { cat "$work/console"; return 1; }
}

refuses() { # KERNEL
    if build "$1"; then
        echo "compile accepted it"
        return 1
    fi
    grep -o 'error: .*' "$work/said" | sed "s|kernel '[^']*'|kernel|g; s|kernel [^ ]*-[^ ,:]*|kernel|g" > "$work/errors"
    cp "$work/said" "$work/console"
    same "$system/errors.txt" "$work/errors"
}

# The image shows a spec that compiles to the same blob, pages, everything.
round_trip() { # KERNEL
    "$capdl" show "$work/image.elf" > "$work/again.cdl" &&
        "$capdl" compile "$work/again.cdl" --kernel "$1" -o "$work/again.elf" > "$work/said" 2>&1 &&
        "$capdl" show "$work/again.elf" | sed "s|$work/again.elf|$work/image.elf|g" > "$work/third.cdl" || {
        cat "$work/said"
        return 1
    }
    grep -v FrameFill_FileData "$work/again.cdl" > "$work/second"
    grep -v FrameFill_FileData "$work/third.cdl" | diff -u "$work/second" -
}

emulated() {
    "$capdl" verify "$work/image.elf" --spec "$work/system.cdl" -I "$work" > "$work/console" 2>&1 || { cat "$work/console"; return 1; }
    "$capdl" run "$work/image.elf" --timeout 60 > "$work/console" || { cat "$work/console"; return 1; }
    grep -v '^capdl: booted' "$work/console" > "$work/output" || true
    same "$system/expected.txt" "$work/output"
}

# QEMU cannot be a PC with VT-x or PCIDs, and not every board.
in_qemu() { # PREFIX
    ! grep -q '"SUPPORT_PCID": true' "$1/libsel4/include/kernel/gen_config.json" &&
        ! holds 'defined SEL4_ARCH_X86_64 && SEL4_HYPERVISOR' &&
        grep -q -x -e '#define SEL4_PLATFORM "\(pc99\|qemu-arm-virt\|qemu-riscv-virt\|bcm2837\)"' "$work/facts.h"
}

# A debug kernel says, in the middle of a line, which errors it returned, and which accesses of devices an IOMMU refused.
without_kernel() {
    tr -d '\r' | sed -z 's/\x1b\[0m\x1b\[1m<<[^\n]*>>\x1b\[0m\n//g; s/IOMMU: DMA [^\n]*\n//g' |
        grep -a -A 1000 -F -x -e "$(head -n 1 "$system/expected.txt")" || true
}

in_bochs() { # PREFIX
    "$capdl" image "$work/image.elf" --kernel "$1" --format iso -o "$work/cd.iso" > "$work/console" 2>&1 &&
        "$(dirname "$0")/bochs.sh" "$work/cd.iso" "$(tail -n 1 "$system/expected.txt")" 300 > "$work/console" ||
        { cat "$work/console"; return 1; }
    without_kernel < "$work/console" > "$work/output"
    same "$system/expected.txt" "$work/output"
}

real() { # PREFIX
    devices=
    [ ! -e "$system/devices" ] || devices=$(sed 's/^/--device /' "$system/devices")
    # shellcheck disable=SC2086
    "$capdl" run "$work/image.elf" --kernel "$1" $devices --timeout 100 --until "$(tail -n 1 "$system/expected.txt")" > "$work/console" 2>&1 ||
        { cat "$work/console"; return 1; }
    without_kernel < "$work/console" > "$work/output"
    same "$system/expected.txt" "$work/output"
}

boots() { # KERNEL
    if ! build "$1"; then
        cat "$work/said"
        return 1
    fi
    round_trip "$1"
    if [ ! -e "$system/emulated" ] || holds "$(cat "$system/emulated")"; then
        emulated
    fi
    if [ -d "$1" ] && in_qemu "$1"; then
        real "$1"
    elif [ -d "$1" ] && [ -e "$system/bochs" ] && command -v bochs-bin > /dev/null && command -v grub-mkrescue > /dev/null; then
        in_bochs "$1"
    fi
}

try() { # KERNEL
    facts "$1" || return 0
    tried=$((tried + 1))
    echo "$1"
    if [ -e "$system/errors.txt" ]; then
        refuses "$1"
    else
        boots "$1"
    fi
}

for kernel in "$@"; do
    if [ "$kernel" = prefixes ]; then
        for prefix in "${SEL4_PREFIXES:-/nonexistent}"/${ONLY:-*}/; do
            try "${prefix%/}"
        done
    else
        try "$kernel"
    fi
done
[ "$tried" -gt 0 ] || exit 77
