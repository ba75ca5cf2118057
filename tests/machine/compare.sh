#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# compare.sh BOOT-PROGRAM PROFILE PROGRAM EXPECTED [DEVIATIONS [CHANGES]]: what the program prints on the machine. DEVIATIONS has the
# lines of EXPECTED that the machine is known to get wrong: just these must be wrong. CHANGES is for another version of the emulator:
# "- LINE" is right there, "+ LINE" is wrong.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$1" "$2" "$3" > "$work/out" 2> "$work/errors" || { cat "$work/errors" >&2; exit 1; }
if [ -z "${5:-}" ]; then
    diff -u "$4" "$work/out" || { cat "$work/errors" >&2; exit 1; }
    exit
fi
[ "$(tail -n 1 "$work/out")" = END ] ||
    { echo "the program did not come to its end" >&2; cat "$work/errors" >&2; exit 1; }
sed -n 's/^- //p' "${6:-/dev/null}" > "$work/mended"
{ grep -vxFf "$work/mended" "$5"; sed -n 's/^+ //p' "${6:-/dev/null}"; } > "$work/known"
diff "$4" "$work/out" | sed -n 's/^< //p' > "$work/wrong"
if grep -vxFf "$work/known" "$work/wrong" > "$work/new"; then
    echo "these lines of the kernel are not printed by the machine any more:"
    cat "$work/new"
    exit 1
fi
if grep -vxFf "$work/wrong" "$work/known" > "$work/right"; then
    echo "the machine prints these lines as the kernel does; they are deviations no more:"
    cat "$work/right"
    exit 1
fi
echo "$(wc -l < "$work/wrong") lines of $(wc -l < "$4") deviate, $(wc -l < "$work/known") may"
