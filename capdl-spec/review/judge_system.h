/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of objects that are new or gone, of what untypeds cover, of derivations and of the system as a whole. */
#ifndef CAPDL_REVIEW_JUDGE_SYSTEM_H
#define CAPDL_REVIEW_JUDGE_SYSTEM_H

#include "comparison.h"

void capdl_review_judge_object(struct review *, const struct edit *);
void capdl_review_judge_cover(struct review *, const struct edit *);
void capdl_review_judge_schedule(struct review *, const struct edit *);
void capdl_review_judge_arch(struct review *, const struct edit *);
void capdl_review_judge_derived(struct review *, const struct edit *);

#endif
