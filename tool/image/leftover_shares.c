/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shares of the RAM that is left. A plan without them says how much that is; each then becomes one untyped, of the
 * power of two that does not exceed its share, or of the largest piece there is, and the spec is compiled anew:
 *
 *     left:   | 1M | 2M | 4M | 8M | 16M | ...        each piece an untyped, aligned to its size
 *     share:  the smallest piece that is large enough, halved until it fits
 */
#include "blob/leftovers.h"
#include "image/program.h"

enum { MOST_BITS = 64 };

/* How many pieces of each size. */
struct pieces {
    uint64_t count[MOST_BITS];
};

static unsigned floor_log2(uint64_t bytes)
{
    return bytes ? 63 - (unsigned)__builtin_clzll(bytes) : 0;
}

/* Of at most this size; 0: there is none. */
static unsigned take(struct pieces *pieces, unsigned most)
{
    for (unsigned bits = most; bits >= CAPDL_PAGE_BITS; bits--) {
        for (unsigned from = bits; from < MOST_BITS; from++) {
            if (pieces->count[from]) {
                pieces->count[from]--;
                while (from > bits) {
                    pieces->count[--from]++;
                }
                return bits;
            }
        }
    }
    return 0;
}

static uint64_t count_pieces(struct pieces *pieces, struct capdl_plan *plan)
{
    static const uint64_t ram[CAPDL_SIZE_KEY_COUNT] = {
        [CAPDL_SIZE_LEFT_SLOTS] = CAPDL_LEFTOVERS_MAX_UNTYPEDS, [CAPDL_SIZE_LEFT_KINDS] = CAPDL_LEFT_RAM};
    struct capdl_leftover_untyped untypeds[CAPDL_LEFTOVERS_MAX_UNTYPEDS];
    struct capdl_leftover_list left = {.untypeds = untypeds};
    struct capdl_retype step;
    uint64_t total = 0;
    while (capdl_plan_next(plan, &step)) {
    }
    capdl_leftovers_list(&left, plan, ram);
    for (uint64_t i = 0; i < left.count; i++) {
        if (left.untypeds[i].size_bits >= CAPDL_PAGE_BITS && left.untypeds[i].size_bits < MOST_BITS) {
            pieces->count[left.untypeds[i].size_bits]++;
            total += UINT64_C(1) << left.untypeds[i].size_bits;
        }
    }
    return total;
}

static void give(struct program *program, struct leftovers *l, struct pieces *pieces, uint64_t bytes)
{
    l->bits = (uint8_t)take(pieces, floor_log2(bytes));
    if (!l->bits) {
        program_error(program, l->object,
                      "does not fit: of the RAM that is left, its share is 0x%llx bytes, less than a page",
                      (unsigned long long)bytes);
    }
}

/* Shares in per cent first, then equal parts of the rest, of which the first gets the remainder. */
void leftovers_share(struct program *program, struct capdl_plan *plan)
{
    struct pieces pieces = {{0}};
    uint64_t total, parts = 1;
    bool wanted = false;
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        const struct leftovers *l = &program->leftovers[i];
        parts += l->share == CAPDL_LEFT_EQUAL;
        wanted |= l->object != CAPDL_NO_OBJECT && l->share && !l->bits;
    }
    if (!wanted) {
        return;
    }
    total = count_pieces(&pieces, plan);
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        struct leftovers *l = &program->leftovers[i];
        if (l->share && l->share <= 100) {
            give(program, l, &pieces, total / 100 * l->share);
        }
    }
    total = 0;
    for (unsigned bits = CAPDL_PAGE_BITS; bits < MOST_BITS; bits++) {
        total += pieces.count[bits] << bits;
    }
    for (unsigned i = 0; i < CAPDL_MAX_LEFTOVERS; i++) {
        struct leftovers *l = &program->leftovers[i];
        if (l->share == CAPDL_LEFT_EQUAL) {
            give(program, l, &pieces, total / parts);
        }
    }
    program->shared = true;
}
