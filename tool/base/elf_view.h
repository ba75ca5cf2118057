/* SPDX-License-Identifier: BSD-2-Clause */
/* A little-endian ELF file in memory, of a class that we support. All accesses are checked: whatever the bytes are,
 * nothing outside them is read. */
#ifndef TOOL_BASE_ELF_VIEW_H
#define TOOL_BASE_ELF_VIEW_H

#include <stdbool.h>

#include "base/elf_class.h"

struct elf_view {
    const uint8_t *bytes;
    size_t size;
    unsigned word_bits; /* by the file's class */
    Elf64_Ehdr header;
    Elf64_Shdr names; /* section of section names; sh_size 0: none */
};

/* Checks file header and the tables of segments and sections. False: *problem says what is wrong, as the end of a
   sentence that begins with the file's name. */
bool elf_view_open(struct elf_view *, const uint8_t *bytes, size_t size, const char **problem);

Elf64_Phdr elf_view_segment(const struct elf_view *, unsigned i);
Elf64_Shdr elf_view_section(const struct elf_view *, unsigned i);
/* Whether the file has the bytes of a section. */
bool elf_view_has(const struct elf_view *, const Elf64_Shdr *);
/* The name of a section, "" if it has none. */
const char *elf_view_name(const struct elf_view *, const Elf64_Shdr *);
bool elf_view_find(const struct elf_view *, const char *name, Elf64_Shdr *);
/* The `size` bytes of the file that are loaded at a virtual address; NULL unless one loaded segment has all of
 * them. */
const uint8_t *elf_view_at(const struct elf_view *, uint64_t address, uint64_t size);

#endif
