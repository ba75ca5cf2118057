#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Writes programs for the systems beside this file: valid ELF files whose bytes are a digest of their name, so that any two
differ, but for variables, which are zero. They are compared, never run.
usage: programs.py DIRECTORY MACHINE[+] NAME...   (MACHINE: the ELF number; +: with the symbols of Microkit's contract)"""
import hashlib
import struct
import sys

PAGE, TEXT, RODATA, DATA = 0x1000, 0x200000, 0x210000, 0x220000
CONTRACT = [("microkit_name", 64), ("microkit_passive", 1), ("microkit_irqs", 8), ("microkit_notifications", 8),
            ("microkit_pps", 8), ("microkit_ioports", 8)]
VARIABLES = [("config", 64), ("region_paddr", 8), ("region_vaddr", 8)]


def content(name, length):
    seed = hashlib.sha256(name.encode()).digest()
    return (seed * (length // len(seed) + 1))[:length]


def elf(name, machine, contract):
    symbols = VARIABLES + (CONTRACT if contract else [])
    data = bytes(sum((size + 63) & ~63 for _, size in symbols)) + content(name + " data", 0x100)
    segments = [(5, TEXT, content(name + " text", 0x1800), 0x1800), (4, RODATA, content(name + " constants", 0x400), 0x400),
                (6, DATA, data, 0x3000)]
    strings, table, at = b"\0", struct.pack("<IBBHQQ", 0, 0, 0, 0, 0, 0), DATA
    for symbol, size in symbols:
        table += struct.pack("<IBBHQQ", len(strings), 0x11, 0, 3, at, size)
        strings += symbol.encode() + b"\0"
        at += (size + 63) & ~63
    names = b"\0.text\0.rodata\0.data\0.symtab\0.strtab\0.shstrtab\0"
    headers, body, offset = b"", b"", PAGE
    sections = [struct.pack("<IIQQQQIIQQ", *[0] * 10)]
    for (flags, address, data, size), section in zip(segments, (b".text", b".rodata", b".data")):
        headers += struct.pack("<IIQQQQQQ", 1, flags, offset, address, address, len(data), size, PAGE)
        act = 2 | (4 if flags == 5 else 0) | (1 if flags == 6 else 0)
        sections.append(struct.pack("<IIQQQQIIQQ", names.index(section), 1, act, address, offset, len(data), 0, 0, 16, 0))
        padded = data + bytes(-len(data) % PAGE)
        body += padded
        offset += len(padded)
    for section, kind, data, link, info, entry in ((b".symtab", 2, table, 5, 1, 24), (b".strtab", 3, strings, 0, 0, 0),
                                                   (b".shstrtab", 3, names, 0, 0, 0)):
        sections.append(struct.pack("<IIQQQQIIQQ", names.index(section), kind, 0, 0, offset, len(data), link, info, 8, entry))
        body += data
        offset += len(data)
    body += bytes(-len(body) % 8)
    head = b"\x7fELF\x02\x01\x01" + bytes(9)
    head += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, TEXT, 64, PAGE + len(body), 0, 64, 56, len(segments), 64, 7, 6)
    return (head + headers).ljust(PAGE, b"\0") + body + b"".join(sections)


def main():
    directory, machine, names = sys.argv[1], sys.argv[2], sys.argv[3:]
    for name in names:
        with open("%s/%s.elf" % (directory, name), "wb") as out:
            out.write(elf(name, int(machine.rstrip("+")), machine.endswith("+")))


main()
