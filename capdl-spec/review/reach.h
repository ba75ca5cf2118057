/* SPDX-License-Identifier: BSD-2-Clause */
/* All that somebody reaches, by whatever tables. */
#ifndef CAPDL_REVIEW_REACH_H
#define CAPDL_REVIEW_REACH_H

#include "comparison.h"

/* Whether a subject or device (USE_DEVICE; numbers of the comparison) reaches the same frames at the same addresses
   with the same rights in both systems, by whatever tables. */
bool capdl_review_same_map(const struct review *, uint32_t who);
/* "frame 'a', frame 'b[0..7]' and 3 more": all that it reaches, by address. To be freed. */
char *capdl_review_reach(const struct review *, const struct world *, uint32_t who);

#endif
