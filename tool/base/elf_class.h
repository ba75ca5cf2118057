/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 32-bit and 64-bit classes of ELF files. All other code uses the 64-bit structures: entries of tables of either
 * class are converted here.
 */
#ifndef TOOL_BASE_ELF_CLASS_H
#define TOOL_BASE_ELF_CLASS_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/* Word size in bits from e_ident, 0 for an unknown class; and back. */
unsigned elf_class_bits(const uint8_t ident[EI_NIDENT]);
uint8_t elf_class(unsigned word_bits);

/* An entry at `bytes`, and bytes of an entry: as many as a file of that class has for it. */
#define ELF_ENTRY(type, name)                                   \
    size_t elf_##name##_size(unsigned word_bits);               \
    type elf_##name##_get(unsigned word_bits, const uint8_t *); \
    void elf_##name##_put(unsigned word_bits, uint8_t *, const type *);
ELF_ENTRY(Elf64_Ehdr, header)
ELF_ENTRY(Elf64_Phdr, segment)
ELF_ENTRY(Elf64_Shdr, section)
ELF_ENTRY(Elf64_Sym, symbol)
ELF_ENTRY(Elf64_Dyn, dynamic)
ELF_ENTRY(Elf64_Rela, relocation)
#undef ELF_ENTRY

#endif
