#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Changes the sources in ways that nobody chose (mutate.c), one at a time, and shows which test notices. Fails when more than one
# in twenty of those that change the program go unnoticed.
#
# usage: mechanical.sh SOURCES SEED COUNT [FIRST]    COUNT changes that compile and change the object code; FIRST: skip that many draws
# $CC: the compiler. $KEEP: a directory for the copy and its builds, kept for the next run. $SLOWER: by how much tests may take longer.
# $DRAWS: a file with the changes to try, FILE NUMBER on each line, instead of drawn ones.
#
# A table (entered.sh) says which tests enter which function, so that a change needs only those tests, the quickest first, and only
# what these need is built. If they pass and building enters the function, too, or nothing does, everything is built, and the tests
# run that use what the build then makes otherwise (images, initialisers, loaders). A test that runs out of time has noticed.
# What none of these notices is tried with sanitizers, as in CI: they see memory that is not freed, or is too small.
# In the end every test that noticed something runs on the sources as they are: one that fails there has noticed nothing.
set -eu
sources=$(cd "$1" && pwd)
seed=$2 count=$3 first=${4:-0}
work=${KEEP:-}
[ -n "$work" ] || work=$(mktemp -d)
tree=$work/tree
build=$tree/build
sanitized=$work/sanitized
mkdir -p "$tree"
# shellcheck disable=SC3045
ulimit -c 0

