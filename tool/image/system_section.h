/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The digest of the system that an image was made from (docs/review.md), in a section `.capdl.system` of 32 bytes that
 * no kernel loads: zeros in an image in which a program was replaced. It covers the names and programs, which an image
 * without names does not show.
 */
#ifndef TOOL_IMAGE_SYSTEM_SECTION_H
#define TOOL_IMAGE_SYSTEM_SECTION_H

#include <stddef.h>
#include <stdint.h>

#define SYSTEM_SECTION ".capdl.system"

/* The digest, of SHA256_BYTES, or NULL: the image has none. */
const uint8_t *system_section(const uint8_t *elf, size_t size);
/* Where it is, to be written: NULL, or SHA256_BYTES. */
uint8_t *system_section_in(uint8_t *elf, size_t size);

#endif
