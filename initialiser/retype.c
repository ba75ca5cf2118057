/* SPDX-License-Identifier: BSD-2-Clause */
#include "retype.h"

#include "own_calls.h"

struct destination slot_destination(uint64_t slot)
{
    if (!self.plan.num_leaves) {
        return (struct destination){0, 0, self.first[CAPDL_REF_SLOT] + slot};
    }
    return (struct destination){self.first_leaf + slot / CAPDL_LEAF_SLOTS, WORD_BITS, slot % CAPDL_LEAF_SLOTS};
}

void retype(unsigned source_kind, uint64_t source, const struct capdl_retype *step, const struct destination *to)
{
    call_start(CAPDL_BOOT_UNTYPED_RETYPE, source_kind, source);
    call_cap(CAPDL_REF_INITIAL, CAPDL_INITIAL_CNODE);
    call_word(step->type);
    call_word(step->argument);
    call_word(to->index);
    call_word(to->depth);
    call_word(to->offset);
    call_word(step->count);
    call_make();
}
