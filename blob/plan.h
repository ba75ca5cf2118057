/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The memory planner: which object is made from which untyped, in which order. It sees the whole list of
 * untypeds before anything is made, touches as few bytes of memory as possible, and is the same on the host
 * (with a known list) and on the target.
 *
 *     struct capdl_plan plan;
 *     if (!capdl_plan_make(&plan, &request)) ... plan.failure says why
 *     while (capdl_plan_next(&plan, &retype)) ...
 */
#ifndef CAPDL_BLOB_PLAN_H
#define CAPDL_BLOB_PLAN_H

#include "plan_state.h"

/* Bytes of scratch memory for a blob with this many elements in its table of groups. */
uint64_t capdl_plan_scratch_size(uint64_t num_groups);

/*
 * Plans everything without making anything. False: it does not fit; plan->failure says what. On success,
 * capdl_plan_next returns the first step.
 */
bool capdl_plan_make(struct capdl_plan *, const struct capdl_plan_request *);

/* The next Retype; false after the last. Those of the larger CSpace come first. */
bool capdl_plan_next(struct capdl_plan *, struct capdl_retype *);

/* The most objects that one Retype may make into our slots from this one on. */
uint64_t capdl_plan_batch(const struct capdl_plan *, uint64_t slot);

#endif
