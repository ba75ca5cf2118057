/* SPDX-License-Identifier: BSD-2-Clause */
#include "loads.h"

#include <gelf.h>
#include <stdlib.h>

#include <capdl/architecture.h>

#include "base/elf_class.h"
#include "base/memory.h"

static bool header_read(Elf *elf, const char *name, enum capdl_arch arch, GElf_Ehdr *header, struct capdl_diags *diags)
{
    const struct capdl_architecture *facts = capdl_architecture(arch);
    unsigned bits;
    if (!elf || elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, header)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: is not an ELF file, or a truncated one", name);
        return false;
    }
    bits = elf_class_bits(header->e_ident);
    if (bits != facts->word_bits || header->e_machine != facts->elf_machine) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "%s: is for another processor (ELF machine %u, %u bits); a %u-bit %s program is needed", name,
                    header->e_machine, bits, facts->word_bits, facts->keyword);
        return false;
    }
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: is an ELF file but not a linked program", name);
        return false;
    }
    return true;
}

static bool segment_sane(const GElf_Phdr *segment, size_t file_size)
{
    uint64_t top = UINT64_MAX - segment->p_memsz;
    return segment->p_offset <= file_size && segment->p_filesz <= file_size - segment->p_offset &&
           segment->p_filesz <= segment->p_memsz && segment->p_vaddr <= top && segment->p_paddr <= top;
}

static void loads_add(struct loads *loads, const GElf_Phdr *segment, const uint8_t *bytes)
{
    struct load load = {segment->p_vaddr, segment->p_paddr, segment->p_filesz, segment->p_memsz,
                        bytes + segment->p_offset};
    bool first = loads->count == 0;
    loads->list[loads->count++] = load;
    loads->start = first || load.paddr < loads->start ? load.paddr : loads->start;
    loads->vstart = first || load.vaddr < loads->vstart ? load.vaddr : loads->vstart;
    loads->end = first || load.paddr + load.memory_size > loads->end ? load.paddr + load.memory_size : loads->end;
    loads->vend = first || load.vaddr + load.memory_size > loads->vend ? load.vaddr + load.memory_size : loads->vend;
}

static bool segments_read(struct loads *loads, Elf *elf, const uint8_t *bytes, struct capdl_diags *diags)
{
    size_t count = 0;
    if (elf_getphdrnum(elf, &count) != 0 || count > loads->size / elf_segment_size(elf_class_bits(bytes))) {
        count = 0;
    }
    loads->list = memory_zeroed(count + 1, sizeof(*loads->list));
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (!gelf_getphdr(elf, (int)i, &segment)) {
            capdl_error(diags, CAPDL_NOWHERE, "%s: its program headers are outside the file", loads->name);
            return false;
        }
        if (segment.p_type != PT_LOAD || segment.p_memsz == 0) {
            continue;
        }
        if (!segment_sane(&segment, loads->size)) {
            capdl_error(diags, CAPDL_NOWHERE, "%s: segment %zu is outside the file (truncated?) or wraps around memory",
                        loads->name, i);
            return false;
        }
        loads_add(loads, &segment, bytes);
    }
    if (loads->count == 0) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: has nothing to load, or its program headers are outside the file",
                    loads->name);
    }
    return loads->count > 0;
}

bool loads_open(struct loads *loads, const char *name, const uint8_t *bytes, size_t size, enum capdl_arch arch,
                struct capdl_diags *diags)
{
    GElf_Ehdr header;
    *loads = (struct loads){.name = name, .size = size};
    elf_version(EV_CURRENT);
    Elf *elf = size ? elf_memory((char *)(uintptr_t)bytes, size) : NULL; /* only read */
    bool fine = header_read(elf, name, arch, &header, diags) && segments_read(loads, elf, bytes, diags);
    elf_end(elf);
    if (!fine) {
        loads_close(loads);
        return false;
    }
    loads->entry = header.e_entry;
    return true;
}

void loads_close(struct loads *loads)
{
    free(loads->list);
    loads->list = NULL;
    loads->count = 0;
}
