/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_BLOB_PLAN_FAILURE_H
#define CAPDL_BLOB_PLAN_FAILURE_H

#include "plan_state.h"

/* Ends the plan; returns false. */
bool capdl_plan_fail(struct capdl_plan *, enum capdl_plan_status, uint64_t slot, uint64_t size_bits);
/* The same for want of RAM: objects of a size, which one of the groups has, lack these bytes. */
bool capdl_plan_fail_memory(struct capdl_plan *, const struct capdl_plan_group *, unsigned size, uint64_t missing);

#endif
