/* SPDX-License-Identifier: BSD-2-Clause */
/* What a new or gone protection domain has to itself, told at once. */
#ifndef CAPDL_REVIEW_BELONGINGS_H
#define CAPDL_REVIEW_BELONGINGS_H

#include "comparison.h"

/* Tells in one or two lines what a new or gone protection domain has to itself. */
void capdl_review_fold(struct review *);

#endif
