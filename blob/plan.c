/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel allocates objects from an untyped in ascending order: it aligns a watermark up to the size of the next
 * object and never moves it back. Making the first object from an untyped of RAM costs clearing all of it.
 * All sizes are powers of two.
 *
 *     stage     untypeds                        what goes in
 *     CSPACE    the cheapest for it             CNodes of a larger CSpace, when one is needed
 *     FIXED     those with given addresses      |gap|fixed|gap|fixed|  gaps: the largest objects that fit, then padding
 *     TAILS     used so far, what is left       the largest objects that fit
 *     REST      the cheapest for what is left   sizes descending, so that nothing is lost to alignment
 *
 * Filling a gap with the largest objects that fit is never worse than any other use: whatever else could be in the gap
 * fits where these objects would have been.
 *
 * Direct objects wait until all objects before them are made, their CNode among them. In the last stage their turn
 * comes then anyway; before, gaps may be left that they would fit into.
 */
#include "plan.h"

#include "padding.h"
#include "plan_choose.h"
#include "plan_failure.h"
#include "plan_private.h"

uint64_t capdl_plan_scratch_size(uint64_t num_groups)
{
    return num_groups * sizeof(struct capdl_plan_group);
}

/* ---- Filling ---- */

uint64_t capdl_plan_batch(const struct capdl_plan *plan, uint64_t slot)
{
    uint64_t limit = (uint64_t)plan->request.blob->boot[CAPDL_BOOT_FAN_OUT];
    uint64_t leaf = CAPDL_LEAF_SLOTS - slot % CAPDL_LEAF_SLOTS;
    return plan->num_leaves && leaf < limit ? leaf : limit;
}

/* Makes a Retype of objects at the mark, as many of them as one call may make, and moves the mark past them. */
static void place(struct capdl_plan *plan, const struct capdl_plan_group *group, uint64_t most,
                  struct capdl_retype *retype)
{
    uint64_t limit = capdl_plan_batch(plan, group->kind == CAPDL_RETYPE_DIRECT ? 0 : group->slot);
    uint64_t count = group->left < most ? group->left : most;
    retype->kind = group->kind;
    retype->cnode = group->cnode;
    retype->first = group->first;
    retype->untyped = plan->untyped;
    retype->type = group->type;
    retype->argument = group->argument;
    retype->slot = group->slot;
    retype->count = count < limit ? count : limit;
    retype->size_bits = group->size_bits;
    retype->address = align_up(plan->mark, group->size_bits);
    plan->mark = retype->address + (retype->count << group->size_bits);
}

/* Whether objects must not be made yet: direct ones, while others are left before them. */
static bool waits(const struct capdl_plan_group *groups, const struct capdl_plan_group *group)
{
    if (group->kind == CAPDL_RETYPE_DIRECT) {
        for (; groups != group; groups++) {
            if (groups->left && groups->kind != CAPDL_RETYPE_DIRECT) {
                return true;
            }
        }
    }
    return false;
}

/* The group of the smallest objects that are left and may be made: the last one. */
static struct capdl_plan_group *smallest_left(struct capdl_plan_group *groups, size_t num_groups)
{
    while (num_groups-- > 0) {
        if (groups[num_groups].left && !waits(groups, &groups[num_groups])) {
            return &groups[num_groups];
        }
    }
    return NULL;
}

/* Whether an aligned block of this size begins at an address, with so much room behind it. */
static bool fits(uint64_t address, uint64_t room, unsigned size_bits)
{
    uint64_t size = UINT64_C(1) << size_bits;
    return !(address & (size - 1)) && size <= room;
}

/*
 * Places the next batch in the current gap. An aligned block begins at the mark: filling it with the largest objects
 * that fit wastes nothing. Only if all objects that are left are larger than the block, the mark moves on to the
 * alignment of the smallest of them.
 */
static bool fill_gap(struct capdl_plan *plan, struct capdl_plan_group *groups, size_t num_groups,
                     struct capdl_retype *retype)
{
    struct capdl_plan_group *smallest = smallest_left(groups, num_groups), *group;
    uint64_t block, mark, room, larger = 0;
    if (!smallest) {
        return false;
    }
    block = UINT64_C(1) << smallest->size_bits;
    mark = align_up(plan->mark, smallest->size_bits);
    if (mark > plan->limit || plan->limit - mark < block) {
        return false;
    }
    plan->mark = mark;
    room = plan->limit - mark;
    for (group = groups; !group->left || !fits(mark, room, group->size_bits) || waits(groups, group); group++) {
        larger |= group->left;
    }
    if (larger) { /* these may fit after the block */
        while (!(mark & block) && block <= room / 2) {
            block *= 2;
        }
        room = block;
    }
    place(plan, group, room >> group->size_bits, retype);
    group->slot += (uint32_t)retype->count;
    group->first += retype->count;
    group->left -= retype->count;
    return true;
}

