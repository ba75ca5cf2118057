/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of page tables: what threads, guests and devices reach, and at which address. */
#ifndef CAPDL_REVIEW_JUDGE_MAPPED_H
#define CAPDL_REVIEW_JUDGE_MAPPED_H

#include "comparison.h"

void capdl_review_judge_mapped(struct review *, const struct edit *);

#endif
