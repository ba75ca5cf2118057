/* SPDX-License-Identifier: BSD-2-Clause */
/* What is added to the spec: objects, their numbers and capabilities; and why something cannot be. */
#ifndef TOOL_IMAGE_DECOMPILE_ADD_H
#define TOOL_IMAGE_DECOMPILE_ADD_H

#include "image/reverse.h"

/* Reports that the image is invalid, and where; only the first time. */
void reverse_fail(struct reverse *, const char *what);
/* Adds an object under its name in the image, or a generated one. */
uint32_t reverse_add(struct reverse *, const struct capdl_blob_name *, enum capdl_kind);
/* Adds a capability; a slot that is taken is a failure. */
void reverse_cap(struct reverse *, uint32_t container, struct capdl_cap);
void reverse_number(struct reverse *, uint32_t object, enum capdl_number, uint64_t);
/* Rights as the spec has them, of a rights word. */
uint8_t reverse_rights(struct reverse *, uint8_t kind, uint64_t rights);

#endif
