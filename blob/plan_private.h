/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the planner share: stages, states of untypeds, sizes. */
#ifndef CAPDL_BLOB_PLAN_PRIVATE_H
#define CAPDL_BLOB_PLAN_PRIVATE_H

#include "plan_state.h"

enum stage { STAGE_CSPACE, STAGE_FIXED, STAGE_TAILS, STAGE_REST, STAGE_DONE };

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

#endif
