#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Time and memory of commands on large specs: bench.sh CAPDL SPEC_SIZE [COUNT]
# For each style of spec and each command, from a quarter of COUNT to COUNT objects: bytes of text, seconds of the processor, seconds
# relative to the line before (2 is linear), bytes of text a second, bytes of memory for each object, and memory relative to the
# text's size. Memory is all that the process has at most, its program and the mapped text included. GNU time is needed.
capdl=$1
generate=$2
largest=${3:-1000000}
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
command -v /usr/bin/time >/dev/null || { echo 'bench.sh: needs GNU time' >&2; exit 77; }

# measure STYLE COUNT COMMAND...
measure() {
    style=$1
    objects=$2
    shift 2
    /usr/bin/time -o "$work/time" -f '%U %S %M' "$capdl" "$@" "$work/spec.cdl" >/dev/null 2>"$work/errors"
    [ $? -lt 2 ] || { cat "$work/errors" >&2; exit 1; }
    read -r user system kilobytes <"$work/time"
    bytes=$(wc -c <"$work/spec.cdl")
    awk -v s="$style" -v c="$1" -v n="$objects" -v b="$bytes" -v t="$user" -v y="$system" -v k="$kilobytes" -v before="$before" 'BEGIN {
        t += y
        if (t < 0.01) t = 0.01
        printf "%-12s %-8s %9d %12d %8.2f %6s %12.0f %9.0f %7.2f\n",
            s, c, n, b, t, before ? sprintf("%.2f", t / before) : "-", b / t, k * 1024 / n, k * 1024 / b
    }'
    before=$(awk -v t="$user" -v y="$system" 'BEGIN { t += y; print t < 0.01 ? 0.01 : t }')
}

printf '%-12s %-8s %9s %12s %8s %6s %12s %9s %7s\n' style command objects bytes seconds growth 'bytes/s' 'B/object' ratio
for style in objects long-names badges copies derivations covers frames threads terse array; do
    for command in show expand check compile; do
        before=
        for objects in $((largest / 4)) $((largest / 2)) "$largest"; do
            "$generate" "$style" "$objects" >"$work/spec.cdl"
            if [ $command = compile ]; then
                measure "$style" "$objects" compile -o "$work/image.elf"
            else
                measure "$style" "$objects" $command
            fi
        done
    done
done