/* ---- Stages ---- */

/* Leaves the current untyped. */
static void leave_untyped(struct capdl_plan *plan)
{
    if (plan->untyped < plan->request.num_untypeds) {
        struct capdl_untyped *untyped = &plan->request.untypeds[plan->untyped];
        untyped->used = (plan->mark - untyped->address) / 16 & ((UINT64_C(1) << 44) - 1);
        untyped->state = TOUCHED;
    }
}

static void enter_untyped(struct capdl_plan *plan, size_t i)
{
    const struct capdl_untyped *untyped = &plan->request.untypeds[i];
    plan->untyped = i;
    plan->mark = untyped->address + untyped->used * 16;
    plan->limit = untyped_end(untyped);
}

static void enter_stage(struct capdl_plan *plan, enum stage stage)
{
    plan->stage = stage;
    plan->order = UINT64_MAX;
    plan->untyped = plan->request.num_untypeds;
}

/* Untypeds are taken by size, descending; those of one size as they stand in the list. So their orders descend. */
static uint64_t order_of(const struct capdl_plan *plan, size_t i)
{
    return (uint64_t)plan->request.untypeds[i].size_bits << 32 | (UINT32_MAX - i);
}

/* Enters the next untyped of RAM in this state; false after the last. */
static bool next_untyped(struct capdl_plan *plan, unsigned state)
{
    const struct capdl_untyped *first = plan->request.untypeds, *end = first + plan->request.num_untypeds;
    uint64_t next = 0;
    leave_untyped(plan);
    plan->untyped = plan->request.num_untypeds;
    for (const struct capdl_untyped *untyped = plan->first_ram; untyped != end; untyped++) {
        if (untyped->state == state && !untyped->is_device) {
            uint64_t order = order_of(plan, (size_t)(untyped - first));
            if (order > next && order < plan->order) {
                next = order;
            }
        }
    }
    if (!next) {
        return false;
    }
    plan->order = next;
    enter_untyped(plan, UINT32_MAX - (uint32_t)next);
    return true;
}

/* The next batch in untypeds of this state; false when these are full or nothing is left. */
static bool fill_untypeds(struct capdl_plan *plan, unsigned state, struct capdl_plan_group *groups, size_t num_groups,
                          struct capdl_retype *retype)
{
    do {
        if (plan->untyped < plan->request.num_untypeds && fill_gap(plan, groups, num_groups, retype)) {
            return true;
        }
    } while (smallest_left(groups, num_groups) && next_untyped(plan, state));
    leave_untyped(plan);
    return false;
}

static bool holds(const struct capdl_untyped *untyped, uint64_t address)
{
    return !((address - untyped->address) >> untyped->size_bits);
}

/* The untyped that holds an address, or num_untypeds. Mostly it is the current one. */
static size_t find_untyped(const struct capdl_plan *plan, uint64_t address)
{
    const struct capdl_untyped *untypeds = plan->request.untypeds;
    size_t i = 0;
    if (plan->untyped < plan->request.num_untypeds && holds(&untypeds[plan->untyped], address)) {
        return plan->untyped;
    }
    while (i < plan->request.num_untypeds && !holds(&untypeds[i], address)) {
        i++;
    }
    return i;
}

/* Padding untypeds towards an address. Where there are leftovers they are handed over. */
static void place_padding(struct capdl_plan *plan, uint64_t address, struct capdl_retype *retype)
{
    const struct capdl_blob *blob = plan->request.blob;
    const struct capdl_padding next = capdl_padding_next(plan->mark, address, blob->boot[CAPDL_BOOT_CNODE_MOVE]);
    const struct capdl_plan_group padding = {
        .kind = CAPDL_RETYPE_PADDING,
        .type = (uint16_t)blob->boot[CAPDL_BOOT_TYPE_UNTYPED],
        .argument = (uint8_t)next.size_bits,
        .size_bits = (uint8_t)next.size_bits,
        .slot = (uint32_t)(blob->sizes[CAPDL_SIZE_SLOTS] + plan->padding),
        .left = next.count,
    };
    place(plan, &padding, next.count, retype);
    plan->padding += retype->count;
}

static struct capdl_plan_group group_of(const struct capdl_blob_objects *objects)
{
    return (struct capdl_plan_group){
        .left = objects->count,
        .first = objects->first,
        .slot = (uint32_t)objects->slot,
        .cnode = (uint32_t)objects->place,
        .type = (uint16_t)objects->type,
        .argument = (uint8_t)objects->argument,
        .size_bits = (uint8_t)objects->size_bits,
        .kind = objects->is_direct ? CAPDL_RETYPE_DIRECT : CAPDL_RETYPE_OBJECTS,
    };
}

