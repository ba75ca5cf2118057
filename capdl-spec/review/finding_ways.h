/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways of flows: which of them others say. */
#ifndef CAPDL_REVIEW_FINDING_WAYS_H
#define CAPDL_REVIEW_FINDING_WAYS_H

#include "finding_groups.h"

/* Leaves out ways that others of the same finding say, or say when they hold in both directions; returns how many are
 * left.
 */
size_t capdl_finding_join_ways(struct group *, size_t count);

#endif
