#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""tables_cells.py SOURCE [EVERY]: changes cells of the tables that tables.c prints, one at a time, and sees it fail.

EVERY: only each so many-th. Each changed table must compile: one that does not would say nothing of the test.
"""
import os
import re
import subprocess
import sys
import tempfile

source, every = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
test = os.path.join(source, "tests/spec/tables.c")
roots = [os.path.join(source, name) for name in ("include", "tool")]
string = r'"(?:[^"\\]|\\.)*"'
nested = rf"\((?:{string}|[^()\"])*\)"


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def cells(text):
    """Where the cells of a table are: (begin, end) of each argument of its rows."""
    text = re.sub(r"/\*.*?\*/", blank, text, flags=re.S)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", blank, text, flags=re.M)
    for row in re.finditer(rf"^[A-Z_]+\(((?:{string}|'[^']'|{nested}|[^()\"'])*)\)", text, re.M):
        for cell in re.finditer(rf"(?:\s*{string})+|\s*[A-Z]+{nested}|[^,]+", row.group(1)):
            begin = row.start(1) + cell.start() + len(cell.group(0)) - len(cell.group(0).lstrip())
            yield begin, row.start(1) + cell.end()


def change(cell):
    cell = cell.rstrip()
    if cell.startswith('"'):
        return '"x' + cell[1:]
    if cell.startswith("'"):
        return f"'{chr(ord(cell[1]) + 1)}'"
    if re.fullmatch(r"0x[0-9a-fA-F]+|[0-9]+", cell):
        return f"({cell} + 1)"
    return {"true": "false", "false": "true", "NULL": '"NULL"'}.get(cell, cell + "_X")


def passes(scratch):
    includes = ["-I" + path for path in [scratch, *roots]]
    program = os.path.join(scratch, "tables")
    compiler = os.environ.get("CC", "cc").split()
    subprocess.run([*compiler, "-std=gnu17", "-D_GNU_SOURCE", "-w", *includes, "-o", program, test], check=True)
    expected = os.path.join(source, "tests/spec/tables.txt")
    return subprocess.run([program, expected], stderr=subprocess.DEVNULL).returncode == 0


with tempfile.TemporaryDirectory() as scratch:
    if not passes(scratch):
        sys.exit("the test fails with the tables as they are")
    names = sorted(set(re.findall(r"#include [<\"](.*\.def)[>\"]", open(test).read())))
    count = tried = missed = 0
    for name in names:
        path = next(p for p in (os.path.join(root, name) for root in roots) if os.path.exists(p))
        text = open(path).read()
        copy = os.path.join(scratch, name)
        os.makedirs(os.path.dirname(copy) or ".", exist_ok=True)
        found = list(cells(text))
        if not found:
            sys.exit(f"{name}: no cells found")
        for begin, end in found:
            count += 1
            if count % every:
                continue
            tried += 1
            with open(copy, "w") as out:
                out.write(text[:begin] + change(text[begin:end]) + text[end:])
            if passes(scratch):
                line = text.count("\n", 0, begin) + 1
                print(f"{name}:{line}: {text[begin:end]} changed, and the test does not fail")
                missed += 1
        if os.path.exists(copy):
            os.remove(copy)
print(f"{tried} of {count} cells of {len(names)} tables changed, {missed} not noticed")
sys.exit(1 if missed or not tried else 0)
