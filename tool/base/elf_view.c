/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include <capdl/architecture.h>

#include "base/elf_view.h"

static bool inside(const struct elf_view *view, uint64_t offset, uint64_t size)
{
    return offset <= view->size && size <= view->size - offset;
}

/* Whether we boot an architecture of such words. */
static bool class_known(unsigned word_bits)
{
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        if (capdl_arch_boots((enum capdl_arch)i) && capdl_architecture((enum capdl_arch)i)->word_bits == word_bits) {
            return true;
        }
    }
    return false;
}

static bool header_good(const struct elf_view *view, const char **problem)
{
    const Elf64_Ehdr *header = &view->header;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
        *problem = "is not an ELF file";
    } else if (header->e_ident[EI_DATA] != ELFDATA2LSB) {
        *problem = "is not a little-endian ELF file";
    } else if (!class_known(view->word_bits)) {
        *problem = "is an ELF file for words that no supported architecture has";
    } else if (header->e_type != ET_EXEC) {
        *problem = "is not an executable ELF file with fixed addresses";
    } else if (header->e_phnum == 0 || header->e_phnum == PN_XNUM ||
               header->e_phentsize != elf_segment_size(view->word_bits) ||
               !inside(view, header->e_phoff, (uint64_t)header->e_phnum * elf_segment_size(view->word_bits))) {
        *problem = "has no readable table of segments; it may be truncated";
    } else if (header->e_shnum &&
               (header->e_shentsize != elf_section_size(view->word_bits) ||
                !inside(view, header->e_shoff, (uint64_t)header->e_shnum * elf_section_size(view->word_bits)))) {
        *problem = "has no readable table of sections; it may be truncated";
    } else {
        return true;
    }
    return false;
}

static bool segments_good(const struct elf_view *view, const char **problem)
{
    for (unsigned i = 0; i < view->header.e_phnum; i++) {
        Elf64_Phdr segment = elf_view_segment(view, i);
        if (segment.p_type != PT_LOAD) {
            continue;
        }
        if (!inside(view, segment.p_offset, segment.p_filesz)) {
            *problem = "has a segment that ends past the end of the file; it may be truncated";
            return false;
        }
        if (segment.p_filesz > segment.p_memsz || segment.p_vaddr + segment.p_memsz < segment.p_vaddr) {
            *problem = "has a segment with inconsistent sizes";
            return false;
        }
    }
    return true;
}

bool elf_view_open(struct elf_view *view, const uint8_t *bytes, size_t size, const char **problem)
{
    *view = (struct elf_view){.bytes = bytes, .size = size};
    if (size < sizeof(view->header)) {
        *problem = "is too short for an ELF file";
        return false;
    }
    view->word_bits = elf_class_bits(bytes);
    view->header = elf_header_get(view->word_bits, bytes);
    if (!header_good(view, problem) || !segments_good(view, problem)) {
        return false;
    }
    if (view->header.e_shstrndx < view->header.e_shnum) {
        Elf64_Shdr names = elf_view_section(view, view->header.e_shstrndx);
        if (inside(view, names.sh_offset, names.sh_size) && names.sh_size > 0 &&
            bytes[names.sh_offset + names.sh_size - 1] == 0) {
            view->names = names;
        }
    }
    return true;
}

bool elf_view_has(const struct elf_view *view, const Elf64_Shdr *section)
{
    return section->sh_type != SHT_NOBITS && inside(view, section->sh_offset, section->sh_size);
}

Elf64_Phdr elf_view_segment(const struct elf_view *view, unsigned i)
{
    return elf_segment_get(view->word_bits, view->bytes + view->header.e_phoff + i * elf_segment_size(view->word_bits));
}

Elf64_Shdr elf_view_section(const struct elf_view *view, unsigned i)
{
    return elf_section_get(view->word_bits, view->bytes + view->header.e_shoff + i * elf_section_size(view->word_bits));
}

const char *elf_view_name(const struct elf_view *view, const Elf64_Shdr *section)
{
    return section->sh_name < view->names.sh_size ? (const char *)view->bytes + view->names.sh_offset + section->sh_name
                                                  : "";
}

bool elf_view_find(const struct elf_view *view, const char *name, Elf64_Shdr *section)
{
    for (unsigned i = 0; i < view->header.e_shnum; i++) {
        *section = elf_view_section(view, i);
        if (strcmp(elf_view_name(view, section), name) == 0 &&
            (section->sh_type == SHT_NOBITS || inside(view, section->sh_offset, section->sh_size))) {
            return true;
        }
    }
    return false;
}

const uint8_t *elf_view_at(const struct elf_view *view, uint64_t address, uint64_t size)
{
    for (unsigned i = 0; i < view->header.e_phnum; i++) {
        Elf64_Phdr segment = elf_view_segment(view, i);
        if (segment.p_type == PT_LOAD && address >= segment.p_vaddr && address - segment.p_vaddr <= segment.p_filesz &&
            size <= segment.p_filesz - (address - segment.p_vaddr)) {
            return view->bytes + segment.p_offset + (address - segment.p_vaddr);
        }
    }
    return NULL;
}
