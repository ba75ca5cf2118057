#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# host.sh CAPDL SPENT SPEC_SIZE [COUNT [STYLE...]]: what the tool costs for specs of COUNT objects, a million, in multiples of what
# sha256sum of the same text costs in the same run: processor time of the whole process, user and system; the best of $RUNS runs.
# Memory is the process's peak.
set -eu
capdl=$1 spent=$2 generate=$3 count=${4:-1000000} runs=${RUNS:-3}
shift 3
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- objects long-names frames threads
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The least that it takes: "MICROSECONDS KILOBYTES". GOOD lists the exit codes of success.
least() { # GOOD COMMAND...
    good=$1
    shift
    for _ in $(seq "$runs"); do
        "$spent" "$@"
    done | sort -n | awk -v good="$good" 'index(good, $3) == 0 { bad = 1 } NR == 1 { print $1, $2 } END { exit bad }'
}

row() { # NAME TARGET GOOD COMMAND...
    name=$1 target=$2
    shift 2
    if line=$(least "$@"); then
        echo "$line" | awk -v style="$style" -v name="$name" -v target="$target" -v hash="$hash" '{
            printf "%-12s %-8s %9.1f %7s %9.2f %9.0f\n", style, name, $1 / hash, target, $1 / 1e6, $2 * 1024 / 1e6 }'
    else
        printf '%-12s %-8s %9s %7s\n' "$style" "$name" - "$target"
    fi
}

printf '%-12s %-8s %9s %7s %9s %9s\n' style command multiple target seconds megabytes
for style; do
    "$generate" "$style" "$count" >"$work/$style.cdl"
    sed 's/_7\>/_other/' "$work/$style.cdl" >"$work/renamed.cdl"
    hash=$(least 0 sha256sum "$work/$style.cdl")
    hash=${hash% *}
    row sha256sum - 0 sha256sum "$work/$style.cdl"
    row check 8 0 "$capdl" check "$work/$style.cdl"
    row compile 11 0 "$capdl" compile "$work/$style.cdl" -o "$work/image.elf"
    row verify 26 0 "$capdl" verify "$work/image.elf" # not of frames outside the machine's RAM
    row diff 26 01 "$capdl" diff "$work/$style.cdl" "$work/renamed.cdl"
    row show 8 0 "$capdl" show "$work/$style.cdl"
    row graph 11 0 "$capdl" graph "$work/$style.cdl"
    rm -f "$work"/*.cdl "$work/image.elf"
done

# Against the time recorded of capDL-tool, and an array, which costs what it takes when each element is looked at.
"$generate" objects 200000 >"$work/objects.cdl"
least 0 "$capdl" check "$work/objects.cdl" | awk '{
    printf "check of 200,000 objects: %.2f s, %.0f times as fast as the 96 s recorded of capDL-tool (target 200)\n", $1 / 1e6, 96e6 / $1 }'
"$generate" array "$count" >"$work/array.cdl"
for command in check show compile; do
    set -- "$capdl" $command "$work/array.cdl"
    [ $command != compile ] || set -- "$@" -o "$work/image.elf"
    least 0 "$@" | awk -v command=$command '{ printf "%s of an array: %.2f s, %.0f MB\n", command, $1 / 1e6, $2 * 1024 / 1e6 }'
done
