#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What `capdl profile` prints and returns: command_test.sh COMMAND DIRECTORY-OF-EXPECTED-OUTPUT
command=$1
expected=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
failed=0

# check NAME EXIT-CODE [ARGUMENT]...: exit code, and standard output against NAME.out where there is one
check() {
    name=$1 code=$2
    shift 2
    "$command" profile "$@" >"$work/out" 2>"$work/err"
    got=$?
    if [ "$got" -ne "$code" ]; then
        echo "$name: exit code $got, expected $code"
        cat "$work/err"
        failed=1
    fi
    if [ -f "$expected/$name.out" ] && ! diff -u "$expected/$name.out" "$work/out"; then
        echo "$name: output differs"
        failed=1
    fi
}

# holds TEXT FILE
holds() {
    if ! grep -q -e "$1" "$work/$2"; then
        echo "$name: no \`$1\` in standard $2:"
        cat "$work/$2"
        failed=1
    fi
}

check list 0
check same 0 aarch64-mcs aarch64-mcs
check root-cnode 1 x86_64 x86_64-12
check mcs 1 riscv64 riscv64-mcs
check text 0 riscv64
holds '^VSpace levels, log2 of entries  *9 9 9$' out
holds '^  *35  Page_Map$' out
holds '^ *8  2^12 bytes  PAGE_TABLE *RISCV_PageTableObject$' out
check json 0 --json x86_64-mcs
holds '^  "root_cnode_bits": 17,$' out
holds '^    "DEBUG_PUTCHAR": -12,$' out
check json-regions 0 --json aarch64-mcs
holds '^  "memory": \[{"start": 1610612736, "end": 3221225472}\],$' out
check help 0 --help
holds '^usage: capdl profile' out
check unknown 2 no-such-kernel
holds "no kernel 'no-such-kernel'.*riscv64-mcs-12" err
check empty 1 "$work"
holds 'gen_config.json: error: No such file or directory' err
check three 2 aarch64 aarch64 aarch64
check option 2 --frobnicate
check both 2 --json --header aarch64
check nothing 2 --header
# Of two kernels the graver code: a kernel that is broken, or that is none.
check broken-first 1 "$work" aarch64
check broken-second 1 aarch64 "$work"
check none-first 2 no-such-kernel "$work"
check none-second 2 "$work" no-such-kernel
check devices-header 2 --devices --header aarch64
holds '^capdl profile: --devices and --header exclude each other$' err
check devices-two 2 --devices aarch64 riscv64
holds '^capdl profile: --devices takes only one kernel$' err
check devices-none 2 --devices
holds '^capdl profile: --devices needs a kernel or --dtb FILE$' err
check tree-alone 2 --dtb no-such-tree aarch64
holds '^capdl profile: --dtb goes with --devices or --device$' err
check tree-unread 1 --devices --dtb no-such-tree
holds '^error: no-such-tree: the device tree cannot be read: No such file or directory$' err
check tree-builtin 1 --devices aarch64
holds "^error: built-in profile 'aarch64' has no device tree: name the install prefix of a kernel, or --dtb FILE$" err

# The header, by the compiler and by the assembler's preprocessor, alone and with everything it may be mixed with.
for kernel in aarch64 aarch64-mcs riscv64 riscv64-mcs x86_64 x86_64-mcs; do
    check "header-$kernel" 0 --header "$kernel"
    cp "$work/out" "$work/sel4.h"
    for language in c assembler-with-cpp; do
        if ! printf '#include "sel4.h"\n#ifndef SEL4_LABEL_UNTYPED_RETYPE\n#error no labels\n#endif\n' |
            ${CC:-cc} -Wall -Wextra -Wundef -Werror -I"$work" -x "$language" -E - >/dev/null; then
            echo "header-$kernel: not accepted as $language"
            failed=1
        fi
    done
done
holds '^#define SEL4_SYS_DEBUG_PUTCHAR (-12)$' out
holds '^#define SEL4_LABEL_PAGE_MAP 47$' out
holds '^#define SEL4_MCS 1$' out
holds '^#define SEL4_REGISTER_RIP 0$' out
holds '^#define SEL4_TIMEOUT_CONSUMED 1$' out
holds '^#define SEL4_TIMEOUT_LENGTH 2$' out
holds '^#define SEL4_GUARD(guard, bits) ((unsigned long)(guard) << 6 | (unsigned long)(bits))$' out
exit $failed
