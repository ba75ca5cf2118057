#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# root-update.sh CAPDL KERNEL START LIBPD COMPILER...: another root task in the place of one that is a PD. What has the same first and
# last page gives the very image that compiling with it gives; else nothing is written, and the reason is said.
set -eu
capdl=$1 kernel=$2 start=$3 libpd=$4
shift 4
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}

cat >"$work/root.cdl" <<'END'
objects {
    root = pd ("root.elf", bootinfo: rest, prio: 254)
    rest = leftover (slots: 40)
}
caps { }
END
{
    case $kernel in
    riscv64*) echo arch riscv ;;
    *) echo "arch ${kernel%-mcs}" ;;
    esac
    cat "$work/root.cdl"
} >"$work/system.cdl"

# build NAME CODE COMPILER...: a root task that prints what `text` has
build() {
    name=$1
    {
        cat <<'END'
#include "pd.h"
struct bootinfo {
    uint64_t extra, node, nodes, levels, ipc_buffer;
};
void pd_main(const uint64_t *args)
{
    (void)args;
}
END
        echo "$2"
        cat <<'END'
void root_start(const struct bootinfo *);
void root_start(const struct bootinfo *info)
{
    pd_words = (uint64_t *)info->ipc_buffer + 1;
    pd_print("root: %s\n", text());
    for (;;)
        ;
}
END
    } >"$work/$name.c"
    shift 2
    "$@" -o "$work/$name.elf" "$start" "$libpd" "$work/$name.c"
}

compile() { # PROGRAM OUT
    cp "$work/$1.elf" "$work/root.elf"
    "$capdl" compile "$work/system.cdl" --kernel "$kernel" -o "$work/$2" 2>"$work/said" || fail "$(cat "$work/said")"
}

# Data and zeros of more than a page, so that segments and a gap between them have different rights in an ordinary PD.
data='static volatile char data[6000] = {1}, zeros[9000];'
build old "$data static const char *text(void) { zeros[5] = data[0]; return \"old\"; }" "$@"
build new "$data static const char *text(void) { zeros[7] = data[3]; return \"a new one\"; }" "$@"
build own "$data static __thread volatile char own = 7; static const char *text(void) { return own ? \"with TLS\" : \"\"; }" "$@"
build more 'static volatile char data[16000] = {1}, zeros[9000]; static const char *text(void) { zeros[5] = data[0]; return "more"; }' "$@"

compile old old
for program in new own; do
    "$capdl" update "$work/old" root="$work/$program.elf" -o "$work/updated" 2>"$work/said" || fail "$program: $(cat "$work/said")"
    compile "$program" fresh
    cmp "$work/fresh" "$work/updated" || fail "$program: not what compiling gives"
done
"$capdl" update "$work/old" root="$work/new.elf" -o "$work/updated" 2>"$work/said"
"$capdl" run "$work/updated" --timeout 60 --until 'root: a new one' >"$work/out" 2>"$work/said" || fail "$(cat "$work/out" "$work/said")"
if "$capdl" update "$work/old" root="$work/more.elf" -o "$work/none" 2>"$work/said"; then fail 'a larger one'; fi
grep -q "cannot replace the program of 'root': it takes the pages from 0x400000 to 0x[0-9a-f]*, and the old program from 0x400000 to \
0x[0-9a-f]*, after which IPC buffer and bootinfo follow; compile the spec again" "$work/said" || fail "$(cat "$work/said")"
[ ! -e "$work/none" ] || fail 'a file was left'
