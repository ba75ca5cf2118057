/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/elf_symbols.h"

#include <string.h>

static bool in_file(const struct elf_view *elf, const Elf64_Shdr *section)
{
    return section->sh_type != SHT_NOBITS && section->sh_offset <= elf->size &&
           section->sh_size <= elf->size - section->sh_offset;
}

static bool take_table(struct elf_symbols *symbols, const struct elf_view *elf, const Elf64_Shdr *table)
{
    if (table->sh_type != SHT_SYMTAB || !in_file(elf, table) || table->sh_link >= elf->header.e_shnum) {
        return false;
    }
    Elf64_Shdr names = elf_view_section(elf, table->sh_link);
    if (names.sh_type != SHT_STRTAB || !in_file(elf, &names) || !names.sh_size ||
        elf->bytes[names.sh_offset + names.sh_size - 1] != 0) {
        return false;
    }
    size_t size = elf->word_bits == 32 ? sizeof(Elf32_Sym) : sizeof(Elf64_Sym);
    *symbols = (struct elf_symbols){.entries = elf->bytes + table->sh_offset,
                                    .count = table->sh_size / size,
                                    .entry_size = size,
                                    .names = (const char *)elf->bytes + names.sh_offset,
                                    .names_size = names.sh_size};
    return true;
}

bool elf_symbols_open(struct elf_symbols *symbols, const struct elf_view *elf)
{
    for (unsigned i = 0; i < elf->header.e_shnum; i++) {
        Elf64_Shdr section = elf_view_section(elf, i);
        if (take_table(symbols, elf, &section)) {
            return true;
        }
    }
    return false;
}

const char *elf_symbols_get(const struct elf_symbols *symbols, size_t i, Elf64_Sym *symbol)
{
    const uint8_t *at = symbols->entries + i * symbols->entry_size;
    Elf32_Sym narrow;
    if (symbols->entry_size == sizeof(*symbol)) {
        memcpy(symbol, at, sizeof(*symbol));
    } else {
        memcpy(&narrow, at, sizeof(narrow));
        *symbol = (Elf64_Sym){.st_name = narrow.st_name,
                              .st_info = narrow.st_info,
                              .st_other = narrow.st_other,
                              .st_shndx = narrow.st_shndx,
                              .st_value = narrow.st_value,
                              .st_size = narrow.st_size};
    }
    return symbol->st_name < symbols->names_size ? symbols->names + symbol->st_name : "";
}
