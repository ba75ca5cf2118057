#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The pieces of docs/building.md work as they stand: the image is made, not made again, and made anew when a program changes.
# And what editors and review sites read. usage: build-systems.sh CAPDL SOURCES
# shellcheck disable=SC2016,SC2094 # dollars in names, and a name beside a file
set -u
capdl=$(realpath "$1") page=$(realpath "$2")/docs/building.md
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir" || exit 1
mkdir bin
ln -s "$capdl" bin/capdl
PATH=$dir/bin:$PATH
failed=0

command -v aarch64-linux-gnu-gcc > /dev/null || exit 77
printf '.globl _start\n_start: b _start\n' > hello.S
aarch64-linux-gnu-gcc -nostdlib -static -Wl,-Ttext-segment=0x200000 hello.S -o hello.elf

# piece LANGUAGE FILE: the block of that language
piece() { sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$page" | sed '1d;$d' > "$2"; }

# built NAME IMAGE COMMAND...: three times
built() {
    name=$1 image=$2
    shift 2
    "$@" > out 2>&1 || { echo "$name:"; cat out; failed=1; }
    [ -s "$image" ] || { echo "$name: no image"; failed=1; return; }
    touch -d '1 minute ago' "$image" source/* ./*.elf.d 2> /dev/null
    touch -d '2 minutes ago' source/*
    "$@" > out 2>&1
    before=$(stat -c %Y "$image")
    "$@" > out 2>&1
    [ "$(stat -c %Y "$image")" = "$before" ] || { echo "$name: made twice"; failed=1; }
    sleep 1
    touch source/hello.elf
    "$@" > out 2>&1
    [ "$(stat -c %Y "$image")" != "$before" ] || { echo "$name: not made anew for a program"; failed=1; }
}

for tool in make meson cmake; do
    command -v $tool > /dev/null || { echo "no $tool"; continue; }
    rm -rf source build
    mkdir source
    cp hello.elf source
    printf 'arch aarch64 objects { hello = pd ("hello.elf") }\n' > source/system.cdl
    case $tool in
    make)
        piece make source/Makefile
        built make source/system.elf make -C source
        ;;
    meson)
        command -v ninja > /dev/null || continue
        piece meson source/meson.build
        meson setup build source > out 2>&1 || { cat out; failed=1; }
        built meson build/system.elf ninja -C build
        ;;
    cmake)
        command -v ninja > /dev/null || continue
        piece cmake source/CMakeLists.txt
        cmake -G Ninja -S source -B build > out 2>&1 || { cat out; failed=1; }
        built cmake build/system.elf ninja -C build
        ;;
    esac
done

# Names that make would read otherwise.
mkdir 'a b'
cp hello.elf 'a b/c$d #1.elf'
printf 'arch aarch64 objects { hello = pd ("c$d #1.elf") }\n' > 'a b/s.cdl'
capdl compile 'a b/s.cdl' -o named.elf --depfile named.d || failed=1
printf 'named.elf: \\\n  a\\ b/s.cdl \\\n  a\\ b/c$$d\\ \\#1.elf \\\n' > expected
head -n 3 named.d | diff -u expected - || failed=1
printf 'named.elf:\n\t@touch $@\n-include named.d\n' > Makefile
if command -v make > /dev/null; then
    make | grep -q 'up to date' || { echo 'make does not read the names'; failed=1; }
fi
capdl compile 'a b/s.cdl' -o other.elf --depfile no/such/d 2> err && failed=1
grep -q 'cannot write no/such/d' err || { cat err; failed=1; }

# The buffer of an editor: beside its file, under its name.
capdl check --json --stdin-filename 'a b/s.cdl' - < 'a b/s.cdl' > out || { cat out; failed=1; }
[ "$(cat out)" = '[]' ] || { cat out; failed=1; }
printf 'arch aarch64\nobjects { x = eq }\n' | capdl check --json --stdin-filename 'a b/s.cdl' - > out && failed=1
grep -q '"file": "a b/s.cdl", "line": 2, "column": 15, "end_line": 2, "end_column": 17' out || { cat out; failed=1; }
printf 'arch aarch64\nobjects { x = eq }\n' | capdl check --sarif --stdin-filename 'a b/s.cdl' - > out && failed=1
grep -q '"uri": "a%20b/s.cdl"}, "region": {"startLine": 2, "startColumn": 15, "endLine": 2, "endColumn": 17}' out || { cat out; failed=1; }
if command -v python3 > /dev/null; then
    python3 -c 'import json, sys; r = json.load(sys.stdin)["runs"][0]["results"]; assert [x["level"] for x in r] == ["error"], r' < out || failed=1
    # Several findings, some of which have notes; names that addresses encode.
    printf 'arch aarch64 objects {\n  f = frame (4k, paddr: 0x1000)\n  gg = frame (4k, paddr: 0x1000) }\n' > one.cdl
    echo 'arch aarch64 objects { a = pd ("x.elf") b = pd ("yy.elf") }' > 'a@+~_-.(é).cdl'
    echo 'arch aarch64 objects { }' > none.cdl
    for name in one 'a@+~_-.(é)' none; do
        capdl check --sarif -I /nowhere "$name.cdl" > "$name.sarif"
        capdl check --json -I /nowhere "$name.cdl" > "$name.json"
    done
    python3 - << 'END' || failed=1
import json
from urllib.parse import unquote


def place(location):
    place = location["physicalLocation"]
    region = place["region"]
    return (unquote(place["artifactLocation"]["uri"]), region["startLine"], region["startColumn"], region["endLine"], region["endColumn"])


def results(name):
    run = json.load(open(name + ".sarif"))["runs"][0]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert rules[0] == "spec" and "overlap" in rules and len(set(rules)) == len(rules), rules
    found = [(r["ruleId"], r["level"], [place(p) for p in r["locations"]],
              [(r["message"]["text"], *place(r)) for r in r.get("relatedLocations", [])]) for r in run["results"]]
    # --json says the same.
    told = [(d.get("check", "spec"), d["severity"], [(d["file"], d["line"], d["column"], d["end_line"], d["end_column"])],
             [(n["message"], n["file"], n["line"], n["column"], n["end_line"], n["end_column"]) for n in d.get("notes", []) if "file" in n])
            for d in json.load(open(name + ".json"))]
    assert found == told, (found, told)
    return found


assert results("none") == []
assert results("one") == [
    ("overlap", "error", [("one.cdl", 3, 3, 3, 5)], [("'f' is declared here", "one.cdl", 2, 3, 2, 4)]),
    ("unused", "warning", [("one.cdl", 2, 3, 2, 4)], []),
    ("unused", "warning", [("one.cdl", 3, 3, 3, 5)], [])], results("one")
name = "a@+~_-.(é)"
assert '"uri": "a%40%2B~_-.%28%C3%A9%29.cdl"' in open(name + ".sarif").read()
assert results(name) == [
    ("spec", "error", [(name + ".cdl", 1, a, 1, b)], [("looked in " + where, name + ".cdl", 1, a, 1, b) for where in (".", "/nowhere")])
    for a, b in ((32, 39), (49, 57))], results(name)
END
fi
exit $failed
