/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of CNodes: what threads hold. */
#ifndef CAPDL_REVIEW_JUDGE_HELD_H
#define CAPDL_REVIEW_JUDGE_HELD_H

#include "comparison.h"

void capdl_review_judge_held(struct review *, const struct edit *);
/* The edit that exchanges its slot with that of the one being judged, which then counts as told; NULL if there is
   none. */
const struct edit *capdl_review_exchange(struct review *, const struct edit *);

#endif
