/* SPDX-License-Identifier: BSD-2-Clause */
/* Guards and sizes of CNodes: which capabilities programs can name, and by which numbers. */
#ifndef CAPDL_REVIEW_JUDGE_GUARD_H
#define CAPDL_REVIEW_JUDGE_GUARD_H

#include "comparison.h"

/* The size of a CNode, and its guard, in a slot of a CNode or TCB. */
void capdl_review_judge_cnode_size(struct review *, const struct edit *);
void capdl_review_judge_guard(struct review *, const struct edit *, const uint32_t *users, size_t count);
/* How grave it is, at least BEHAVIOUR, that subjects can name what a CNode of the new system holds. */
enum capdl_rank capdl_review_contents_rank(struct review *, uint32_t cnode, const uint32_t *users, size_t count);
/* The objects to which a CNode of the new system has capabilities, named as in findings. To be freed. */
char *capdl_review_list_contents(const struct review *, uint32_t cnode);

#endif
