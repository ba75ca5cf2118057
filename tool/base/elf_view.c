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

static size_t segment_size(const struct elf_view *view)
{
    return view->word_bits == 32 ? sizeof(Elf32_Phdr) : sizeof(Elf64_Phdr);
}

static size_t section_size(const struct elf_view *view)
{
    return view->word_bits == 32 ? sizeof(Elf32_Shdr) : sizeof(Elf64_Shdr);
}

static Elf64_Ehdr header_at(const uint8_t *bytes)
{
    Elf64_Ehdr header;
    Elf32_Ehdr narrow;
    memcpy(&header, bytes, sizeof(header));
    if (header.e_ident[EI_CLASS] == ELFCLASS32) {
        memcpy(&narrow, bytes, sizeof(narrow));
        header = (Elf64_Ehdr){
            .e_type = narrow.e_type,
            .e_machine = narrow.e_machine,
            .e_version = narrow.e_version,
            .e_entry = narrow.e_entry,
            .e_phoff = narrow.e_phoff,
            .e_shoff = narrow.e_shoff,
            .e_flags = narrow.e_flags,
            .e_ehsize = narrow.e_ehsize,
            .e_phentsize = narrow.e_phentsize,
            .e_phnum = narrow.e_phnum,
            .e_shentsize = narrow.e_shentsize,
            .e_shnum = narrow.e_shnum,
            .e_shstrndx = narrow.e_shstrndx,
        };
        memcpy(header.e_ident, narrow.e_ident, sizeof(header.e_ident));
    }
    return header;
}

static bool header_good(const struct elf_view *view, const char **problem)
{
    const Elf64_Ehdr *header = &view->header;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) {
        *problem = "is not an ELF file";
    } else if (!class_known(view->word_bits) || header->e_ident[EI_DATA] != ELFDATA2LSB) {
        *problem = "is not a 64-bit little-endian ELF file";
    } else if (header->e_type != ET_EXEC) {
        *problem = "is not an executable ELF file with fixed addresses";
    } else if (header->e_phnum == 0 || header->e_phnum == PN_XNUM || header->e_phentsize != segment_size(view) ||
               !inside(view, header->e_phoff, (uint64_t)header->e_phnum * segment_size(view))) {
        *problem = "has no readable table of segments; it may be truncated";
    } else if (header->e_shnum && (header->e_shentsize != section_size(view) ||
                                   !inside(view, header->e_shoff, (uint64_t)header->e_shnum * section_size(view)))) {
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
    view->header = header_at(bytes);
    view->word_bits = bytes[EI_CLASS] == ELFCLASS32 ? 32 : bytes[EI_CLASS] == ELFCLASS64 ? 64 : 0;
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

Elf64_Phdr elf_view_segment(const struct elf_view *view, unsigned i)
{
    const uint8_t *at = view->bytes + view->header.e_phoff + i * segment_size(view);
    Elf64_Phdr segment;
    Elf32_Phdr narrow;
    if (view->word_bits == 64) {
        memcpy(&segment, at, sizeof(segment));
        return segment;
    }
    memcpy(&narrow, at, sizeof(narrow));
    return (Elf64_Phdr){
        .p_type = narrow.p_type,
        .p_flags = narrow.p_flags,
        .p_offset = narrow.p_offset,
        .p_vaddr = narrow.p_vaddr,
        .p_paddr = narrow.p_paddr,
        .p_filesz = narrow.p_filesz,
        .p_memsz = narrow.p_memsz,
        .p_align = narrow.p_align,
    };
}

Elf64_Shdr elf_view_section(const struct elf_view *view, unsigned i)
{
    const uint8_t *at = view->bytes + view->header.e_shoff + i * section_size(view);
    Elf64_Shdr section;
    Elf32_Shdr narrow;
    if (view->word_bits == 64) {
        memcpy(&section, at, sizeof(section));
        return section;
    }
    memcpy(&narrow, at, sizeof(narrow));
    return (Elf64_Shdr){
        .sh_name = narrow.sh_name,
        .sh_type = narrow.sh_type,
        .sh_flags = narrow.sh_flags,
        .sh_addr = narrow.sh_addr,
        .sh_offset = narrow.sh_offset,
        .sh_size = narrow.sh_size,
        .sh_link = narrow.sh_link,
        .sh_info = narrow.sh_info,
        .sh_addralign = narrow.sh_addralign,
        .sh_entsize = narrow.sh_entsize,
    };
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
