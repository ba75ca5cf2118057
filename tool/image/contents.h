/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Contents of memory that is kept out of the kernel's map, in a section `.capdl.reserved` of an image that no kernel
 * loads: our loader puts the bytes where they belong before the kernel starts. All numbers are 64-bit words,
 * little-endian.
 *
 *     | 2 counts | regions: start, end | contents: address, stored, zeros, offset | bytes |
 */
#ifndef TOOL_IMAGE_CONTENTS_H
#define TOOL_IMAGE_CONTENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/profile.h>

#define IMAGE_CONTENTS_SECTION ".capdl.reserved"

/* The section of an image; all zero when it has none. */
struct image_contents {
    const uint8_t *section;
    uint64_t size;
    uint64_t num_regions;
    uint64_t num_contents;
};

/* `stored` bytes at `bytes` go to a physical address, `zeros` zero bytes behind them; both whole pages. */
struct image_content {
    uint64_t address, stored, zeros;
    const uint8_t *bytes;
};

/* Finds the section in an ELF file; none is fine. False: it is damaged. After it all contents are inside the file,
   ascending and inside the regions. */
bool image_contents_open(struct image_contents *, const uint8_t *elf, size_t size);
struct capdl_region image_contents_region(const struct image_contents *, uint64_t i);
struct image_content image_contents_at(const struct image_contents *, uint64_t i);
/* The content that holds [address, address + size), false if none does. */
bool image_contents_find(const struct image_contents *, uint64_t address, uint64_t size, struct image_content *);

#endif
