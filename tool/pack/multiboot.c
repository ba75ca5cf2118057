/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A 64-bit kernel in a 32-bit ELF container. Multiboot loaders start in 32-bit mode and many take only that; the code
 * is the same, and everything they need (load addresses, entry) fits 32 bits.
 */
#include "pack.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "kernel.h"

/* Of segments in the file: boot loaders look for the multiboot header at multiples of 8. */
enum { ALIGNMENT = 8 };

static bool fits(uint64_t value)
{
    return value <= UINT32_MAX;
}

/*
 * A pc99 kernel has gaps of up to 7 MiB between its segments, and would overwrite a module that a boot loader puts
 * there. So each segment reaches to the next one.
 */
static uint64_t memory_size(const struct loads *kernel, const struct load *segment)
{
    uint64_t end = segment->paddr + segment->memory_size, next = UINT64_MAX;
    for (size_t i = 0; i < kernel->count; i++) {
        uint64_t start = kernel->list[i].paddr;
        next = start >= end && start < next ? start : next;
    }
    return next == UINT64_MAX ? segment->memory_size : next - segment->paddr;
}

/* The header of a segment; loaders use physical addresses only, so the upper half of a virtual one is not needed. */
static Elf32_Phdr segment_header(const struct loads *kernel, const struct load *segment, uint32_t offset)
{
    return (Elf32_Phdr){
        .p_type = PT_LOAD,
        .p_offset = offset,
        .p_vaddr = (uint32_t)segment->vaddr,
        .p_paddr = (uint32_t)segment->paddr,
        .p_filesz = (uint32_t)segment->file_size,
        .p_memsz = (uint32_t)memory_size(kernel, segment),
        .p_flags = PF_R | PF_W | PF_X,
        .p_align = 1,
    };
}

static Elf32_Ehdr file_header(const struct loads *kernel)
{
    return (Elf32_Ehdr){
        .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_EXEC,
        .e_machine = EM_386,
        .e_version = EV_CURRENT,
        .e_entry = (uint32_t)kernel->entry,
        .e_phoff = sizeof(Elf32_Ehdr),
        .e_ehsize = sizeof(Elf32_Ehdr),
        .e_phentsize = sizeof(Elf32_Phdr),
        .e_phnum = (uint16_t)kernel->count,
    };
}

static bool check_32_bit(const struct loads *kernel, struct capdl_diags *diags)
{
    bool fine = fits(kernel->entry) && fits(kernel->end) && fits(kernel->size);
    if (!fine) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "%s: is beyond 4 GiB (entry 0x%llx, end 0x%llx); multiboot loaders cannot start it", kernel->name,
                    (unsigned long long)kernel->entry, (unsigned long long)kernel->end);
    }
    return fine;
}

static uint32_t aligned(uint32_t offset)
{
    return (offset + ALIGNMENT - 1) & ~(uint32_t)(ALIGNMENT - 1);
}

static void write_padding(size_t size, FILE *out)
{
    static const uint8_t zeros[ALIGNMENT];
    fwrite(zeros, 1, size, out);
}

bool pack_multiboot(const struct capdl_profile *profile, struct capdl_diags *diags, FILE *out)
{
    struct kernel kernel;
    if (!kernel_open(&kernel, profile, diags)) {
        return false;
    }
    const struct loads *loads = &kernel.loads;
    bool fine = check_32_bit(loads, diags);
    if (fine) {
        Elf32_Ehdr header = file_header(loads);
        uint32_t end = (uint32_t)(sizeof(header) + loads->count * sizeof(Elf32_Phdr));
        uint32_t offset = aligned(end);
        fwrite(&header, sizeof(header), 1, out);
        for (size_t i = 0; i < loads->count; i++) {
            Elf32_Phdr segment = segment_header(loads, &loads->list[i], offset);
            fwrite(&segment, sizeof(segment), 1, out);
            offset = aligned(offset + segment.p_filesz);
        }
        for (size_t i = 0; i < loads->count; i++) {
            write_padding(aligned(end) - end, out);
            fwrite(loads->list[i].bytes, 1, loads->list[i].file_size, out);
            end = aligned(end) + (uint32_t)loads->list[i].file_size;
        }
    }
    kernel_close(&kernel);
    return fine;
}
