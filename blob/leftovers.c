/* SPDX-License-Identifier: BSD-2-Clause */
#include "leftovers.h"

/* Sort key, the lowest first: RAM before devices, then by descending size. */
static unsigned rank(const struct capdl_leftover_untyped *untyped)
{
    return ((unsigned)untyped->is_device << 8 | untyped->size_bits) ^ UINT8_MAX;
}

/* Inserts an untyped in order. If the list is full, the last one is dropped. */
static void list_one(struct capdl_leftover_list *left, const uint64_t *sizes,
                     const struct capdl_leftover_untyped *untyped)
{
    const uint64_t slots = sizes[CAPDL_SIZE_LEFT_SLOTS];
    const uint64_t most = slots < CAPDL_LEFTOVERS_MAX_UNTYPEDS ? slots : CAPDL_LEFTOVERS_MAX_UNTYPEDS;
    struct capdl_leftover_untyped *at = left->untypeds + left->count;
    if (!(sizes[CAPDL_SIZE_LEFT_KINDS] >> untyped->is_device & 1) && untyped->source != CAPDL_LEFTOVER_OWN) {
        return;
    }
    if (left->count < most) {
        left->count++;
    } else {
        left->left_out++;
        if (rank(--at) <= rank(untyped)) {
            return;
        }
    }
    for (; at > left->untypeds && rank(at - 1) > rank(untyped); at--) {
        *at = at[-1];
    }
    *at = *untyped;
}

/* Only the steps of the plan tell the padding, and the addresses of untypeds made for leftovers. */
static void list_made(struct capdl_leftover_list *left, struct capdl_plan *plan, const uint64_t *sizes)
{
    const struct capdl_plan_request request = plan->request;
    struct capdl_retype step;
    capdl_plan_make(plan, &request);
    while (capdl_plan_next(plan, &step)) {
        for (; step.count && step.kind <= CAPDL_RETYPE_PADDING; step.count--) {
            bool padding = step.kind == CAPDL_RETYPE_PADDING;
            if (padding || step.slot - sizes[CAPDL_SIZE_LEFT_OWN] < sizes[CAPDL_SIZE_LEFT_PIECES]) {
                list_one(left, sizes,
                         &(struct capdl_leftover_untyped){
                             step.address, (uint8_t)step.size_bits, request.untypeds[step.untyped].is_device,
                             padding ? CAPDL_LEFTOVER_PADDING : CAPDL_LEFTOVER_OWN, (uint32_t)step.slot});
            }
            step.slot++;
            step.address += UINT64_C(1) << step.size_bits;
        }
    }
}

/* In whole pages: each piece is as large as its address is aligned. The last ends where a piece of any size may. */
static void list_tail(struct capdl_leftover_list *left, const uint64_t *sizes, const struct capdl_untyped *untyped,
                      struct capdl_leftover_untyped piece)
{
    const uint64_t end = untyped->address + (UINT64_C(1) << untyped->size_bits);
    const uint64_t page = CAPDL_PAGE_SIZE;
    piece.source = CAPDL_LEFTOVER_TAIL;
    piece.address = (untyped->address + untyped->used * 16 + page - 1) & ~(page - 1);
    for (; piece.address < end; piece.address += UINT64_C(1) << piece.size_bits) {
        for (piece.size_bits = CAPDL_PAGE_BITS; !(piece.address >> piece.size_bits & 1);) {
            piece.size_bits++;
        }
        list_one(left, sizes, &piece);
    }
}

void capdl_leftovers_list(struct capdl_leftover_list *left, struct capdl_plan *plan, const uint64_t *sizes)
{
    const struct capdl_untyped *untyped = plan->request.untypeds;
    list_made(left, plan, sizes);
    for (uint32_t i = 0; i < plan->request.num_untypeds; i++, untyped++) {
        const struct capdl_leftover_untyped whole = {untyped->address, untyped->size_bits, untyped->is_device,
                                                     CAPDL_LEFTOVER_WHOLE, i};
        if (untyped->used) {
            list_tail(left, sizes, untyped, whole);
        } else {
            list_one(left, sizes, &whole);
        }
    }
}
