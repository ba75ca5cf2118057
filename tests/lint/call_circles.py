#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""call_circles.py BUILD: no files of a room call each other in a circle, by the symbols that their object files define and need.

A header that many files share hides from `circles` who depends on whom. Loader and monitor, which are built for targets
only, are left to that.
"""
import collections
import json
import os
import subprocess
import sys

# Libraries whose files may, by what they are built into, with the reason.
STAYS = {
    "tool/machine/libkernel-model.a": "the kernel's own functions call each other so: a cap's end ends threads, which end caps",
    "tool/capdl": "help is a command that prints the table of commands",
}


def symbols(path):
    """What an object file defines, and what it needs."""
    defined, needed = set(), set()
    for line in subprocess.run(["nm", path], capture_output=True, text=True, check=True).stdout.splitlines():
        words = line.split()
        if len(words) == 3 and words[1] in "TDRBVW":
            defined.add(words[2])
        elif len(words) == 2 and words[0] == "U":
            needed.add(words[1])
    return defined, needed


def circles(uses):
    """Sets of files each of which leads to all others (Tarjan's algorithm)."""
    number, low, stack, found = {}, {}, [], []

    def visit(file):
        number[file] = low[file] = len(number)
        stack.append(file)
        for other in uses[file]:
            if other not in number:
                visit(other)
            if other in stack:
                low[file] = min(low[file], low[other])
        if low[file] == number[file]:
            circle = set()
            while file not in circle:
                circle.add(stack.pop())
            if len(circle) > 1:
                found.append(circle)

    for file in sorted(uses):
        if file not in number:
            visit(file)
    return found


def main(build):
    rooms = collections.defaultdict(list)
    for command in json.load(open(f"{build}/compile_commands.json")):
        path = command["output"]
        if path.split("/")[0] not in ("tests", "examples"):
            rooms[os.path.dirname(path)[:-2]].append(f"{build}/{path}")
    if len(rooms) < 15:
        sys.exit(f"{build}/compile_commands.json has only {len(rooms)} rooms: {' '.join(sorted(rooms))}")
    status = 0
    for room, paths in sorted(rooms.items()):
        files = {os.path.basename(path)[:-4]: symbols(path) for path in paths}
        home = {symbol: file for file, (defined, _) in files.items() for symbol in defined}
        uses = {file: {home[s] for s in needed if s in home} - {file} for file, (_, needed) in files.items()}
        for circle in circles(uses):
            if room in STAYS:
                continue
            status = 1
            print(f"{room}: these files call each other in a circle:")
            for file in sorted(circle):
                for other in sorted(uses[file] & circle):
                    names = sorted(s for s in files[file][1] if home.get(s) == other)
                    print(f"    {file}.c -> {other}.c: {', '.join(names)}")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
