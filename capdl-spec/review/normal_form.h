/* SPDX-License-Identifier: BSD-2-Clause */
/* What an object is, as a list of numbers; what a capability is, without what has no effect. */
#ifndef CAPDL_REVIEW_NORMAL_FORM_H
#define CAPDL_REVIEW_NORMAL_FORM_H

#include "comparison.h"

/* What the capability in a slot refers to, or REVIEW_NONE. */
uint32_t capdl_review_target(const struct capdl_spec *, uint32_t container, uint64_t slot);
/* What an object is, all but its name, its untyped and its capabilities. */
void capdl_review_fields(const struct world *, uint32_t object, struct fields *);
struct plain_cap capdl_review_cap(const struct capdl_spec *, const struct capdl_cap *);
/* REVIEW_DEFAULT, REVIEW_DEFAULT - 1 for none, or an index. */
uint64_t capdl_review_domain_start(const struct capdl_domains *);

#endif