# A mutant may ask for all the memory there is. Not a limit of addresses: emulators and browsers reserve more than they use.
end_large() {
    while sleep 1; do
        ps -eo pid=,rss= | awk '$2 > 6000000 { print $1 }' | while read -r process; do
            case $(readlink "/proc/$process/exe") in
            "$build"/* | "$sanitized"/*) kill -9 "$process" ;;
            esac
        done
    done
}
end_large 2> /dev/null &
watch=$!
trap 'kill $watch; [ "${KEEP:-}" ] || rm -rf "$work"' EXIT

(cd "$sources" && for entry in *; do
    [ -e "$entry/build.ninja" ] || find "$entry" -type f
done) | while read -r file; do
    if ! cmp -s "$sources/$file" "$tree/$file"; then
        mkdir -p "$tree/$(dirname "$file")"
        cp "$sources/$file" "$tree/$file"
    fi
done
[ -f "$build/build.ninja" ] || meson setup "$build" "$tree" > "$work/setup" 2>&1 || { cat "$work/setup" >&2; exit 2; }
ninja -C "$build" > "$work/ninja" 2>&1 || { tail -n 30 "$work/ninja" >&2; exit 2; }
[ -f "$sanitized/build.ninja" ] || meson setup "$sanitized" "$tree" -Db_sanitize=address,undefined > "$work/setup" 2>&1 ||
    { cat "$work/setup" >&2; exit 2; }
${CC:-cc} -O2 -D_GNU_SOURCE -o "$work/mutate" "$tree/tests/mutants/mutate.c"
sum=$(cd "$tree" && find . -name '*.[ch]' -o -name '*.def' | grep -v '^./build/' | sort | xargs cat | cksum)
if [ "$sum" != "$(cat "$work/entered.sum" 2> /dev/null)" ]; then
    "$tree/tests/mutants/entered.sh" "$tree" "$work/entered" > "$work/entered.table"
    echo "$sum" > "$work/entered.sum"
fi
cd "$tree"
ninja -C "$build" -t compdb > "$work/commands"
ninja -C "$build" -t targets all | sed -n 's/: CUSTOM_COMMAND.*//p' > "$work/made"

# What each test needs built: TEST, then files, with tabs between them.
python3 - "$build" > "$work/needs" << 'END'
import json, os, sys
info = lambda name: json.load(open(f"{sys.argv[1]}/meson-info/intro-{name}.json"))
files = {t["id"]: [os.path.relpath(f, sys.argv[1]) for f in t["filename"]] for t in info("targets") if t["type"] != "run"}
for test in info("tests"):
    print("\t".join([test["name"], *(file for id in test["depends"] for file in files.get(id, []))]))
END

# What is loaded of ELF files: without what only debuggers read.
loaded() { # FILE...
    python3 - "$@" << 'END'
import struct, sys
for name in sys.argv[1:]:
    data = open(name, "rb").read()
    start, count = struct.unpack_from("<Q", data, 32)[0], struct.unpack_from("<H", data, 56)[0]
    for header in (struct.unpack_from("<IIQQQQQQ", data, start + 56 * i) for i in range(count)):
        if header[0] == 1:
            sys.stdout.buffer.write(struct.pack("<QQ", header[3], header[6]) + data[header[2]:header[2] + header[5]])
END
}

# The object code of a file; that of initialiser and loader is the whole programs.
object_code() { # FILE TO
    case $1 in
    loader/* | initialiser/*)
        room=${1%%/*}
        programs=$(grep "^$room/$room-[a-z0-9_]*\.elf\$" "$work/made")
        # shellcheck disable=SC2086 # a list
        ninja -C "$build" $programs > "$work/ninja" 2>&1 || return 1
        # shellcheck disable=SC2086
        (cd "$build" && loaded $programs) > "$2"
        return
        ;;
    esac
    command=$(awk -v file="/$1\"" '
        /"command":/ { command = $0 }
        /"file":/ && index($0, file) { sub(/^ *"command": "/, "", command); sub(/",$/, "", command); gsub(/\\"/, "\"", command); print command; exit }' \
        "$work/commands")
    [ -n "$command" ] || return 1
    (cd "$build" && eval "${command%% -MD *} -g0 -o '$2.o' -c '../$1'") > "$work/compiler" 2>&1 || return 1
    mv "$2.o" "$2"
}

# The tests that enter the function around a line, the quickest first; the first word is "build" if building enters it, too. Without the
# one that only counts instructions, as nearly every change changes how many there are.
tests_of() { # FILE LINE
    awk -v file="$1" -v line="$2" '
        $1 == file && $2 + 0 <= line + 0 && $2 + 0 >= begin { if ($2 + 0 > begin) { delete seconds; begin = $2 + 0 }
            time = $3; name = $0; sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", name); if (name != "guard-tool") seconds[name] = time }
        END { for (name in seconds) print seconds[name], name }' "$work/entered.table" | sort -n | sed 's/^[^ ]* //'
}

# The first test that fails or runs out of time, or nothing.
failing() { # ARGUMENT-OF-MESON-TEST...
    meson test -C "$build" --no-rebuild --maxfail 1 -t "${SLOWER:-1}" "$@" > "$work/test" 2>&1 < /dev/null || true
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

# The same, after building what these tests need.
failing_of_built() { # FILE-WITH-A-TEST-A-LINE
    awk -F '\t' 'NR == FNR { wanted[$0] = 1; next } $1 in wanted { for (i = 2; i <= NF; i++) print $i }' "$1" "$work/needs" | sort -u > "$work/targets"
    xargs -r timeout 600 ninja -C "$build" < "$work/targets" > "$work/ninja" 2>&1 || { echo "the build"; return; }
    failing_of "$1"
}

sums_of_made() {
    (cd "$build" && xargs cksum < "$work/made" 2> /dev/null) | sort
}

# The tests that use a file which building made anew, other than before.
tests_of_made() {
    sums_of_made | comm -13 "$work/sums" - | cut -d ' ' -f 3- > "$work/changed"
    awk -F '\t' 'NR == FNR { changed[$0] = 1; next } { for (i = 2; i <= NF; i++) if ($i in changed) { print $1; next } }' \
        "$work/changed" "$work/needs"
}

# The same with sanitizers, of the quickest tests.
failing_sanitized() { # FILE-WITH-A-TEST-A-LINE
    head -n 40 "$1" > "$work/quick"
    plain=$build build=$sanitized
    by=$(failing_of_built "$work/quick")
    build=$plain
    [ -z "$by" ] || echo "$by, sanitized"
}

notice() { # FILE LINE
    by=$(notice_plain "$@")
    [ -n "$by" ] || by=$(failing_sanitized "$work/tests")
    echo "$by"
}

notice_plain() { # FILE LINE
    tests_of "$1" "$2" > "$work/all"
    grep -vx '(build)' "$work/all" > "$work/tests" || true
    for part in 1,6p 7,40p '41,$p'; do
        sed -n "$part" "$work/tests" > "$work/part"
        by=$(failing_of_built "$work/part")
        [ -z "$by" ] || { echo "$by"; return; }
    done
    case $1 in
    blob/* | initialiser/* | loader/* | sha256/*) ;; # in what is built for targets, which no table knows
    *)
        if [ -s "$work/tests" ] && cmp -s "$work/all" "$work/tests"; then
            return # building does not enter it
        fi
        ;;
    esac
    timeout 900 ninja -C "$build" > "$work/ninja" 2>&1 || { echo "the build"; return; }
    tests_of_made > "$work/part"
    case $1 in
    loader/* | initialiser/*) by=$(failing --suite "${1%%/*}") ;;
    esac
    [ -n "$by" ] || by=$(failing_of "$work/part")
    echo "$by"
}

files=$(find blob capdl-spec initialiser loader sha256 tool -name '*.c' | sort)
noticed=0 unnoticed=0 same=0 broken=0 drawn=0
begin=$(date +%s)
sums_of_made > "$work/sums"
: > "$work/noticing"
echo "| change | noticed by |"
echo "|---|---|"
# shellcheck disable=SC2086 # a list
"$work/mutate" draw "$seed" $((first + 3 * count)) $files | tail -n +$((first + 1)) > "$work/draws"
[ -z "${DRAWS:-}" ] || cp "$DRAWS" "$work/draws"
while read -r file number && [ $((noticed + unnoticed)) -lt "$count" ]; do
    drawn=$((drawn + 1))
    object_code "$file" "$work/before" < /dev/null || { broken=$((broken + 1)); continue; }
    "$work/mutate" apply "$file" "$number" > "$work/mutant" 2> "$work/what"
    cp "$file" "$work/original"
    cp "$work/mutant" "$file"
    if ! object_code "$file" "$work/after" < /dev/null; then
        broken=$((broken + 1))
    elif cmp -s "$work/before" "$work/after"; then
        same=$((same + 1))
    else
        by=$(notice "$file" "$(sed 's/:.*//' "$work/what")" < /dev/null)
        [ -n "$by" ] && noticed=$((noticed + 1)) || unnoticed=$((unnoticed + 1))
        echo "${by##* / }" >> "$work/noticing"
        echo "| \`$file:$(sed 's/|/\\|/g' "$work/what")\` | ${by:-**nothing**} |"
    fi
    cp "$work/original" "$file"
done < "$work/draws"
ninja -C "$build" > "$work/ninja" 2>&1 || true
grep -vxE 'the build|' "$work/noticing" | sort -u > "$work/good" || true
grep -v ', sanitized$' "$work/good" > "$work/part" || true
bad=$(failing_of "$work/part")
sed -n 's/, sanitized$//p' "$work/good" > "$work/part"
[ -n "$bad" ] || bad=$(failing_sanitized "$work/part")
echo
echo "$noticed of $((noticed + unnoticed)) noticed; of $drawn drawn, $broken did not compile and $same changed nothing; $((($(date +%s) - begin) / 60)) minutes"
[ -z "$bad" ] || { echo "$bad fails without a change" >&2; exit 2; }
[ $((unnoticed * 20)) -le $((noticed + unnoticed)) ]
