/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that an image is made from, one by one: written into it, and compared with those of a spec. */
#ifndef TOOL_INPUTS_H
#define TOOL_INPUTS_H

#include "input.h"

/* Of a spec that was read after depfile_start: the lines of image/inputs_section.h. To be freed. */
char *inputs_describe(const struct input *, const struct options *, size_t *size);
/* Prints the lines of an image: as `sha256sum` prints and checks them, or as JSON. */
void inputs_print(const char *text, size_t size, bool json);
/* Prints which files of a spec are others than those an image was made from, and returns how many. Those of the kernel
   and of this program do not count: the spec is read without them. */
size_t inputs_compare(const char *made_from, size_t made_size, const char *now, size_t size, const char *spec, FILE *);

#endif
