/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The files that an image was made from, in a section `.capdl.inputs` that no kernel loads: text, a line for each.
 *
 *     SHA-256 as 64 digits, tab, kind, tab, protection domain that runs it or nothing, tab, name, newline
 *
 * Kinds are spec, program, file, kernel and tool. Names are those that the spec uses, or a kernel's directory; of any
 * other file, the last part. A program has a line for each protection domain that runs it, so that another one can be
 * put in its place.
 */
#ifndef TOOL_IMAGE_INPUTS_SECTION_H
#define TOOL_IMAGE_INPUTS_SECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sha256/sha256.h"

#define INPUTS_SECTION ".capdl.inputs"

struct input_line {
    const char *digest; /* 2 * SHA256_BYTES digits */
    const char *kind, *domain, *name;
    size_t kind_length, domain_length, name_length;
};

/* The text, or NULL: the image has none. */
const char *inputs_section(const uint8_t *elf, size_t size, size_t *section_size);
/* Takes the next line of a text. False: there is none, or what is there is no line. */
bool inputs_next(const char **at, const char *end, struct input_line *);
/* Another program is in the place of that of a protection domain. */
void inputs_renew(uint8_t *elf, size_t size, const char *domain, const uint8_t *program, size_t program_size);

#endif
