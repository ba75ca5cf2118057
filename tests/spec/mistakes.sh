#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Plants mistakes into a correct spec: mistakes.sh SPEC_CASE DIRECTORY
# Each line of mistakes.sed must change base.cdl, and give one error; all messages must equal messages.txt.
# With UPDATE=1 in the environment, messages.txt is written instead: read it before committing.
program=$(realpath "$1") || exit 2
cd "$2" || exit 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0

fail() {
    echo "$1" >&2
    failed=1
}

"$program" check base.cdl 2>&1 | cmp - /dev/null || fail 'base.cdl: not without findings'
while IFS= read -r mistake; do
    case $mistake in '#'*) continue ;; esac
    sed "$mistake" base.cdl >"$work/base.cdl"
    ! cmp -s base.cdl "$work/base.cdl" || fail "$mistake: changes nothing"
    "$program" check "$work/base.cdl" >/dev/null 2>"$work/err" && fail "$mistake: not found"
    [ "$(grep -c ': error: ' "$work/err")" -eq 1 ] || fail "$mistake: not one error"
    printf '%s\n' "== $mistake" >>"$work/messages"
    cat "$work/err" >>"$work/messages"
done <mistakes.sed
[ -z "$UPDATE" ] || cp "$work/messages" messages.txt
diff -u messages.txt "$work/messages" >&2 || fail 'messages.txt: not what was expected'
exit $failed
