/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that share an address space and a CSpace, by the same guard, are one subject. */
#ifndef CAPDL_REVIEW_SUBJECTS_H
#define CAPDL_REVIEW_SUBJECTS_H

#include "comparison.h"

void capdl_review_world_init(struct world *, const struct capdl_spec *, const struct capdl_diff_options *);
/* Only what capdl_review_fields needs. Freed the same way. */
void capdl_review_world_init_fields(struct world *, const struct capdl_spec *, const struct capdl_diff_options *);
void capdl_review_world_free(struct world *);

#endif
