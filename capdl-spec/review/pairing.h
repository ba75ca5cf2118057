/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects that look alike, and what hangs on them, in pairs. */
#ifndef CAPDL_REVIEW_PAIRING_H
#define CAPDL_REVIEW_PAIRING_H

#include "comparison.h"

/* Pairs objects with equal hashes of which there is one on each side; then, twins_too, the others. */
void capdl_review_pair_equal(struct pairing *, bool twins_too);
/* Pairs what hangs on pairs. */
void capdl_review_pair_neighbours(struct pairing *);

#endif
