/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/elf_class.h"

#include <string.h>

unsigned elf_class_bits(const uint8_t ident[EI_NIDENT])
{
    return ident[EI_CLASS] == ELFCLASS32 ? 32 : ident[EI_CLASS] == ELFCLASS64 ? 64 : 0;
}

uint8_t elf_class(unsigned word_bits)
{
    return word_bits == 32 ? ELFCLASS32 : ELFCLASS64;
}

/* The members of the two forms; those of one name are in different places. */
#define HEADER(COPY)   \
    COPY(e_type);      \
    COPY(e_machine);   \
    COPY(e_version);   \
    COPY(e_entry);     \
    COPY(e_phoff);     \
    COPY(e_shoff);     \
    COPY(e_flags);     \
    COPY(e_ehsize);    \
    COPY(e_phentsize); \
    COPY(e_phnum);     \
    COPY(e_shentsize); \
    COPY(e_shnum);     \
    COPY(e_shstrndx)
#define SEGMENT(COPY) \
    COPY(p_type);     \
    COPY(p_flags);    \
    COPY(p_offset);   \
    COPY(p_vaddr);    \
    COPY(p_paddr);    \
    COPY(p_filesz);   \
    COPY(p_memsz);    \
    COPY(p_align)
#define SECTION(COPY)   \
    COPY(sh_name);      \
    COPY(sh_type);      \
    COPY(sh_flags);     \
    COPY(sh_addr);      \
    COPY(sh_offset);    \
    COPY(sh_size);      \
    COPY(sh_link);      \
    COPY(sh_info);      \
    COPY(sh_addralign); \
    COPY(sh_entsize)
#define SYMBOL(COPY) \
    COPY(st_name);   \
    COPY(st_info);   \
    COPY(st_other);  \
    COPY(st_shndx);  \
    COPY(st_value);  \
    COPY(st_size)
#define DYNAMIC(COPY) \
    COPY(d_tag);      \
    COPY(d_un.d_val)
#define RELOCATION(COPY) \
    COPY(r_offset);      \
    COPY(r_addend)

#define WIDEN(member) wide.member = narrow.member
#define NARROW(member) narrow.member = (__typeof__(narrow.member))wide->member

/* extra_get and extra_put: what is more than members of one name. */
#define ENTRY(Type, name, MEMBERS, extra_get, extra_put)                                \
    size_t elf_##name##_size(unsigned word_bits)                                        \
    {                                                                                   \
        return word_bits == 32 ? sizeof(Elf32_##Type) : sizeof(Elf64_##Type);           \
    }                                                                                   \
    Elf64_##Type elf_##name##_get(unsigned word_bits, const uint8_t *bytes)             \
    {                                                                                   \
        Elf32_##Type narrow;                                                            \
        Elf64_##Type wide = {0};                                                        \
        if (word_bits != 32) {                                                          \
            memcpy(&wide, bytes, sizeof(wide));                                         \
            return wide;                                                                \
        }                                                                               \
        memcpy(&narrow, bytes, sizeof(narrow));                                         \
        MEMBERS(WIDEN);                                                                 \
        extra_get;                                                                      \
        return wide;                                                                    \
    }                                                                                   \
    void elf_##name##_put(unsigned word_bits, uint8_t *bytes, const Elf64_##Type *wide) \
    {                                                                                   \
        Elf32_##Type narrow = {0};                                                      \
        if (word_bits != 32) {                                                          \
            memcpy(bytes, wide, sizeof(*wide));                                         \
            return;                                                                     \
        }                                                                               \
        MEMBERS(NARROW);                                                                \
        extra_put;                                                                      \
        memcpy(bytes, &narrow, sizeof(narrow));                                         \
    }

ENTRY(Ehdr, header, HEADER, memcpy(wide.e_ident, narrow.e_ident, EI_NIDENT),
      memcpy(narrow.e_ident, wide->e_ident, EI_NIDENT))
ENTRY(Phdr, segment, SEGMENT, , )
ENTRY(Shdr, section, SECTION, , )
ENTRY(Sym, symbol, SYMBOL, , )
ENTRY(Dyn, dynamic, DYNAMIC, , )
ENTRY(Rela, relocation, RELOCATION,
      wide.r_info = ELF64_R_INFO((uint64_t)ELF32_R_SYM(narrow.r_info), ELF32_R_TYPE(narrow.r_info)),
      narrow.r_info = (uint32_t)ELF32_R_INFO(ELF64_R_SYM(wide->r_info), ELF64_R_TYPE(wide->r_info)))
