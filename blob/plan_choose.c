/* SPDX-License-Identifier: BSD-2-Clause */
/* Which untypeds a plan takes: enough for what is needed, with the fewest bytes in total. */
#include "plan_choose.h"

#include "plan_failure.h"
#include "plan_private.h"

/*
 * Given how many untypeds there are of each size and how many objects are needed of each size, leaves in
 * `counts` the untypeds to take: enough, with the fewest bytes in total. Returns the size at which there are too few
 * and leaves counts unchanged, or returns 0.
 *
 * Objects fit exactly if, for every size, the untypeds of that size and larger have the bytes for the objects
 * of that size and larger. What is left over is the slack of that size. So the bytes to leave out are to be as many
 * as the slacks allow: the largest untypeds first, as any set of smaller ones that could be left out instead
 * makes up exactly one larger, or is less than it. What is left out at one size is taken from the slacks of all smaller
 * sizes, too, so a size can spare what the tightest of them can.
 */
static unsigned keep_cheapest(uint32_t counts[SIZES], const uint32_t needs[SIZES], uint64_t *missing)
{
    uint64_t slack[SIZES + 1], left_out = 0;
    unsigned sizes = SIZES;
    while (sizes > SMALLEST + 1 && !(counts[sizes - 1] | needs[sizes - 1])) {
        sizes--;
    }
    slack[sizes] = 0;
    for (unsigned size = sizes; size-- > SMALLEST;) {
        uint64_t have = slack[size + 1] + ((uint64_t)counts[size] << size), need = (uint64_t)needs[size] << size;
        if (need >> size != needs[size]) {
            need = UINT64_MAX; /* more than any memory */
        }
        if (have < need) {
            *missing = need - have;
            return size;
        }
        slack[size] = have - need;
    }
    for (unsigned size = SMALLEST + 1; size < sizes; size++) {
        slack[size] = slack[size - 1] < slack[size] ? slack[size - 1] : slack[size];
    }
    for (unsigned size = sizes; size-- > SMALLEST;) {
        uint64_t most = (slack[size] - left_out) >> size;
        most = most < counts[size] ? most : counts[size];
        counts[size] -= (uint32_t)most;
        left_out += most << size;
    }
    return 0;
}

static void count_untouched(const struct capdl_plan *plan, uint32_t counts[SIZES])
{
    const struct capdl_untyped *untyped = plan->first_ram;
    const struct capdl_untyped *end = plan->request.untypeds + plan->request.num_untypeds;
    for (; untyped != end; untyped++) {
        if (!untyped->is_device && untyped->state == UNTOUCHED) {
            counts[untyped->size_bits]++;
        }
    }
}

static void add_needs(const struct capdl_plan_group *groups, size_t num_groups, uint32_t needs[SIZES])
{
    for (size_t i = 0; i < num_groups; i++) {
        needs[groups[i].size_bits] += (uint32_t)groups[i].left;
    }
}

static void select_untypeds(struct capdl_plan *plan, uint32_t counts[SIZES])
{
    struct capdl_untyped *untyped = plan->first_ram;
    struct capdl_untyped *end = plan->request.untypeds + plan->request.num_untypeds;
    for (; untyped != end; untyped++) {
        if (!untyped->is_device && untyped->state == UNTOUCHED && counts[untyped->size_bits]) {
            counts[untyped->size_bits]--;
            untyped->state = SELECTED;
            plan->touched += UINT64_C(1) << untyped->size_bits;
        }
    }
}

/* Selects the cheapest untypeds, given their number of each size, for what is left of these groups. */
static bool select_cheapest(struct capdl_plan *plan, uint32_t counts[SIZES], const struct capdl_plan_group *groups,
                            size_t num_groups)
{
    uint32_t needs[SIZES] = {0};
    uint64_t missing;
    unsigned size;
    add_needs(groups, num_groups, needs);
    size = keep_cheapest(counts, needs, &missing);
    if (size) {
        return capdl_plan_fail_memory(plan, groups, size, missing);
    }
    select_untypeds(plan, counts);
    return true;
}

bool capdl_plan_select_rest(struct capdl_plan *plan)
{
    uint32_t counts[SIZES] = {0};
    count_untouched(plan, counts);
    return select_cheapest(plan, counts, plan->groups, plan->num_groups);
}

bool capdl_plan_select_cspace(struct capdl_plan *plan)
{
    uint32_t counts[SIZES] = {0}, needs[SIZES] = {0};
    uint64_t missing;
    count_untouched(plan, counts);
    add_needs(plan->cspace, CAPDL_PLAN_CSPACE_GROUPS, needs);
    add_needs(plan->groups, plan->num_groups, needs);
    keep_cheapest(counts, needs, &missing);
    return select_cheapest(plan, counts, plan->cspace, CAPDL_PLAN_CSPACE_GROUPS);
}
