#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Plants one fault after the other into a copy of the sources, builds what it changes, and shows which check finds it. Fails when one
# is not found, or when the table names text that is not in the sources, or not once.
#
# usage: mutants.sh SOURCES [all | I/N | TEXT]    I/N: the I-th of each N; TEXT: those whose file or fault has it
# $CC: the compiler. $KEEP: a directory for the copy and its build, kept for the next run.
set -eu
sources=$(cd "$1" && pwd)
choice=${2:-all}
here=$sources/tests/mutants
work=${KEEP:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
tree=$work/tree build=$work/build say=$work/say
mkdir -p "$work/mutants"

fail() { # TEXT
    echo "mutants.sh: $*" >&2
    exit 1
}

# ---- The table: a directory for each mutant ----

read_table() {
    rm -rf "$work/mutants"
    mkdir "$work/mutants"
    awk -v work="$work/mutants" '
        function start() { n++; dir = sprintf("%s/%03d", work, n); system("mkdir " dir); line = 0 }
        function put(name, text) { printf "%s", text > (dir "/" name); close(dir "/" name) }
        /^#/ || /^$/ { fresh = 1; next }
        fresh { start(); fresh = 0 }
        { line++ }
        line == 1 { put("file", $0) }
        line == 2 { put("checks", substr($0, 1, index($0, ":") - 1)); put("fault", substr($0, index($0, ":") + 2)) }
        line == 3 { put("from", substr($0, 3)) }
        line == 4 { put("to", substr($0, 3)) }
        line == 3 && !/^- / || line == 4 && !/^\+ / || line > 4 { print "mutants.txt:" NR ": not a line of a mutant" > "/dev/stderr"; exit 1 }
    ' "$here/mutants.txt"
}

# Prints a file with the mutant's text replaced; fails when it is not there exactly once.
mutate() { # DIRECTORY FILE
    FROM=$(cat "$1/from") TO=$(cat "$1/to") awk '
        BEGIN { from = ENVIRON["FROM"]; to = ENVIRON["TO"] }
        {
            at = index($0, from)
            if (at) {
                found++
                rest = substr($0, at + length(from))
                if (index(rest, from))
                    found++
                $0 = substr($0, 1, at - 1) to rest
            }
            print
        }
        END { exit found != 1 }
    ' "$2"
}

check_table() {
    bad=0
    for mutant in "$work"/mutants/*; do
        file=$(cat "$mutant/file")
        if ! mutate "$mutant" "$sources/$file" > /dev/null; then
            echo "$file does not have once: $(cat "$mutant/from")" >&2
            bad=1
        fi
    done
    [ $bad = 0 ] || fail "the table does not fit the sources"
}

# ---- The copy ----

copy_sources() {
    (cd "$sources" && for entry in *; do
        [ -e "$entry/build.ninja" ] || find "$entry" -type f
    done) | while read -r file; do
        if ! cmp -s "$sources/$file" "$tree/$file"; then
            mkdir -p "$(dirname "$tree/$file")"
            cp "$sources/$file" "$tree/$file"
        fi
    done
    awk 'BEGIN { for (i = 1; i <= 6000; i++) print i }' > "$work/data" # what the systems' frames are filled with
}

targets_of() { # CHECK
    case $1 in
    verify) echo tool/capdl "$initialisers" ;;
    random) echo tests/random/random "$initialisers" ;;
    plan) echo tests/blob/test-blob-plan ;;
    reader) echo tests/blob/test-blob-reader ;;
    boot) echo tests/initialiser/test-initialiser-boot ;;
    image) echo tests/image/image_calls_test tests/image/image_errors_test tests/image/image_layout_test \
        tests/image/image_open_test tests/image/image_roundtrip_test "$initialisers" ;;
    faults) echo tests/faults/faults-calls "$initialisers" ;;
    blobs) echo tests/faults/faults-blobs "$initialisers" ;;
    pd) echo tests/pd/expand_test tests/pd/elf_test ;;
    esac
}

build_checks() { # CHECK...
    targets=
    for check in "$@"; do
        targets="$targets $(targets_of "$check")"
    done
    # shellcheck disable=SC2086 # a list
    ninja -C "$build" $targets > "$work/ninja" 2>&1
}

# ---- Checks: each fails and leaves a message in $say when it finds something wrong ----

compile_and_verify() { # SYSTEM
    kernel=$(sed -n 's/^-- kernel: //p' "$1")
    cp "$1" "$work/$(basename "$1")"
    spec=$work/$(basename "$1")
    if ! timeout 20 "$build/tool/capdl" compile "$spec" --kernel "$kernel" -I "$work" -o "$work/image" > "$work/out" 2>&1; then
        by=compile
        grep -m 1 'error:' "$work/out" > "$say" || echo "ends with an error, but says nothing" > "$say"
        return 1
    fi
    if ! timeout 20 "$build/tool/capdl" verify "$work/image" --spec "$spec" -I "$work" > "$work/out" 2> "$work/errors"; then
        by=verify
        ! grep -q 'the boot failed' "$work/out" || by=boot
        grep -m 1 "^$spec: " "$work/out" > "$say" || grep -h -m 1 . "$work/out" "$work/errors" > "$say" ||
            echo "comes to no end" > "$say"
        return 1
    fi
}

check_verify() {
    for system in "$here"/systems/*.cdl; do
        compile_and_verify "$system" || return 1
    done
}

run_tests() { # EXECUTABLE ARGUMENT...
    timeout 60 "$@" > "$work/out" 2>&1 && return 0
    grep -v -e '^ok' -e '^[0-9]* checks' "$work/out" | grep -m 1 . > "$say" || echo "fails" > "$say"
    return 1
}

check_random() {
    timeout 100 "$build/tests/random/random" 1 "${SYSTEMS:-400}" > "$work/out" 2>&1 && return 0
    grep -m 1 '^seed' "$work/out" > "$say" || tail -n 1 "$work/out" > "$say"
    return 1
}

check_plan() { run_tests "$build/tests/blob/test-blob-plan"; }
check_reader() { run_tests "$build/tests/blob/test-blob-reader" "$tree/tests/blob/good.hex"; }
check_boot() { run_tests "$build/tests/initialiser/test-initialiser-boot"; }
check_faults() { run_tests "$build/tests/faults/faults-calls" 1 14; }
check_blobs() { run_tests "$build/tests/faults/faults-blobs" 1 300; }
check_pd() { run_tests "$build/tests/pd/expand_test" && run_tests "$build/tests/pd/elf_test"; }
check_image() {
    for name in calls errors layout open roundtrip; do
        run_tests "$build/tests/image/image_${name}_test" || return 1
    done
}

message() {
    sed -e "s|$work/||g" -e 's/|/\\|/g' -e 's/^[ \t]*//' "$say" | cut -c 1-160 | head -n 1
}

# ---- One mutant ----

try() { # DIRECTORY
    file=$(cat "$1/file") checks=$(cat "$1/checks")
    cp "$tree/$file" "$work/original"
    mutate "$1" "$work/original" > "$tree/$file"
    found=
    for check in $checks; do
        by="test: $check"
        if ! build_checks "$check"; then
            checks="it does not build: $(grep -m 1 'error' "$work/ninja" || true)"
            break
        fi
        if ! "check_$check"; then
            found=1
            break
        fi
    done
    cp "$work/original" "$tree/$file"
    total=$((total + 1))
    if [ -n "$found" ]; then
        caught=$((caught + 1))
        echo "| \`$file\`: $(cat "$1/fault") | $by | $(message) |"
    else
        echo "| \`$file\`: $(cat "$1/fault") | **nothing** ($checks) | |"
    fi
}

chosen() { # DIRECTORY
    number=$((number + 1))
    case $choice in
    all) ;;
    [0-9]*/[0-9]*) [ $((number % ${choice#*/})) = $((${choice%/*} % ${choice#*/})) ] ;;
    *) grep -qsF -e "$choice" "$1/file" "$1/fault" ;;
    esac
}

read_table
check_table
for tool in meson ninja; do
    command -v $tool > /dev/null || { echo "no $tool"; exit 77; }
done
copy_sources
# Most of the time goes into compiling the tool, which need not be fast.
[ -e "$build/build.ninja" ] || meson setup -Dwerror=false -Doptimization=0 -Ddebug=false "$build" "$tree" > "$work/setup" 2>&1 ||
    { cat "$work/setup"; fail "cannot configure"; }
initialisers="initialiser/initialiser-aarch64.elf initialiser/initialiser-riscv64.elf initialiser/initialiser-x86_64.elf"
ninja -C "$build" -t targets all | grep -q '^initialiser/initialiser-riscv64.elf' || { echo "no cross compilers"; exit 77; }
build_checks verify || { cat "$work/ninja"; fail "cannot build the copy"; }
check_verify || fail "found without a fault: $(message)"

total=0 caught=0 number=0
echo "| fault | caught by | message |"
echo "|---|---|---|"
for mutant in "$work"/mutants/*; do
    ! chosen "$mutant" || try "$mutant"
done
echo
echo "$caught of $total caught"
[ $caught = $total ]
