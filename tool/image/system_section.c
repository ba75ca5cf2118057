/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/system_section.h"

#include "base/elf_view.h"
#include "sha256/sha256.h"

static const uint8_t *find(const uint8_t *elf, size_t size)
{
    struct elf_view view;
    Elf64_Shdr section;
    const char *problem;
    if (!elf_view_open(&view, elf, size, &problem) || !elf_view_find(&view, SYSTEM_SECTION, &section) ||
        section.sh_type != SHT_PROGBITS || section.sh_size != SHA256_BYTES || section.sh_offset > size ||
        section.sh_size > size - section.sh_offset) {
        return NULL;
    }
    return elf + section.sh_offset;
}

const uint8_t *system_section(const uint8_t *elf, size_t size)
{
    return find(elf, size);
}

uint8_t *system_section_in(uint8_t *elf, size_t size)
{
    const uint8_t *digest = find(elf, size);
    return digest ? elf + (digest - elf) : NULL;
}
