/* SPDX-License-Identifier: BSD-2-Clause */
/* Chunks of the extra bootinfo. */
#ifndef INITIALISER_CHUNK_H
#define INITIALISER_CHUNK_H

#include "initialiser.h"

/* Copies what a fill takes from a chunk of the extra bootinfo, as far as there is one. Its header is part of it. */
void copy_chunk(uint8_t *to, const struct capdl_blob_fill *);

#endif