/* Drops the first `count` objects of a run, which have been placed. */
static void shorten_run(struct capdl_blob_objects *run, uint64_t count)
{
    run->slot += count;
    run->place += count << run->size_bits;
    run->count -= count;
}

/* Places as many objects of the current run of fixed objects as fit into one batch. */
static void place_fixed(struct capdl_plan *plan, struct capdl_retype *retype)
{
    uint64_t room = untyped_end(&plan->request.untypeds[plan->untyped]) - plan->run.place;
    const struct capdl_plan_group group = group_of(&plan->run);
    place(plan, &group, room >> group.size_bits, retype);
    shorten_run(&plan->run, retype->count);
}

/* The next batch of fixed objects, or of what goes before them; false after the last. */
static bool fill_fixed(struct capdl_plan *plan, struct capdl_retype *retype)
{
    struct capdl_blob_objects *run = &plan->run;
    size_t i;
    if (!run->count && !capdl_blob_next_objects(&plan->fixed, run)) {
        leave_untyped(plan);
        return false;
    }
    i = find_untyped(plan, run->place);
    if (i != plan->untyped) {
        leave_untyped(plan);
        enter_untyped(plan, i);
    }
    plan->limit = run->place;
    if (!plan->request.untypeds[i].is_device && fill_gap(plan, plan->groups, plan->num_groups, retype)) {
        return true;
    }
    if (align_up(plan->mark, run->size_bits) != run->place) {
        place_padding(plan, run->place, retype);
    } else {
        place_fixed(plan, retype);
    }
    return true;
}

/* The next batch of the stage; false after its last. */
static bool fill_stage(struct capdl_plan *plan, struct capdl_retype *retype)
{
    if (plan->stage == STAGE_CSPACE) {
        return fill_untypeds(plan, SELECTED, plan->cspace, CAPDL_PLAN_CSPACE_GROUPS, retype);
    }
    if (plan->stage == STAGE_FIXED) {
        return fill_fixed(plan, retype);
    }
    return fill_untypeds(plan, plan->stage == STAGE_TAILS ? TOUCHED : SELECTED, plan->groups, plan->num_groups, retype);
}

/* By the sums everything fits, provided the untypeds are as promised: aligned and disjoint. This verifies it. */
static void all_are_placed(struct capdl_plan *plan)
{
    const struct capdl_plan_group *left = smallest_left(plan->groups, plan->num_groups);
    if (left) {
        capdl_plan_fail_memory(plan, left, left->size_bits, left->left << left->size_bits);
    }
}

bool capdl_plan_next(struct capdl_plan *plan, struct capdl_retype *retype)
{
    while (plan->stage != STAGE_DONE) {
        if (fill_stage(plan, retype)) {
            return true;
        }
        enter_stage(plan, plan->stage + 1);
        if (plan->stage == STAGE_REST && !capdl_plan_select_rest(plan)) {
            return false;
        }
        if (plan->stage == STAGE_DONE) {
            all_are_placed(plan);
        }
    }
    return false;
}

/* ---- Planning ---- */

static void start_groups(struct capdl_plan *plan)
{
    struct capdl_blob_table table = capdl_blob_table(plan->request.blob, CAPDL_BLOB_ITEM_GROUPS);
    struct capdl_blob_objects objects;
    plan->groups = plan->request.scratch;
    plan->num_groups = 0;
    while (capdl_blob_next_objects(&table, &objects)) {
        plan->groups[plan->num_groups++] = group_of(&objects);
    }
}

/* Leaves and root of the larger CSpace, size descending. */
static void start_cspace(struct capdl_plan *plan)
{
    const int64_t *boot = plan->request.blob->boot;
    for (unsigned i = 0; i < CAPDL_PLAN_CSPACE_GROUPS; i++) {
        const bool is_leaf = i == 0;
        const unsigned bits = is_leaf ? CAPDL_LEAF_BITS : 1;
        struct capdl_plan_group *group = &plan->cspace[i];
        group->slot = 0;
        group->left = is_leaf ? plan->num_leaves : 1;
        group->argument = (uint8_t)bits;
        group->type = (uint16_t)boot[CAPDL_BOOT_TYPE_CNODE];
        group->size_bits = (uint8_t)(bits + (uint64_t)boot[CAPDL_BOOT_SLOT_BITS]);
        group->kind = is_leaf ? CAPDL_RETYPE_CSPACE_LEAF : CAPDL_RETYPE_CSPACE_ROOT;
    }
}

