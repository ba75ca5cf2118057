/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of what objects are: priorities, budgets, addresses, interrupts, devices. */
#ifndef CAPDL_REVIEW_JUDGE_FIELDS_H
#define CAPDL_REVIEW_JUDGE_FIELDS_H

#include "comparison.h"

void capdl_review_judge_field(struct review *, const struct edit *);

#endif
