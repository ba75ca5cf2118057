/* SPDX-License-Identifier: BSD-2-Clause */
/* What the two files of the planner share. */
#ifndef CAPDL_BLOB_PLAN_PRIVATE_H
#define CAPDL_BLOB_PLAN_PRIVATE_H

#include "plan.h"

/* State of an untyped. */
enum { UNTOUCHED, TOUCHED, SELECTED };

enum { SIZES = CAPDL_BLOB_MAX_SIZE_BITS + 1, SMALLEST = CAPDL_BLOB_MIN_SIZE_BITS };

static inline uint64_t align_up(uint64_t address, uint64_t bits)
{
    uint64_t mask = (UINT64_C(1) << bits) - 1;
    return (address + mask) & ~mask;
}

static inline uint64_t untyped_end(const struct capdl_untyped *untyped)
{
    return untyped->address + (UINT64_C(1) << untyped->size_bits);
}

/* Ends the plan; returns false. */
bool capdl_plan_fail(struct capdl_plan *, enum capdl_plan_status, uint64_t slot, uint64_t size_bits);
/* The same for want of RAM: objects of a size, which one of the groups has, lack these bytes. */
bool capdl_plan_fail_memory(struct capdl_plan *, const struct capdl_plan_group *, unsigned size, uint64_t missing);

/* Selects untypeds for all that may be anywhere; false: there is too little. */
bool capdl_plan_select_rest(struct capdl_plan *);
/* Selects untypeds for the larger CSpace, if possible among those that will be needed anyway. */
bool capdl_plan_select_cspace(struct capdl_plan *);

#endif
