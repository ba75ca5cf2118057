#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# systems.sh CAPDL PATCHED PROGRAMS SPEC-CASE: every system of systems.txt becomes what Microkit's tool 2.3 makes of it: objects and
# capabilities as in expected/NAME.cdl (the contents of programs, and the monitor, left out there), programs patched as in
# expected/NAME.symbols. With minimal rights, everything but rights is the same, and authority is only removed.
set -eu
capdl=$(realpath "$1") patched=$(realpath "$2") programs=$(realpath "$3") spec_case=$(realpath "$4")
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

fail()
{
    echo "$*"
    status=1
}

# Leaves out what is the monitor's and spare tables, and the contents of programs, which have other file names.
plain()
{
    awk '/^  [^ ]*monitor[^ ]* \{/ { skip = 1 }
         !skip && !/^  [^ ]*(monitor|spare)[^ ]* = / { sub(/^  frame_elf_[^ ]* = .*/, "  " $1 " = frame (4k)"); print }
         /^  }/ { skip = 0 }'
}

# Physical addresses that the tool chose are not in what is expected.
without_chosen()
{
    awk '/automatic-address/ { print $4 }' "expected/$1.symbols" >"$work/chosen"
    while read -r region; do
        sed -i "/frame_mr_${region}_/s/, paddr: 0x[0-9a-f]*//" "$2"
    done <"$work/chosen"
}

while read -r name arch directory; do
    case $name in '#'*) continue ;; esac
    [ -d "$programs/$directory" ] || continue
    system=systems/$name.system
    set -- --arch "$arch" -I "$programs/$directory"
    "$capdl" expand "$@" --microkit-rights 2.3 "$system" >"$work/wide.cdl" 2>"$work/err" || fail "$name: refused: $(cat "$work/err")"
    plain <"$work/wide.cdl" >"$work/got.cdl"
    without_chosen "$name" "$work/got.cdl"
    diff -u "expected/$name.cdl" "$work/got.cdl" || fail "$name: other objects"
    grep -v automatic-address "expected/$name.symbols" >"$work/symbols"
    "$patched" "$work/wide.cdl" "$work/symbols" "$programs/$directory" >"$work/patched" || fail "$name: $(cat "$work/patched")"
    "$capdl" expand "$@" "$system" >"$work/least.cdl" 2>/dev/null || fail "$name: refused with minimal rights"
    sed -E 's/ \([RWGPX]+(, )?/ (/; s/ \(\)//' "$work/wide.cdl" >"$work/a"
    sed -E 's/ \([RWGPX]+(, )?/ (/; s/ \(\)//' "$work/least.cdl" >"$work/b"
    cmp -s "$work/a" "$work/b" || fail "$name: minimal rights change more than rights"
    "$capdl" diff "$work/wide.cdl" "$work/least.cdl" >"$work/diff" 2>&1 || true
    grep -q 'rank 19 (of 20; 1 is the gravest): rights that are gone' "$work/diff" ||
        fail "$name: minimal rights do more than take authority away: $(grep rank "$work/diff")"
    # What is printed is the same system again.
    "$capdl" expand --arch "$arch" -I "$programs/$directory" -I systems "$work/least.cdl" 2>/dev/null | cmp -s - "$work/least.cdl" ||
        fail "$name: the expanded text is read as another system"
    # The language that other tools read has all of it but extended page tables; it has no trigger for RISC-V.
    code=0
    "$capdl" expand --strict --fill-file "$work/strict.fill" "$@" -I systems/data "$system" >"$work/strict.cdl" 2>"$work/err" || code=$?
    case $name in
    vcpu-x) [ $code -eq 1 ] && grep -q "'pml4_guest' is an extended page table" "$work/err" ;;
    format-r) [ $code -eq 0 ] && grep -q 'irq_7_p = irq$' "$work/strict.cdl" ;;
    *) [ $code -eq 0 ] && "$capdl" diff "$@" -I systems/data -I systems "$system" "$work/strict.cdl" >"$work/diff" 2>&1 ;;
    esac || fail "$name: not the same in the standard language: $(head -n 10 "$work/err" "$work/diff")"
    ! grep -q CDL_FrameFill_Bytes "$work/strict.cdl" || fail "$name: not only standard fills"
    # And so is the JSON that people parse.
    "$spec_case" rust "$work/least.cdl" >"$work/least.json" &&
        "$capdl" expand --arch "$arch" -I "$programs/$directory" -I systems "$work/least.json" 2>"$work/err" |
        diff "$work/least.cdl" - >"$work/diff" ||
        fail "$name: the JSON is read as another system: $(head -n 10 "$work/err" "$work/diff")"
done <systems.txt
exit $status
