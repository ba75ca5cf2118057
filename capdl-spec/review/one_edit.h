/* SPDX-License-Identifier: BSD-2-Clause */
/* Which findings are of one edit of a source. */
#ifndef CAPDL_REVIEW_ONE_EDIT_H
#define CAPDL_REVIEW_ONE_EDIT_H

#include "comparison.h"

/* Findings that are of one edit: of those that follow from no other, `joined` says which they are joined to; here, also
   under which one they are. */
void capdl_review_unite(struct review *, uint32_t *joined);

#endif
