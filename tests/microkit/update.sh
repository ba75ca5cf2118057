#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# update.sh CAPDL PROGRAMS COMPILER: another program in the place of a Microkit domain's, in a built image. What fits gives the
# very image that compiling with it gives, symbols set; else nothing is written, and the reason is said.
set -eu
capdl=$1 programs=$2 compiler=$3
sources=$(dirname "$0")/programs
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() {
    echo "$*" >&2
    exit 1
}

cat >"$work/a.system" <<'END'
<system>
  <memory_region name="buffer" size="0x1000" />
  <memory_region name="told" size="0x2000" />
  <protection_domain name="one" priority="7" passive="true">
    <program_image path="one.elf" />
    <map mr="buffer" vaddr="0x4000000" perms="rw" setvar_vaddr="v1" setvar_size="v2" />
    <setvar symbol="microkit_irqs" region_paddr="told" />
    <irq irq="40" id="3" setvar_id="v3" />
  </protection_domain>
  <protection_domain name="two one" priority="9"><program_image path="two.elf" /></protection_domain>
  <channel><end pd="one" id="5" /><end pd="two one" id="60" /></channel>
</system>
END

script=$sources/plain.ld
# program NAME CODE [FLAG...]: that of the test systems, with more behind it
program() {
    name=$1
    { cat "$sources/vars.c"; echo "$2"; } >"$work/$name.c"
    shift 2
    $compiler -I "$sources" -DSYS_PUTCHAR=-12 -DSYS_RECV=-7 -w -O1 -g0 -ffreestanding -fno-pic -fno-pie -no-pie \
        -fno-stack-protector -fno-asynchronous-unwind-tables -fno-common -nostdlib -static -Wl,--build-id=none \
        -Wl,-z,noexecstack -Wl,-z,max-page-size=4096 -Wl,--no-warn-rwx-segments -T "$script" "$@" \
        "$work/$name.c" -o "$work/$name.elf"
}

# compile ONE OUT: with this program for `one`
compile() {
    mkdir -p "$work/in"
    cp "$work/$1.elf" "$work/in/one.elf"
    cp "$programs/plain.elf" "$work/in/two.elf"
    "$capdl" compile "$work/a.system" -I "$work/in" -o "$work/$2" 2>"$work/said" || fail "$(cat "$work/said")"
}

refused() { # EXPECTED WORD...
    expected=$1
    shift
    if "$capdl" update "$@" -o "$work/none" 2>"$work/said"; then fail "not refused: $*"; fi
    grep -qF -e "$expected" "$work/said" || fail "$(cat "$work/said"): expected '$expected'"
    [ ! -e "$work/none" ] || fail "a file was left: $*"
}

program old ''
program new '__attribute__((used)) static const char text[300] = "new"; __attribute__((used)) static long before[3] = {4, 5, 6};'
compile old old
compile new fresh
"$capdl" update "$work/old" "one=$work/new.elf" -o "$work/updated"
cmp "$work/fresh" "$work/updated" || fail 'not what compiling gives'
"$capdl" update "$work/updated" "one=$work/old.elf" -o "$work/back"
cmp "$work/old" "$work/back" || fail 'not the old one again'
"$capdl" verify "$work/updated" --spec "$work/a.system" -I "$work/in" >"$work/said" || fail "$(cat "$work/said")"
grep -q 'made from the system of' "$work/said" || fail "another digest: $(cat "$work/said")"
# A name that capDL text cannot say
"$capdl" update "$work/old" "two_one=$programs/plain.elf" -o "$work/same"
cmp "$work/old" "$work/same" || fail 'two_one: not the same'

refused "has no protection domain 'oen' (did you mean 'one'?)" "$work/old" "oen=$work/new.elf"
# The monitor, which no description names, and a system of which no program is known
refused 'the image does not record the values of its symbols' "$work/old" "monitor=$work/new.elf"
"$capdl" expand "$work/a.system" -I "$work/in" >"$work/a.cdl"
"$capdl" compile "$work/a.cdl" -I "$work/in" -o "$work/text" 2>/dev/null
refused 'the image does not record the values of its symbols' "$work/text" "one=$work/new.elf"
# Without a symbol, without any, and linked for another place of the IPC buffer
refused "has no symbol 'v1'" "$work/old" "one=$programs/plain.elf"
refused 'has no symbol table' "$work/old" "one=$programs/vars.stripped.elf"
program linked '' -Wl,--defsym=__sel4_ipc_buffer_obj=0x203000
refused 'it expects its IPC buffer at 0x203000' "$work/old" "one=$work/linked.elf"
# An entry point among those of similar domains, whose registers one call of the blob sets, and one behind more code
{
    echo '<system>'
    for i in 0 1 2 3 4 5 6 7; do
        echo "<protection_domain name=\"pd$i\"><program_image path=\"$([ $i = 5 ] && echo one || echo two).elf\" /></protection_domain>"
    done
    echo '</system>'
} >"$work/a.system"
program entry '' -Wl,-e,start_c
program large 'void last(void) { for (;;) { } }' -Wl,-e,last
cp "$work/old.elf" "$work/in/two.elf"
for quiet in '' --quiet; do
    for other in old entry large; do
        cp "$work/$other.elf" "$work/in/one.elf"
        "$capdl" compile "$work/a.system" -I "$work/in" $quiet -o "$work/fresh-$other" 2>"$work/said" || fail "$(cat "$work/said")"
    done
    for other in entry large; do
        "$capdl" update "$work/fresh-old" "pd5=$work/$other.elf" -o "$work/updated" || fail "$other: not updated"
        cmp "$work/fresh-$other" "$work/updated" || fail "$other: not what compiling gives"
        "$capdl" update "$work/updated" "pd5=$work/old.elf" -o "$work/back"
        cmp "$work/fresh-old" "$work/back" || fail "$other: not the old one again"
    done
    "$capdl" verify "$work/updated" --spec "$work/a.system" -I "$work/in" >"$work/said" || fail "$(cat "$work/said")"
done
# Other pages
script=$sources/flat.ld
program moved ''
refused "cannot replace the program of 'one': " "$work/old" "one=$work/moved.elf"
