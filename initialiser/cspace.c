/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initial CNode does not hold all capabilities: we make a CSpace around it.
 *
 *     root, 1 bit  [0] --> initial CNode      all capability pointers so far stay what they were
 *                  [1] --> table --> leaves   slot i is 2^63 + i
 *
 *     |1| zeros (guard) | table bits | 12 leaf bits |
 */
#include "kernel.h"
#include "retype.h"

/* Our own CNodes: root and table into the first two empty slots of the initial CNode, leaves into the table. */
static void create_cnodes(void)
{
    struct capdl_retype step;

    for (uint64_t i = 0; i < self.plan.num_cspace_retypes; i++) {
        struct destination to = { CAPDL_INITIAL_CNODE, 0, 0, self.root };

        capdl_plan_next(&self.plan, &step);
        if (step.kind == CAPDL_RETYPE_CSPACE_TABLE)
            to.offset = self.table;
        if (step.kind == CAPDL_RETYPE_CSPACE_LEAF)
            to = (struct destination){ self.table, 0, 0, step.slot };
        retype(CAPDL_OPERAND_LITERAL, self.untyped.start + step.untyped, (struct product){ step.type, step.argument, step.count }, to);
    }
}

/* Makes one of the root's two ends: a CNode behind a guard of so many zeros. */
static void mint_into_root(uint64_t index, uint64_t source, uint64_t guard_bits)
{
    struct capdl_call *call = call_start(CAPDL_BOOT_CNODE_MINT, CAPDL_OPERAND_LITERAL, self.root);

    call_cap(call, CAPDL_REF_INITIAL, CAPDL_INITIAL_CNODE);
    call_word(call, index);
    call_word(call, 1); /* depth of the root */
    call_word(call, source);
    call_word(call, 64);
    call_word(call, CAPDL_RIGHTS_ALL);
    call_word(call, guard_bits);
    call_make(call);
}

static void move_into_root(void)
{
    struct capdl_call *call = call_start(CAPDL_BOOT_TCB_SET_SPACE, CAPDL_REF_INITIAL, CAPDL_INITIAL_TCB);
    bool mcs = self.blob.boot[CAPDL_BOOT_FLAGS] & CAPDL_BOOT_FLAG_MCS;

    if (mcs)
        call_cap(call, CAPDL_REF_INITIAL, CAPDL_INITIAL_NULL); /* no fault handler: here a capability, else a word */
    call_cap(call, CAPDL_OPERAND_LITERAL, self.root);
    call_cap(call, CAPDL_REF_INITIAL, CAPDL_INITIAL_VSPACE);
    if (!mcs)
        call_word(call, CAPDL_INITIAL_NULL);
    call_word(call, 0); /* keep the root's guard */
    call_word(call, 0);
    call_make(call);
}

void enlarge_cspace(void)
{
    enter_phase(CAPDL_PHASE_CSPACE);
    if (!self.plan.num_leaves)
        return;
    self.root = self.bootinfo->empty.start;
    self.table = self.root + 1;
    create_cnodes();
    mint_into_root(0, CAPDL_INITIAL_CNODE, 63 - self.bootinfo->cnode_bits);
    mint_into_root(1, self.table, 63 - CAPDL_LEAF_BITS - self.plan.table_bits);
    move_into_root();
    self.cnode = self.root;
    self.first_slot = UINT64_C(1) << 63;
}
