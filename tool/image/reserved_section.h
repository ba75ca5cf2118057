/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contents of memory that is kept out of the kernel's map, in a section `.capdl.reserved` of an image that no kernel
 * loads: our loader puts the bytes where they belong before the kernel starts. All numbers are 64-bit words,
 * little-endian.
 *
 *     | 2 counts | regions: start, end | contents: address, stored, zeros, offset | bytes |
 */
#ifndef TOOL_IMAGE_RESERVED_SECTION_H
#define TOOL_IMAGE_RESERVED_SECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/profile.h>

#define RESERVED_SECTION ".capdl.reserved"

/* The section of an image; all zero when it has none. */
struct reserved_section {
    const uint8_t *section;
    uint64_t size;
    uint64_t num_regions;
    uint64_t num_contents;
};

/* `stored` bytes at `bytes` go to a physical address, `zeros` zero bytes after them; both whole pages. */
struct image_content {
    uint64_t address, stored, zeros;
    const uint8_t *bytes;
};

/* Finds the section in an ELF file; none is fine. False: it is damaged. After it all contents are inside the file,
   ascending and inside the regions. */
bool reserved_section_open(struct reserved_section *, const uint8_t *elf, size_t size);
struct capdl_region reserved_section_region(const struct reserved_section *, uint64_t i);
struct image_content reserved_section_at(const struct reserved_section *, uint64_t i);
/* The content that holds [address, address + size), false if none does. */
bool reserved_section_find(const struct reserved_section *, uint64_t address, uint64_t size, struct image_content *);

#endif
