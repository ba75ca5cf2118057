/* SPDX-License-Identifier: BSD-2-Clause */
/* Matched systems as edits: all that is in one of them only. */
#ifndef CAPDL_REVIEW_COMPARE_H
#define CAPDL_REVIEW_COMPARE_H

#include "comparison.h"

/* All that differs; returns how much. edits may be NULL. */
size_t capdl_review_compare(const struct world *old, const struct world *new, struct edits *);
uint64_t capdl_review_target_number(const struct world *, const struct capdl_cap *);

#endif