/* Marks the untypeds that hold fixed objects as touched; false: there is none for an address. */
static bool find_fixed(struct capdl_plan *plan)
{
    struct capdl_blob_table table = capdl_blob_table(plan->request.blob, CAPDL_BLOB_ITEM_FIXED);
    struct capdl_blob_objects run;
    while (capdl_blob_next_objects(&table, &run)) {
        while (run.count) {
            size_t i = find_untyped(plan, run.place);
            struct capdl_untyped *untyped = &plan->request.untypeds[i];
            uint64_t count = 0;
            if (i < plan->request.num_untypeds) {
                count = (untyped_end(untyped) - run.place) >> run.size_bits;
            }
            if (!count) {
                plan->failure.address = run.place;
                return capdl_plan_fail(plan, CAPDL_PLAN_NO_ADDRESS, run.slot, run.size_bits);
            }
            plan->untyped = i;
            plan->touched += untyped->state != UNTOUCHED || untyped->is_device ? 0 : UINT64_C(1) << untyped->size_bits;
            untyped->state = TOUCHED;
            shorten_run(&run, count < run.count ? count : run.count);
        }
    }
    return true;
}

/* Where all objects may be anywhere and no larger CSpace is needed, it begins with the last stage. */
static bool start(struct capdl_plan *plan)
{
    struct capdl_untyped *const end = plan->request.untypeds + plan->request.num_untypeds, *untyped = end;
    plan->first_ram = end;
    while (untyped != plan->request.untypeds) {
        untyped--;
        untyped->state = UNTOUCHED;
        untyped->used = 0;
        if (!untyped->is_device) {
            plan->first_ram = untyped;
        }
        /* No kernel has it: nothing fits into it. Device memory beyond the kernel's window on x86-64 may be unaligned.
         */
        if (untyped->size_bits > CAPDL_BLOB_MAX_SIZE_BITS ||
            (!untyped->is_device && untyped->address & ((UINT64_C(1) << untyped->size_bits) - 1))) {
            untyped->size_bits = 0;
        }
    }
    plan->failure = (struct capdl_plan_failure){0};
    plan->padding = 0;
    plan->touched = 0;
    plan->fixed = capdl_blob_table(plan->request.blob, CAPDL_BLOB_ITEM_FIXED);
    plan->run.count = 0;
    plan->untyped = plan->request.num_untypeds;
    start_groups(plan);
    if (!find_fixed(plan)) {
        return false;
    }
    if (plan->num_leaves) {
        enter_stage(plan, STAGE_CSPACE);
        start_cspace(plan);
        return capdl_plan_select_cspace(plan);
    }
    enter_stage(plan, plan->fixed.left ? STAGE_FIXED : STAGE_REST);
    return plan->fixed.left || capdl_plan_select_rest(plan);
}

/* Tries the whole plan once. A plan that begins with the last stage needs no trial: the sums prove that it fits. */
static bool try(struct capdl_plan *plan)
{
    struct capdl_retype retype;
    plan->num_cspace_retypes = 0;
    if (!start(plan)) {
        return false;
    }
    plan->is_tried = plan->stage != STAGE_REST;
    while (plan->is_tried && capdl_plan_next(plan, &retype)) {
        plan->num_cspace_retypes += retype.kind >= CAPDL_RETYPE_CSPACE_LEAF;
    }
    plan->num_padding = plan->padding;
    plan->ram_touched = plan->touched;
    return plan->failure.status == CAPDL_PLAN_OK;
}

/* A CSpace with room for this many slots: its leaves and its root need slots in the initial CNode. */
static bool enlarge(struct capdl_plan *plan, uint64_t slots)
{
    plan->num_leaves = (slots + CAPDL_LEAF_SLOTS - 1) / CAPDL_LEAF_SLOTS;
    if (plan->num_leaves + 1 <= plan->request.empty_slots) {
        return true;
    }
    plan->failure.missing = plan->num_leaves + 1 - plan->request.empty_slots;
    return capdl_plan_fail(plan, CAPDL_PLAN_NO_SLOTS, UINT64_MAX, 0);
}

bool capdl_plan_make(struct capdl_plan *plan, const struct capdl_plan_request *request)
{
    uint64_t capacity = request->empty_slots;
    plan->request = *request;
    plan->num_leaves = 0;
    /* Padding is known only when all is placed, and needs slots; where they need a larger CSpace, all is placed
       anew. */
    while (try(plan)) {
        uint64_t slots = request->blob->sizes[CAPDL_SIZE_SLOTS] + plan->num_padding;
        if (slots <= capacity) {
            return !plan->is_tried || start(plan);
        }
        if (!enlarge(plan, slots)) {
            return false;
        }
        capacity = plan->num_leaves * CAPDL_LEAF_SLOTS;
    }
    return false;
}
