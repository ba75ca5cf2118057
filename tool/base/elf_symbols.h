/* SPDX-License-Identifier: BSD-2-Clause */
/* The symbol table of an ELF file, with checks of bounds. */
#ifndef TOOL_BASE_ELF_SYMBOLS_H
#define TOOL_BASE_ELF_SYMBOLS_H

#include "base/elf_view.h"

struct elf_symbols {
    const uint8_t *entries;
    size_t count;
    unsigned word_bits;
    const char *names; /* ends with a NUL */
    size_t names_size;
};

/* Opens the table in a section. False: it has none, or a broken one. */
bool elf_symbols_take(struct elf_symbols *, const struct elf_view *, const Elf64_Shdr *);
/* The first table. False: the file has none, or a broken one. */
bool elf_symbols_open(struct elf_symbols *, const struct elf_view *);
/* Entry i. Returns its name, "" if it has none. */
const char *elf_symbols_get(const struct elf_symbols *, size_t i, Elf64_Sym *);

#endif
