#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# extremes.sh CAPDL PROGRAMS: systems that are too long to write down, and what they need that is not there
set -u
capdl=$(realpath "$1") programs=$(realpath "$2")/aarch64 data=$(realpath "$(dirname "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ -d "$programs" ] || exit 77
status=0

# repeat COUNT TEXT
repeat() {
    awk -v count="$1" -v text="$2" 'BEGIN { for (i = 0; i < count; i++) printf "%s", text }'
}

# errors CODE TEXT: of the system on standard input: exit code, and all errors without the name of the file
errors() {
    code=$1 text=$2
    cat >"$work/a.system"
    got=0
    (cd "$work" && "$capdl" expand --arch aarch64 -I "$programs" a.system) >"$work/out" 2>"$work/said" || got=$?
    [ $got = "$code" ] || { echo "exit code $got, expected $code"; status=1; }
    grep ' error: ' "$work/said" >"$work/errors"
    [ "$(cat "$work/errors")" = "$text" ] || { echo "expected '$text', but got:"; head -n 5 "$work/errors"; status=1; }
}

# domains COUNT: so many, one a line
domains() {
    echo '<system>'
    awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) printf "<protection_domain name=\"p%d\"><program_image path=\"plain.elf\"/></protection_domain>\n", i }'
    echo '</system>'
}
domains 4096 | errors 0 ''
[ "$(grep -c '^  tcb_p[0-9]* = tcb' "$work/out")" = 4096 ] || { echo 'not 4096 threads'; status=1; }
domains 4098 | errors 1 'a.system:4098:1: error: there are more than 4096 protection domains'

# Elements in each other: 128, and one more. Those of the first are wrong in other ways.
nested() {
    printf '<system>'
    repeat $(($1 - 1)) '<protection_domain>'
    repeat $(($1 - 1)) '</protection_domain>'
    printf '</system>'
}
nested 129 | errors 1 "a.system:1:$((8 + 127 * 19 + 1)): error: elements are nested more than 128 deep"
nested 128 >"$work/b.system"
"$capdl" expand --arch aarch64 "$work/b.system" 2>&1 | grep -q 'nested' && { echo '128 elements are too deep'; status=1; }

# After twenty pieces of stray text nothing more is read. Each of these channels has no ends.
for case in '10 30' '11 20'; do
    { printf '<system>'; repeat "${case% *}" 'x<channel>y</channel>'; printf '</system>'; } >"$work/b.system"
    "$capdl" expand --arch aarch64 "$work/b.system" >"$work/out" 2>"$work/said"
    grep -q "b.system: ${case#* } errors" "$work/said" || { echo "${case#* } errors expected"; tail -n 1 "$work/said"; status=1; }
done

# lacks TEXT WORD...
lacks() {
    text=$1
    shift
    ! "$capdl" expand -I "$programs" -I "$data/systems/data" "$@" "$data/parser-arm.system" >"$work/out" 2>"$work/said" || status=1
    grep -qF -e "parser-arm.system: error: $text" "$work/said" || { echo "expected '$text'"; cat "$work/said"; status=1; }
}
lacks "Microkit's protection domains need an MCS kernel, but aarch64 is not one" --kernel aarch64
export CAPDL_DATA_DIR=/nowhere
lacks 'cannot find monitor-aarch64.elf, the prebuilt monitor; looked in /nowhere (set CAPDL_DATA_DIR to the directory that has it)' \
    --kernel aarch64-mcs
exit $status
