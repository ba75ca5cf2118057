/* SPDX-License-Identifier: BSD-2-Clause */
#include "symbols.h"

#include <stdio.h>
#include <string.h>

#include "base/elf_symbols.h"

/* Whether the thread's memory has these bytes at this address. */
static bool memory_has(struct kernel *k, struct table *root, uint64_t vaddr, const uint8_t *bytes, uint64_t size)
{
    while (size > 0) {
        struct page_view view;
        uint64_t available = 0;
        if (!vspace_translate(k, root, vaddr, &view)) {
            return false;
        }
        uint64_t offset = vaddr - view.vaddr, left = (UINT64_C(1) << view.bits) - offset;
        const uint8_t *host = memory_at(&k->memory, view.paddr + offset, &available);
        uint64_t part = size < left ? size : left;
        part = part < available ? part : available;
        if (!host || part == 0 || memcmp(host, bytes, part) != 0) {
            return false;
        }
        vaddr += part;
        bytes += part;
        size -= part;
    }
    return true;
}

/* Whether pc is in code of this program, and that is what the thread has there. */
static bool is_executed(const struct elf_view *elf, struct kernel *k, struct table *root, uint64_t pc)
{
    for (unsigned i = 0; i < elf->header.e_phnum; i++) {
        Elf64_Phdr segment = elf_view_segment(elf, i);
        if (segment.p_type == PT_LOAD && segment.p_flags & PF_X && pc - segment.p_vaddr < segment.p_filesz) {
            return memory_has(k, root, segment.p_vaddr, elf->bytes + segment.p_offset, segment.p_filesz);
        }
    }
    return false;
}

/* Whether it names code: a function, or a label in an assembler's text. Names with a dollar mark where code and data
 * begin. */
static bool is_code(const struct elf_view *elf, const char *name, const Elf64_Sym *symbol)
{
    unsigned type = ELF64_ST_TYPE(symbol->st_info);
    if ((type != STT_FUNC && type != STT_NOTYPE) || symbol->st_shndx == SHN_UNDEF ||
        symbol->st_shndx >= elf->header.e_shnum) {
        return false;
    }
    return *name && *name != '$' && strncmp(name, ".L", 2) != 0 &&
           elf_view_section(elf, symbol->st_shndx).sh_flags & SHF_EXECINSTR;
}

/* The last one at or before pc; of two there, the function. One that says its size must reach so far. */
static void find_function(const struct elf_view *elf, const struct elf_symbols *symbols, uint64_t pc,
                          struct symbol_location *location)
{
    uint64_t best = 0;
    bool function = false;
    for (uint64_t i = 0; i < symbols->count; i++) {
        Elf64_Sym symbol;
        const char *name = elf_symbols_get(symbols, i, &symbol);
        bool is_function = ELF64_ST_TYPE(symbol.st_info) == STT_FUNC;
        bool reaches = symbol.st_value <= pc && (!symbol.st_size || pc - symbol.st_value < symbol.st_size);
        bool better =
            !*location->function || symbol.st_value > best || (symbol.st_value == best && is_function && !function);
        if (reaches && better && is_code(elf, name, &symbol)) {
            best = symbol.st_value;
            function = is_function;
            location->offset = pc - best;
            snprintf(location->function, sizeof(location->function), "%s", name);
        }
    }
}

static void find_in(const struct symbol_file *file, const struct elf_view *elf, uint64_t pc,
                    struct symbol_location *location)
{
    for (unsigned i = 0; i < elf->header.e_shnum; i++) {
        Elf64_Shdr section = elf_view_section(elf, i);
        struct elf_symbols symbols;
        if (elf_symbols_take(&symbols, elf, &section)) {
            find_function(elf, &symbols, pc, location);
        }
    }
    source_line_find(file, pc, location);
}

bool symbols_in(const struct symbol_file *file, uint64_t pc, struct symbol_location *location)
{
    struct elf_view elf;
    const char *problem;
    *location = (struct symbol_location){.line = 0};
    if (elf_view_open(&elf, file->bytes, file->size, &problem)) {
        find_in(file, &elf, pc, location);
    }
    return *location->function || *location->file;
}

bool symbols_find(const struct symbol_files *files, struct kernel *k, struct table *root, uint64_t pc,
                  struct symbol_location *location)
{
    *location = (struct symbol_location){.line = 0};
    for (size_t i = 0; root && i < files->count && !*location->function && !*location->file; i++) {
        const struct symbol_file *file = &files->list[i];
        struct elf_view elf;
        const char *problem;
        if (elf_view_open(&elf, file->bytes, file->size, &problem) && is_executed(&elf, k, root, pc)) {
            find_in(file, &elf, pc, location);
        }
    }
    return *location->function || *location->file;
}
