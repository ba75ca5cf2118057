/* SPDX-License-Identifier: BSD-2-Clause */
#include "retype.h"

#include "kernel.h"

struct destination slot_destination(uint64_t slot)
{
    if (!self.plan.num_leaves)
        return (struct destination){ 0, 0, self.first_slot + slot };
    return (struct destination){ self.first_leaf + slot / CAPDL_LEAF_SLOTS, 64, slot % CAPDL_LEAF_SLOTS };
}

void retype(unsigned source_kind, uint64_t source, const struct capdl_retype *step, struct destination to)
{
    struct capdl_call *call = call_start(CAPDL_BOOT_UNTYPED_RETYPE, source_kind, source);

    call_cap(call, CAPDL_REF_INITIAL, CAPDL_INITIAL_CNODE);
    call_word(call, step->type);
    call_word(call, step->argument);
    call_word(call, to.index);
    call_word(call, to.depth);
    call_word(call, to.offset);
    call_word(call, step->count);
    call_make(call);
}
