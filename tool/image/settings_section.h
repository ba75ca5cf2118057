/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What symbols of programs are set to, in a section `.capdl.set` of an image that no kernel loads: whoever replaces a
 * program later sets them anew. Contiguous records; numbers are little-endian.
 *
 *     | protection domain, NUL | symbol, NUL | how: n, b or z | width | 8 bytes: number, or size of | bytes |
 *
 * n: a number; b: bytes; z: bytes, and zeros to the end of the symbol. With r, the number is the size of the protection
 * domain's room; with x, its program is loaded from a file of its own. The symbol is empty then.
 */
#ifndef TOOL_IMAGE_SETTINGS_SECTION_H
#define TOOL_IMAGE_SETTINGS_SECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/spec.h>

#define SETTINGS_SECTION ".capdl.set"

/* The settings of all declarations of a spec, to be freed; NULL and size 0 if there are none. */
uint8_t *settings_encode(const struct capdl_spec *, size_t *size);
/* Those of a protection domain, as a list to be freed whose pointers are into the file, and the size of its room, 0 if
   it has none. False: the section is damaged. */
bool settings_read(const uint8_t *elf, size_t size, const char *pd, struct capdl_setting **list, size_t *count,
                   uint64_t *room);
/* Whether a declaration says that its program is loaded from a file of its own; the names of those that do, in a list
   to be freed. False: the section is damaged. */
bool settings_external(const struct capdl_program *);
bool settings_externals(const uint8_t *elf, size_t size, const char ***list, size_t *count);
/* The section of an image as it is; size 0: there is none. */
const uint8_t *settings_section(const uint8_t *elf, size_t size, size_t *section_size);

#endif
