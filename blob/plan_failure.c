/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a plan fails: there is no memory, or none at an address, or no slots for a larger CSpace. */
#include "plan_failure.h"

#include "plan_private.h"

bool capdl_plan_fail(struct capdl_plan *plan, enum capdl_plan_status status, uint64_t slot, uint64_t size_bits)
{
    plan->failure.status = status;
    plan->failure.slot = slot;
    plan->failure.size_bits = size_bits;
    plan->stage = STAGE_DONE;
    return false;
}

/* log2 of the largest aligned piece between two addresses, 0 if none. */
static unsigned largest_piece(uint64_t start, uint64_t end)
{
    for (unsigned size = CAPDL_BLOB_MAX_SIZE_BITS; size >= SMALLEST; size--) {
        if (align_up(start, size) + (UINT64_C(1) << size) <= end) {
            return size;
        }
    }
    return 0;
}

/* What RAM is free, for the message. */
static void report_free(struct capdl_plan *plan)
{
    struct capdl_plan_failure *failure = &plan->failure;
    for (size_t i = 0; i < plan->request.num_untypeds; i++) {
        const struct capdl_untyped *untyped = &plan->request.untypeds[i];
        uint64_t start = untyped->address + untyped->used * 16, end = untyped_end(untyped);
        unsigned piece = largest_piece(start, end);
        if (untyped->is_device) {
            continue;
        }
        failure->total_free += end - start;
        if (piece > failure->largest_free) {
            failure->largest_free = piece;
        }
    }
}

bool capdl_plan_fail_memory(struct capdl_plan *plan, const struct capdl_plan_group *groups, unsigned size,
                            uint64_t missing)
{
    while (groups->size_bits != size || !groups->left) {
        groups++;
    }
    plan->failure.missing = missing;
    report_free(plan);
    if (groups->kind >= CAPDL_RETYPE_CSPACE_LEAF) {
        return capdl_plan_fail(plan, CAPDL_PLAN_NO_MEMORY, UINT64_MAX, size);
    }
    return capdl_plan_fail(plan, CAPDL_PLAN_NO_MEMORY, groups->slot, size);
}
