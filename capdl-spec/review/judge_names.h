/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects with another name. */
#ifndef CAPDL_REVIEW_JUDGE_NAMES_H
#define CAPDL_REVIEW_JUDGE_NAMES_H

#include "comparison.h"

/* judge_names.c: all that is only called otherwise, in one line. */
void capdl_review_judge_names(struct review *);

#endif
