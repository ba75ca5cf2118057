/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The initial CNode does not hold all capabilities: we make a CSpace around it. Its root has one bit, and both
 * slots lead back to the initial CNode, behind guards of different lengths. So all capability pointers stay what
 * they were, and those with the highest bit set find a leaf in the initial CNode, and a slot in the leaf.
 *
 *     root [0] --> initial CNode                      |0| guard: zeros               | n bits |
 *          [1] --> initial CNode --> leaf --> slot    |1| guard: zeros     | n bits | 12 bits |
 *                                                      ^ highest bit of a word
 */
#include "own_calls.h"
#include "phases.h"
#include "retype.h"

/* Root and leaves, into the first empty slots of the initial CNode. */
static void create_cnodes(void)
{
    struct capdl_retype step;
    for (uint64_t i = 0; i < self.plan.num_cspace_retypes; i++) {
        uint64_t slot;
        capdl_plan_next(&self.plan, &step);
        slot = step.kind == CAPDL_RETYPE_CSPACE_ROOT ? self.root : self.first_leaf + step.slot;
        retype(CAPDL_OPERAND_LITERAL, self.untyped.start + step.untyped, &step, &(struct destination){0, 0, slot});
    }
}

/* Fills one of the root's two slots: the initial CNode behind a guard of this many zeros. */
static void mint_into_root(uint64_t index, uint64_t guard_bits)
{
    call_start(CAPDL_BOOT_CNODE_MINT, CAPDL_OPERAND_LITERAL, self.root);
    call_cap(CAPDL_REF_INITIAL, CAPDL_INITIAL_CNODE);
    call_word(index);
    call_word(1); /* depth of the root */
    call_word(CAPDL_INITIAL_CNODE);
    call_word(WORD_BITS);
    call_word(CAPDL_RIGHTS_ALL);
    call_word(guard_bits);
    call_make();
}

static void move_into_root(void)
{
    bool mcs = self.blob.boot[CAPDL_BOOT_FLAGS] & CAPDL_BOOT_FLAG_MCS;
    call_start(CAPDL_BOOT_TCB_SET_SPACE, CAPDL_REF_INITIAL, CAPDL_INITIAL_TCB);
    if (mcs) {
        call_cap(CAPDL_REF_INITIAL, CAPDL_INITIAL_NULL); /* no fault handler: here a capability, else a word */
    }
    call_cap(CAPDL_OPERAND_LITERAL, self.root);
    call_cap(CAPDL_REF_INITIAL, CAPDL_INITIAL_VSPACE);
    if (!mcs) {
        call_word(CAPDL_INITIAL_NULL);
    }
    call_word(0); /* keep the root's guard */
    call_word(0);
    call_make();
}

void enlarge_cspace(void)
{
    enter_phase(CAPDL_PHASE_CSPACE);
    if (!self.plan.num_leaves) {
        return;
    }
    self.root = self.bootinfo->empty.start;
    self.first_leaf = self.root + 1;
    create_cnodes();
    mint_into_root(0, WORD_BITS - 1 - self.bootinfo->cnode_bits);
    mint_into_root(1, WORD_BITS - 1 - self.bootinfo->cnode_bits - CAPDL_LEAF_BITS);
    move_into_root();
    self.cnode = self.root;
    self.first[CAPDL_REF_SLOT] = UINT64_C(1) << (WORD_BITS - 1) | self.first_leaf << CAPDL_LEAF_BITS;
}
