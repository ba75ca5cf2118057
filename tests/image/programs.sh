#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What is said of programs' ELF files: programs.sh CAPDL ARCH COMPILER FLAG...
# The compiler's programs are for ARCH, and their notes those of headers printed here.
capdl=$(realpath "$1") arch=$2 || exit 2
shift 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0

fail() {
    echo "$arch: $1" >&2
    sed 's/^/    /' err >&2
    failed=1
}

# build NAME SOURCE FLAG...: a program of one or more sources
build() {
    name=$1
    shift
    "$compiler" "$@" -o "$name.elf" || exit 2
}

# says NAME KERNEL REGEX: compiling a system with this program gives one warning like it, or none if REGEX is ""
says() {
    printf 'arch %s objects { p = pd ("%s.elf")  s = notification } caps { cnode_p { 3: s (R) } }\n' \
        "$spec_arch" "$1" >"$1.cdl"
    "$capdl" compile "$1.cdl" --kernel "$2" -o image.elf 2>err || fail "$1 for $2: not compiled"
    if [ "$3" ]; then
        [ "$(grep -c ': warning: ' err)" -eq 1 ] && grep -q ": warning: .*$3" err || fail "$1 for $2: expected '$3' once"
    else
        [ ! -s err ] || fail "$1 for $2: expected no warning"
    fi
}

compiler=$1
shift
spec_arch=$arch
[ "$arch" = riscv64 ] && spec_arch=riscv
for kernel in "$arch" "$arch-mcs"; do
    "$capdl" profile "$kernel" --header >"$kernel.h" || exit 2
done
sed 's/0x100000,/0xf0102,/; s/\(, 0x[0-9a-f]*\)\{2\}\(, 0x[0-9a-f]*\\n\)/, 0x1, 0x2\2/' "$arch.h" >older.h

echo 'void _start(void) { for (;;) {} }' >plain.c
echo 'int other = SEL4_MCS;' >other.c
printf '.data\n.global third\nthird: .long SEL4_MCS\n.section .note.GNU-stack, "", %%progbits\n' >third.S
build none "$@" plain.c
build alike "$@" -include "$arch.h" -Wl,--gc-sections plain.c other.c third.S
build mcs "$@" -include "$arch-mcs.h" plain.c
build older "$@" -include older.h plain.c
"$compiler" "$@" -r -include "$arch-mcs.h" other.c -o other.o || exit 2
build mixed "$@" -include "$arch.h" plain.c other.o
says none "$arch" ''
says alike "$arch" ''
says alike "$arch-mcs" '"alike.elf" was built for a kernel without MCS, unlike kernel '"$arch-mcs"'.*\[kernel-header\]'
says mcs "$arch" 'was built for an MCS kernel.*\[kernel-header\]'
says mcs "$arch-mcs" ''
says older "$arch" 'was built for seL4 15.1.2,.*\[kernel-header\]'
says mixed "$arch" 'was built for an MCS kernel.*\[kernel-header\]'
"$capdl" compile mcs.cdl --kernel "$arch" --no-check kernel-header -o image.elf 2>err && [ ! -s err ] ||
    fail 'the check cannot be switched off'
"$capdl" check mcs.cdl 2>err && "$capdl" check alike.cdl 2>>err
grep -q kernel-header err && fail 'check speaks of a kernel that nobody has named'

echo 'int made; __attribute__((constructor)) void make(void) { made = 1; } __attribute__((constructor)) void more(void) { made++; }' >made.c
cat >runs.c <<'END'
extern void (*const __init_array_start[])(void), (*const __init_array_end[])(void);
void _start(void)
{
    for (unsigned long i = 0; i < (unsigned long)(__init_array_end - __init_array_start); i++) {
        __init_array_start[i]();
    }
    for (;;) {
    }
}
END
build forgets "$@" plain.c made.c
build remembers "$@" runs.c made.c
build stripped "$@" -s plain.c made.c
says forgets "$arch" 'has constructors (.init_array), 2 in number, but no code that runs them.*\[elf-start\]'
says remembers "$arch" ''
says stripped "$arch" ''

# Constructors in the list of older compilers, whose first and last entry do not count; and a function that is chosen at start-up.
printf '.section .ctors, "aw", %%progbits\n.dc.a -1, _start, _start, 0\n.data\n.dc.a 1\n.section .note.GNU-stack, "", %%progbits\n' >list.S
printf '.section .ctors, "aw", %%progbits\n.dc.a -1, 0\n.data\n.dc.a 1\n.section .note.GNU-stack, "", %%progbits\n' >empty.S
echo 'SECTIONS { .ctors : { KEEP(*(.ctors)) } } INSERT AFTER .data;' >ctors.ld
printf '.global chosen\n.type chosen, %%gnu_indirect_function\nchosen: ret\n.data\n.dc.a chosen\n.section .note.GNU-stack, "", %%progbits\n' >chosen.S
echo 'extern const char __rela_iplt_start[]; const char *first; void _start(void) { first = __rela_iplt_start; for (;;) {} }' >chooses.c
build old "$@" plain.c list.S -Wl,-T,ctors.ld
build old-empty "$@" plain.c empty.S -Wl,-T,ctors.ld
build chosen "$@" plain.c chosen.S
build chooses "$@" chooses.c chosen.S
says old "$arch" 'has constructors (.ctors), 2 in number, but no code that runs them.*\[elf-start\]'
says old-empty "$arch" ''
says chosen "$arch" 'has indirect functions (IRELATIVE relocations), 1 in number, but no code that runs them.*\[elf-start\]'
says chooses "$arch" ''

# Rights that no architecture has.
cat >rights.cdl <<END
arch $spec_arch objects { f[2] = frame (4k)  g = frame (4k)  s = notification
p[2] = pd ("none.elf", map: f (W), at: 0x10000000, map: g (RW), at: 0x10002000)
} caps { cnode_p[0..1] { 3: s (R) } }
END
"$capdl" compile rights.cdl --kernel "$arch" -o image.elf 2>err
[ "$(grep -c ': warning: ' err)" -eq 1 ] && grep -q "^rights.cdl:2:.*'f' is mapped with W but not R.*\[frame-rights\]" err ||
    fail 'a mapping to be written only: expected one warning'

# A spec that goes through the preprocessor with the header.
echo "arch $spec_arch objects { t = tcb (prio: SEL4_ARCH_X86_64) } caps {}" >numbers.txt
"$capdl" profile x86_64 --header >kernel.h
"$compiler" -E -P -D__ASSEMBLER__ -DSEL4_NO_NOTE -include kernel.h -x c numbers.txt -o numbers.cdl
"$capdl" show numbers.cdl >shown.cdl 2>err && grep -q 't = tcb (.* prio: 1,' shown.cdl || fail "$(cat numbers.cdl shown.cdl)"
exit $failed
