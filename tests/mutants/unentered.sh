#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Prints the lines of host code that no test enters, with the file before them, and how many basic blocks there are: a change there
# goes unnoticed. Builds and runs all tests but those that only read the sources or change them; with SEL4_PREFIXES also those that
# need kernels. What confined processes do counts, too (entered.c).
#
# usage: unentered.sh SOURCES BUILD       BUILD: a directory for the build, made anew
set -eu
sources=$(cd "$1" && pwd)
build=$(mkdir -p "$2" && cd "$2" && pwd)
rm -rf "$build" "$build.tables"
mkdir -p "$build" "$build.tables"
${CC:-cc} -O2 -fPIC -D_GNU_SOURCE -DBLOCKS -c -o "$build.o" "$sources/tests/mutants/entered.c"
meson setup "$build" "$sources" -Dwerror=false -Doptimization=0 -Dc_args='-fsanitize-coverage=trace-pc -g1 -gdwarf-4' -Dc_link_args="$build.o" \
    > "$build.setup" 2>&1 || { cat "$build.setup" >&2; exit 2; }
export CAPDL_ENTERED="$build.tables"
ninja -C "$build" > "$build.ninja" 2>&1 || { tail -n 30 "$build.ninja" >&2; exit 2; }
meson test -C "$build" --no-rebuild --timeout-multiplier 5 --no-suite lint --no-suite mutants > "$build.test" 2>&1 < /dev/null || true
sed -n '/^Summary of Failures/,$p' "$build.test" >&2
python3 - "$sources" "$build" << 'END'
import os, re, subprocess, sys
sources, build = (path + "/" for path in sys.argv[1:3])

def output(*command, lines=None):
    return subprocess.run(command, input=lines, stdout=subprocess.PIPE, text=True, check=True).stdout.split("\n")

# Where a program calls the function that notes blocks: the address behind the call, with the function and the number of the block.
def calls(program):
    function, number, call = "", 0, False
    for line in output("objdump", "-d", "--no-show-raw-insn", program):
        if match := re.match(r"\w+ <([^>]+)>:", line):
            function, number, call = match[1], 0, False
        elif match := re.match(r"\s*(\w+):\t(.*)", line):
            if call:
                yield int(match[1], 16), function, number
                number += 1
            call = "call" in match[2] and "<__sanitizer_cov_trace_pc>" in match[2]

entered = {}  # (file, line, function, number): whether a test enters it, in any program
for name in os.listdir(build[:-1] + ".tables"):
    program = name.replace("%", "/")
    if not program.startswith(build) or not os.path.exists(program):
        continue
    table = open(build[:-1] + ".tables/" + name, "rb").read()
    start = int(next(line for line in output("nm", program) if line.endswith(" __executable_start")).split()[0], 16)
    blocks = list(calls(program))
    places = output("addr2line", "-e", program, lines="".join("%x\n" % (block[0] - 1) for block in blocks))
    for (address, function, number), place in zip(blocks, places):
        file, _, line = os.path.normpath(os.path.join(build, place.split(" ")[0])).rpartition(":")
        if file.startswith(sources) and not file.startswith((build, sources + "tests/")) and line.isdigit():
            key = file[len(sources):], int(line), function, number
            entered[key] = entered.get(key, False) or table[address - start] == 1

missed = sorted({key[:2] for key in entered if not entered[key]})
for i, (file, line) in enumerate(missed):
    if i == 0 or missed[i - 1][0] != file:
        print(file)
    text = open(sources + file).read().split("\n")
    print("    %u: %s" % (line, text[line - 1].strip() if line <= len(text) else ""))
print("%u of %u blocks entered" % (sum(entered.values()), len(entered)))
END
