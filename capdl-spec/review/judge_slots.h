/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of what has slots of its own meaning: TCBs, interrupts, devices. */
#ifndef CAPDL_REVIEW_JUDGE_SLOTS_H
#define CAPDL_REVIEW_JUDGE_SLOTS_H

#include "comparison.h"

void capdl_review_judge_slot(struct review *, const struct edit *);

#endif
