#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Small specs and what is to become of them: verdicts.sh SPEC_CASE FILE
program=$1
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
failed=0
number=0

while IFS= read -r line; do
    number=$((number + 1))
    case $line in
    '#'*) continue ;;
    accept:*) read=0 check=any ;;
    reject:*) read=1 check=any ;;
    check:*) read=0 check=1 ;;
    esac
    printf '%s\n' "${line#*: }" >"$work/spec.cdl"
    "$program" read "$work/spec.cdl" >"$work/out" 2>"$work/err"
    status=$?
    if [ $status -eq 0 ] && [ $read -eq 0 ]; then
        "$program" read "$work/out" 2>&1 | cmp "$work/out" - || status=100
    fi
    [ $status -eq $read ] || { failed=1; echo "$2:$number: read gives $status: $line" >&2; cat "$work/err" >&2; }
    if [ $check = 1 ]; then
        "$program" check "$work/spec.cdl" >/dev/null 2>&1 && { failed=1; echo "$2:$number: not rejected by the checks: $line" >&2; }
    fi
done <"$2"
exit $failed
