/* SPDX-License-Identifier: BSD-2-Clause */
/* Which object of the old spec is which of the new one. */
#ifndef CAPDL_REVIEW_MATCH_H
#define CAPDL_REVIEW_MATCH_H

#include "comparison.h"

/* Number of the object of `new` that each object of `old` is, or REVIEW_NONE. `guessed`, per object of `old`: others
   would have done as well. To be freed. */
uint32_t *capdl_review_match(struct world *old, struct world *new, bool **guessed);
/* Whether an object of the old spec and one of the new have the same name and index. */
bool capdl_review_same_name(const struct capdl_spec *old, uint32_t a, const struct capdl_spec *new, uint32_t b);

#endif
