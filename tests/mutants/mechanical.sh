#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Changes the sources in ways that nobody chose (mutate.c), one at a time, and shows which test notices. Fails when more than one
# in twenty of those that change the program go unnoticed.
#
# usage: mechanical.sh SOURCES SEED COUNT [FIRST]    COUNT changes that compile and change the object code; FIRST: skip that many draws
# $CC: the compiler. $KEEP: a directory for the copy and its build, kept for the next run.
#
# A table (entered.sh) says which tests enter which function, so that a change needs only those tests: the quick ones first, with
# the mutated programs; if none of them fails, everything is built anew and the others run. A test that runs out of time has
# noticed, too.
set -eu
sources=$(cd "$1" && pwd)
seed=$2 count=$3 first=${4:-0}
work=${KEEP:-}
if [ -z "$work" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
fi
tree=$work/tree build=$work/build
mkdir -p "$tree"
# shellcheck disable=SC3045
ulimit -c 0
# shellcheck disable=SC3045
ulimit -v 12000000 # a mutant may ask for all there is

(cd "$sources" && for entry in *; do
    [ -e "$entry/build.ninja" ] || find "$entry" -type f
done) | while read -r file; do
    if ! cmp -s "$sources/$file" "$tree/$file"; then
        mkdir -p "$tree/$(dirname "$file")"
        cp "$sources/$file" "$tree/$file"
    fi
done
[ -f "$build/build.ninja" ] || meson setup "$build" "$tree" -Dwerror=false > "$work/setup" 2>&1 || { cat "$work/setup" >&2; exit 2; }
ninja -C "$build" > "$work/ninja" 2>&1 || { tail -n 30 "$work/ninja" >&2; exit 2; }
${CC:-cc} -O2 -D_GNU_SOURCE -o "$work/mutate" "$tree/tests/mutants/mutate.c"
sum=$(cd "$tree" && find . -name '*.[ch]' -o -name '*.def' | sort | xargs cat | cksum)
if [ "$sum" != "$(cat "$work/entered.sum" 2> /dev/null)" ]; then
    "$tree/tests/mutants/entered.sh" "$tree" "$work/entered" > "$work/entered.table"
    echo "$sum" > "$work/entered.sum"
fi
cd "$tree"

programs=$(ninja -C "$build" -t targets all | sed -n 's/: c_LINKER.*//p')
for target in initialiser/initialiser-aarch64.elf initialiser/initialiser-riscv64.elf initialiser/initialiser-x86_64.elf \
    loader/loader-aarch64.elf loader/loader-riscv64.elf; do
    [ ! -e "$build/$target" ] || programs="$programs $target"
done

# The object code of a file, without what only debuggers read; that of the loader is the loaders themselves.
object_code() { # FILE TO
    case $1 in
    loader/*)
        ninja -C "$build" loader/loader-aarch64.elf loader/loader-riscv64.elf > "$work/ninja" 2>&1 || return 1
        cat "$build"/loader/loader-*.elf > "$2"
        return
        ;;
    esac
    command=$(ninja -C "$build" -t compdb | awk -v file="/$1\"" '
        /"command":/ { command = $0 }
        /"file":/ && index($0, file) { sub(/^ *"command": "/, "", command); sub(/",$/, "", command); gsub(/\\"/, "\"", command); print command; exit }')
    [ -n "$command" ] || return 1
    (cd "$build" && eval "${command%% -MD *} -g0 -o '$2.o' -c '../tree/$1'") > "$work/compiler" 2>&1 || return 1
    mv "$2.o" "$2"
}

# The tests that enter the function around a line, the quickest first; the first word is "build" if building enters it, too.
tests_of() { # FILE LINE
    awk -v file="$1" -v line="$2" '
        $1 == file && $2 + 0 <= line + 0 && $2 + 0 >= begin { if ($2 + 0 > begin) { delete seconds; count = 0; begin = $2 + 0 }
            time = $3; name = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", name); seconds[name] = time }
        END { for (name in seconds) print seconds[name], name }' "$work/entered.table" | sort -n | sed 's/^[^ ]* //'
}

# The first test that fails or runs out of time, or nothing.
failing() { # ARGUMENT-OF-MESON-TEST...
    meson test -C "$build" --no-rebuild --maxfail 1 "$@" > "$work/test" 2>&1 < /dev/null || true
    sed -nE 's/^ *[0-9]+\/[0-9]+ (.*[^ ]) +(FAIL|TIMEOUT|ERROR|UNEXPECTEDPASS|INTERRUPT) .*/\1/p' "$work/test" | head -n 1
}

failing_of() { # FILE-WITH-A-TEST-A-LINE
    [ -s "$1" ] || return 0
    list=$1
    set --
    while read -r name; do
        set -- "$@" "$name"
    done < "$list"
    failing "$@"
}

# Which test notices: of those that enter the function, the quick ones first; then the others, with everything built anew. Where
# no test of the host enters it, or building does, all tests.
notice() { # FILE LINE
    # shellcheck disable=SC2086 # a list
    timeout 600 ninja -k 0 -C "$build" $programs > "$work/ninja" 2>&1 || { echo "the build"; return; }
    tests_of "$1" "$2" > "$work/all"
    grep -v '^(build)$' "$work/all" > "$work/tests" || true
    head -n 40 "$work/tests" > "$work/quick"
    tail -n +41 "$work/tests" > "$work/slow"
    by=$(failing_of "$work/quick")
    if [ -z "$by" ]; then
        timeout 600 ninja -C "$build" > "$work/ninja" 2>&1 || { echo "the build"; return; }
        if [ -s "$work/all" ] && cmp -s "$work/all" "$work/tests"; then
            by=$(failing_of "$work/slow")
        else
            by=$(failing --no-suite lint --no-suite mutants --no-suite real --no-suite matrix)
        fi
    fi
    echo "$by"
}

files=$(find blob capdl-spec initialiser loader tool -name '*.c' | sort)
noticed=0 unnoticed=0 same=0 broken=0 drawn=0
echo "| change | noticed by |"
echo "|---|---|"
# shellcheck disable=SC2086 # a list
"$work/mutate" draw "$seed" $((first + 3 * count)) $files | tail -n +$((first + 1)) > "$work/draws"
while read -r file number && [ $((noticed + unnoticed)) -lt "$count" ]; do
    drawn=$((drawn + 1))
    object_code "$file" "$work/before" < /dev/null || { broken=$((broken + 1)); continue; }
    "$work/mutate" apply "$file" "$number" > "$work/mutant" 2> "$work/what"
    cp "$work/mutant" "$file"
    if ! object_code "$file" "$work/after" < /dev/null; then
        broken=$((broken + 1))
    elif cmp -s "$work/before" "$work/after"; then
        same=$((same + 1))
    else
        by=$(notice "$file" "$(sed 's/:.*//' "$work/what")" < /dev/null)
        [ -n "$by" ] && noticed=$((noticed + 1)) || unnoticed=$((unnoticed + 1))
        echo "| \`$file:$(sed 's/|/\\|/g' "$work/what")\` | ${by:-**nothing**} |"
    fi
    cp "$sources/$file" "$file"
done < "$work/draws"
ninja -C "$build" > "$work/ninja" 2>&1 || true
echo
echo "$noticed of $((noticed + unnoticed)) noticed; of $drawn drawn, $broken did not compile and $same changed nothing"
[ $((unnoticed * 20)) -le $((noticed + unnoticed)) ]
