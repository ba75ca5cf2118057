#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A program whose output acts on terminals and looks like ours: on a terminal it does neither; elsewhere, and with --raw, the bytes are its
# own. usage: terminal.sh CAPDL IMAGE ON_TERMINAL
set -eu
capdl=$1 image=$2 on_terminal=$3
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() { # TEXT
    echo "$1"
    cat -v "$work/shown"
    exit 1
}

on_terminal() { # OPTION...
    code=0
    "$on_terminal" "$capdl" run "$image" "$@" > "$work/shown" || code=$?
    [ $code != 77 ] || exit 77
    [ $code = 1 ] || fail "$*: exit code $code"
}

for options in '' --stats --trace '--trace=op:*'; do
    # shellcheck disable=SC2086 # an option or none
    on_terminal $options
    # Bytes of control characters, of C1, U+2028 and U+202E in UTF-8, and what is no UTF-8.
    ! LC_ALL=C grep -q "$(printf '[\001-\010\013-\037\177\377]')" "$work/shown" || fail "$options: a control character comes through"
    ! LC_ALL=C grep -qE "$(printf '\302[\200-\237]|\342\200[\250-\256]')" "$work/shown" || fail "$options: C1 or a bidirectional override"
    ! grep -E '^(machine|capdl|error|warning|note|trace|stats)' "$work/shown" | grep -q forged || fail "$options: a forged line"
    [ "$(grep -c '^image| .*forged' "$work/shown")" = 9 ] || fail "$options: not all forged lines are marked"
    grep -q '^machine: tcb_forger: Send through slot 9 of cnode_forger: the slot is empty' "$work/shown" || fail "$options: our line is not one"
    grep -q '^machine: tcb_forger cannot write to address 0x7000' "$work/shown" || fail "$options: our last line is not one"
done
! awk 'length > 160' "$work/shown" | grep -q 'image' || fail 'a line of the image is longer than the terminal is wide'

on_terminal --raw
LC_ALL=C grep -q "$(printf '\033\\[2J')" "$work/shown" || fail '--raw: the bytes are changed'
"$capdl" run "$image" > "$work/shown" 2>/dev/null || true
LC_ALL=C grep -q "$(printf '\033\\[2J')" "$work/shown" || fail 'to a file: the bytes are changed'
grep -q '^machine: forged at the end$' "$work/shown" || fail 'to a file: lines are changed'
