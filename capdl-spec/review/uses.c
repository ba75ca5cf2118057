/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which pointers and addresses lead where: all of them, that is, capdl_spec_lookup turned round. Guard and slot bits of
 * the root CNode are taken from the top of a pointer, then those of the CNodes found there, as long as bits are left.
 *
 *     | guard | slot bits | guard | slot bits | left over |
 *       root CNode          CNode in that slot
 */
#include "uses.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "normal_form.h"

static unsigned word_bits(const struct capdl_spec *spec)
{
    return capdl_architecture(spec->arch)->word_bits;
}

static uint64_t shifted(uint64_t value, unsigned by)
{
    return by >= 64 ? 0 : value << by;
}

/* Where kernels differ, 32-bit Arm's sections and small pages. */
unsigned capdl_review_table_shift(const struct capdl_spec *spec, uint32_t table, unsigned depth)
{
    const struct capdl_architecture *arch = capdl_architecture(spec->arch);
    const struct capdl_arch_table *row = capdl_arch_table(spec->arch, capdl_object_kind(spec, table));
    if (row && row->shift) {
        return row->shift;
    }
    if (arch->one_table_kind) {
        return depth < arch->table_levels ? 12 + 9 * (arch->table_levels - 1 - depth) : 12;
    }
    return capdl_kind_height(capdl_object_kind(spec, table)) > 1 ? 20 : 12;
}

/* ---- Uses ---- */

struct found {
    uint32_t container;
    struct use use;
};

struct search {
    struct world *world;
    struct found *list;
    size_t count, capacity;
    uint32_t *seen; /* per object: 1 + number of the search that was there */
    uint32_t searches;
    struct step *stack;
    size_t depth, stack_capacity;
};

struct step {
    uint32_t container;
    unsigned depth;
    struct use use;
};

static void step_to(struct search *s, uint32_t container, unsigned depth, struct use use)
{
    if (s->seen[container] == s->searches) {
        return;
    }
    s->seen[container] = s->searches;
    s->stack = capdl_spec_grow(s->stack, &s->stack_capacity, s->depth + 1, sizeof(*s->stack));
    s->stack[s->depth++] = (struct step){container, depth, use};
    s->list = capdl_spec_grow(s->list, &s->capacity, s->count + 1, sizeof(*s->list));
    s->list[s->count++] = (struct found){container, use};
}

/* A CNode that is found where `bits` bits of a pointer are left. */
static void step_to_cnode(struct search *s, uint32_t who, const struct capdl_cap *cap, uint64_t address, unsigned bits)
{
    struct plain_cap plain = capdl_review_cap(s->world->spec, cap);
    unsigned taken = plain.guard_size + (unsigned)capdl_object_size_bits(s->world->spec, cap->object);
    if (taken > bits) {
        return;
    }
    address |= shifted(plain.data, bits - plain.guard_size);
    step_to(s, cap->object, 0, (struct use){who, (uint8_t)(bits - taken), address});
}

static void search_cspace(struct search *s, uint32_t who, const struct capdl_cap *root)
{
    s->searches++;
    if (!root || root->kind != CAPDL_KIND_CNODE || root->object == CAPDL_NO_OBJECT) {
        return;
    }
    step_to_cnode(s, who, root, 0, word_bits(s->world->spec));
    while (s->depth) {
        struct step step = s->stack[--s->depth];
        struct capdl_caps caps = capdl_object_caps(s->world->spec, step.container);
        for (uint32_t i = 0; i < caps.count && step.use.shift; i++) {
            const struct capdl_cap *cap = &caps.list[i];
            if (cap->kind == CAPDL_KIND_CNODE && cap->object != CAPDL_NO_OBJECT) {
                step_to_cnode(s, who, cap, step.use.address | shifted(cap->slot, step.use.shift), step.use.shift);
            }
        }
    }
}

static bool is_translation(enum capdl_kind kind)
{
    return capdl_kind_is_table(kind) || kind == CAPDL_KIND_IO_PT || kind == CAPDL_KIND_CONTEXTBANK;
}

static struct use table_use(const struct world *world, uint32_t who, uint32_t table, unsigned depth, uint64_t address)
{
    bool io = capdl_object_kind(world->spec, table) == CAPDL_KIND_IO_PT;
    return (struct use){who, io ? 12 : (uint8_t)capdl_review_table_shift(world->spec, table, depth), address};
}

