/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers that all move by the same distance, told at once. */
#ifndef CAPDL_REVIEW_RENUMBER_H
#define CAPDL_REVIEW_RENUMBER_H

#include "comparison.h"

/* Tells in one line what only has other numbers, for something before it is new or gone. */
void capdl_review_renumber(struct review *);

#endif
