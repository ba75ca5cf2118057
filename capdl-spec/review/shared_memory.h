/* SPDX-License-Identifier: BSD-2-Clause */
/* Which frames are the same memory, and who shares it. */
#ifndef CAPDL_REVIEW_SHARED_MEMORY_H
#define CAPDL_REVIEW_SHARED_MEMORY_H

#include "comparison.h"

/* Of all objects of a comparison; see struct memory. */
void capdl_review_memory_init(struct memory *, const struct world *, uint32_t num_objects);
void capdl_review_memory_free(struct memory *);
/* Whether more than one subject can reach it. */
bool capdl_review_memory_shared(const struct memory *, uint64_t object);
/* Whether it has a physical address. */
bool capdl_review_memory_fixed(const struct memory *, uint64_t object);

#endif