/* Page tables below a container, of a thread, a guest or a device. */
static void search_tables(struct search *s, uint32_t who, uint32_t root)
{
    if (root == REVIEW_NONE) {
        return;
    }
    step_to(s, root, 0, table_use(s->world, who, root, 0, 0));
    while (s->depth) {
        struct step step = s->stack[--s->depth];
        struct capdl_caps caps = capdl_object_caps(s->world->spec, step.container);
        for (uint32_t i = 0; i < caps.count; i++) {
            uint32_t below = caps.list[i].object;
            uint64_t address = step.use.address | shifted(caps.list[i].slot, step.use.shift);
            bool table = capdl_object_kind(s->world->spec, step.container) != CAPDL_KIND_CONTEXTBANK &&
                         step.container != (who & ~USE_DEVICE);
            if (below == CAPDL_NO_OBJECT || !is_translation(capdl_object_kind(s->world->spec, below))) {
                continue;
            }
            if (capdl_object_kind(s->world->spec, step.container) == CAPDL_KIND_IO_PT) {
                address <<= 9;
            }
            step_to(s, below, step.depth + table,
                    table_use(s->world, who, below, step.depth + table, table ? address : 0));
        }
    }
}

static void search_all(struct search *s)
{
    const struct capdl_spec *spec = s->world->spec;
    for (uint32_t i = 0; i < s->world->num_subjects; i++) {
        search_cspace(s, i, capdl_spec_cap_at(spec, s->world->subjects[i].tcb, CAPDL_TCB_SLOT_CSPACE));
        search_tables(s, i, s->world->subjects[i].vspace);
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(spec, i);
        s->searches++;
        if (kind == CAPDL_KIND_TCB) {
            search_tables(s, s->world->owner[i], capdl_review_target(spec, i, CAPDL_TCB_SLOT_EPT_ROOT));
        } else if (capdl_kind_class(kind) == CAPDL_CLASS_DEVICE && kind != CAPDL_KIND_CONTEXTBANK) {
            search_tables(s, USE_DEVICE | i, i);
        }
    }
}

static void keep_uses(struct world *world, const struct found *list, size_t count)
{
    size_t *at;
    world->first_use = capdl_spec_realloc(NULL, (world->spec->num_objects + (size_t)2) * sizeof(*world->first_use));
    memset(world->first_use, 0, (world->spec->num_objects + (size_t)2) * sizeof(*world->first_use));
    for (size_t i = 0; i < count; i++) {
        world->first_use[list[i].container + 1]++;
    }
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        world->first_use[i + 1] += world->first_use[i];
    }
    world->uses = capdl_spec_realloc(NULL, (count + 1) * sizeof(*world->uses));
    at = capdl_spec_realloc(NULL, (world->spec->num_objects + (size_t)1) * sizeof(*at));
    memcpy(at, world->first_use, world->spec->num_objects * sizeof(*at));
    for (size_t i = 0; i < count; i++) {
        world->uses[at[list[i].container]++] = list[i].use;
    }
    free(at);
}

static void find_holders(struct world *world)
{
    const struct capdl_spec *spec = world->spec;
    size_t size = (spec->num_objects + (size_t)2) * sizeof(*world->first_holder);
    size_t *at = capdl_spec_realloc(NULL, size); /* per object: of `holders`, where the next one goes */
    world->first_holder = capdl_spec_realloc(NULL, size);
    memset(world->first_holder, 0, size);
    for (int enter = 0; enter < 2; enter++) {
        for (uint32_t i = 0; i < spec->num_objects; i++) {
            struct capdl_caps caps = capdl_object_caps(spec, i);
            for (uint32_t j = 0; j < caps.count; j++) {
                if (caps.list[j].object != CAPDL_NO_OBJECT && !enter) {
                    world->first_holder[caps.list[j].object + 1]++;
                } else if (caps.list[j].object != CAPDL_NO_OBJECT) {
                    world->holders[at[caps.list[j].object]++] = (struct holder){i, j};
                }
            }
        }
        if (!enter) {
            for (uint32_t i = 0; i < spec->num_objects; i++) {
                world->first_holder[i + 1] += world->first_holder[i];
            }
            world->holders =
                capdl_spec_realloc(NULL, (world->first_holder[spec->num_objects] + 1) * sizeof(*world->holders));
            memcpy(at, world->first_holder, size);
        }
    }
    free(at);
}

void capdl_review_find_uses(struct world *world)
{
    struct search search = {.world = world};
    search.seen = capdl_spec_realloc(NULL, (world->spec->num_objects + (size_t)1) * sizeof(*search.seen));
    memset(search.seen, 0, (world->spec->num_objects + (size_t)1) * sizeof(*search.seen));
    search_all(&search);
    keep_uses(world, search.list, search.count);
    find_holders(world);
    free(search.list);
    free(search.seen);
    free(search.stack);
}

const struct capdl_cap *capdl_review_held(const struct world *world, size_t number)
{
    const struct holder *holder = &world->holders[number];
    const struct capdl_cap *list = capdl_object_caps(world->spec, holder->container).list;
    return &list[holder->number];
}

const struct capdl_cap *capdl_review_fault_handler(const struct world *world, uint32_t tcb, uint32_t *cnode)
{
    uint64_t pointer = capdl_tcb_values(world->spec, tcb)->fault_ep;
    const struct capdl_cap *root = capdl_spec_cap_at(world->spec, tcb, CAPDL_TCB_SLOT_CSPACE);
    return pointer ? capdl_spec_lookup(world->spec, root, pointer, cnode) : NULL;
}
