/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/elf_symbols.h"

bool elf_symbols_take(struct elf_symbols *symbols, const struct elf_view *elf, const Elf64_Shdr *table)
{
    if (table->sh_type != SHT_SYMTAB || !elf_view_has(elf, table) || table->sh_link >= elf->header.e_shnum) {
        return false;
    }
    Elf64_Shdr names = elf_view_section(elf, table->sh_link);
    if (names.sh_type != SHT_STRTAB || !elf_view_has(elf, &names) || !names.sh_size ||
        elf->bytes[names.sh_offset + names.sh_size - 1] != 0) {
        return false;
    }
    size_t size = elf_symbol_size(elf->word_bits);
    *symbols = (struct elf_symbols){.entries = elf->bytes + table->sh_offset,
                                    .count = table->sh_size / size,
                                    .word_bits = elf->word_bits,
                                    .names = (const char *)elf->bytes + names.sh_offset,
                                    .names_size = names.sh_size};
    return true;
}

bool elf_symbols_open(struct elf_symbols *symbols, const struct elf_view *elf)
{
    for (unsigned i = 0; i < elf->header.e_shnum; i++) {
        Elf64_Shdr section = elf_view_section(elf, i);
        if (elf_symbols_take(symbols, elf, &section)) {
            return true;
        }
    }
    return false;
}

const char *elf_symbols_get(const struct elf_symbols *symbols, size_t i, Elf64_Sym *symbol)
{
    *symbol = elf_symbol_get(symbols->word_bits, symbols->entries + i * elf_symbol_size(symbols->word_bits));
    return symbol->st_name < symbols->names_size ? symbols->names + symbol->st_name : "";
}
