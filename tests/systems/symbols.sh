#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Fault reports name functions, and lines where there is libdw (LINES: yes or no), of programs found beside the image or by -I, and only
# of those whose code a thread has. What a symbol is called does nothing to a terminal.
# usage: symbols.sh CAPDL LINES KERNEL SPEC LIBPD STANDS TAKES -- COMPILER FLAG...
set -eu
capdl=$(realpath "$1") lines=$2 kernel=$3 spec=$4 libpd=$5 stands=$(realpath "$6") takes=$7
shift 8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/programs" "$work/out" "$work/elsewhere"
"$@" -g -o "$work/programs/stands.elf" "$libpd" "$stands"
"$@" -g -o "$work/programs/takes.elf" "$libpd" "$takes"
"$capdl" compile "$spec" --kernel "$kernel" -I "$work/programs" -o "$work/out/system.elf" 2>"$work/said" || { cat "$work/said"; exit 1; }
cd "$work/elsewhere"

fault() { # OPTION...: the line about the thread that writes where it has no memory
    "$capdl" run "$work/out/system.elf" "$@" 2>"$work/said" >/dev/null || [ $? = 1 ]
    grep 'tcb_faults cannot write' "$work/said"
}

fail() { # TEXT
    echo "$1"
    cat "$work/said"
    exit 1
}

where=" in pd_main+0x"
if [ "$lines" = yes ]; then
    where=" in pd_main (stands.c:$(grep -n '0x7000' "$stands" | cut -d: -f1)), and has"
fi
fault -I "$work/programs" | grep -qF "$where" || fail "-I: no '$where'"
! fault | grep -q ' in ' || fail 'a function, though the programs are elsewhere'
! fault -I "$work" | grep -q ' in ' || fail 'a function of a program below a directory of -I'
cp "$work/programs/stands.elf" "$work/elsewhere/any name"
fault | grep -qF "$where" || fail "in the working directory: no '$where'"
rm "$work/elsewhere/any name"
mkdir "$work/out/below"
cp "$work/programs/stands.elf" "$work/out/below"
fault | grep -qF "$where" || fail "below the image's directory: no '$where'"

# Beside the image, whatever else there is to look at.
mkdir "$work/out/crowd"
(cd "$work/out/crowd" && seq 10001 | xargs touch)
mv "$work/out/below/stands.elf" "$work/out"
fault | grep -qF "$where" || fail "beside the image, with many files below: no '$where'"
mv "$work/out/stands.elf" "$work/out/below"
rm -r "$work/out/crowd"

# One byte of code is another.
offset=$(grep -abo "$(printf 'pd_main')" "$work/out/below/stands.elf" | head -n 1 | cut -d: -f1)
[ "$offset" -gt 8192 ] || fail 'the names are where code was expected'
printf '\377' | dd of="$work/out/below/stands.elf" bs=1 seek=4200 conv=notrunc 2>/dev/null
! fault | grep -q ' in ' || fail 'a function of a program that the thread does not execute'

LC_ALL=C sed 's/pd_main/p\x1b[2Jin/g' "$work/programs/stands.elf" > "$work/out/below/stands.elf"
fault | LC_ALL=C grep -qF ' in p\x1b[2Jin' || fail 'a control character in a symbol is not escaped'

size=$(wc -c < "$work/programs/stands.elf")
for part in 1 2 3 4 5 6 7 8 9; do
    head -c $((size * part / 10)) "$work/programs/stands.elf" > "$work/out/below/stands.elf"
    fault >/dev/null || fail "a program of which only $part/10 are there: no report"
done
