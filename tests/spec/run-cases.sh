#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Golden tests: run-cases.sh SPEC_CASE MODE DIRECTORY
# For each case.cdl or case.json: what spec_case prints must equal case.out and case.err (absent: nothing), and it fails if and only if case.err
# has an error. What it printed must, read again, print as the same bytes, and so must what it prints unfolded
# and as JSON.
# With UPDATE=1 in the environment, the goldens are written instead: read them before committing.
program=$1
mode=$2
failed=0
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT

complain() {
    echo "$1" >&2
    failed=1
}

compare() {
    [ -f "$1" ] || set -- /dev/null "$2"
    diff -u "$1" "$2" >&2 || complain "$case: not what was expected"
}

golden() {
    rm -f "$1"
    [ -s "$2" ] && cp "$2" "$1"
}

fixpoint() {
    "$program" read "$work/out" >"$work/again" 2>&1 || complain "$case: its own output is refused"
    cmp "$work/out" "$work/again" || complain "$case: printing is not a fixpoint"
    "$program" unfolded "$case" >"$work/unfolded.cdl" 2>/dev/null
    "$program" read "$work/unfolded.cdl" 2>&1 | cmp "$work/out" - || complain "$case: unfolded text is another spec"
    "$program" unfolded "$work/unfolded.cdl" 2>&1 | cmp "$work/unfolded.cdl" - || complain "$case: unfolded text is no fixpoint"
    "$program" json "$case" >"$work/json" 2>/dev/null
    "$program" read "$work/json" 2>&1 | cmp "$work/out" - || complain "$case: by way of JSON it is another spec"
    "$program" json "$work/json" 2>&1 | cmp "$work/json" - || complain "$case: JSON is no fixpoint"
}

for case in "$3"/*.cdl "$3"/*.json; do
    [ -f "$case" ] || continue
    base=${case%.*}
    "$program" "$mode" "$case" >"$work/out" 2>"$work/err"
    status=$?
    grep -q ': error: ' "$work/err" && expected=1 || expected=0
    [ $status -eq $expected ] || complain "$case: exit status $status, expected $expected"
    if [ -n "$UPDATE" ]; then
        golden "$base.out" "$work/out"
        golden "$base.err" "$work/err"
    fi
    compare "$base.out" "$work/out"
    compare "$base.err" "$work/err"
    [ "$mode" = read ] && [ $status -eq 0 ] && fixpoint
done
exit $failed
