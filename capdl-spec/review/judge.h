/* SPDX-License-Identifier: BSD-2-Clause */
/* An edit -> a finding; and findings that belong together. */
#ifndef CAPDL_REVIEW_JUDGE_H
#define CAPDL_REVIEW_JUDGE_H

#include "comparison.h"

/* Whether both systems have it; from 2^32 on, it stands for the kernel (a control capability), which both have. */
bool capdl_review_in_both(const struct review *, uint64_t object);
void capdl_review_judge(struct review *);

#endif
