/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has an object, and which of those. */
#include "relations_havings.h"

#include <stdlib.h>

#include "normal_form.h"
#include "uses.h"

void capdl_relation_have(struct havings *havings, struct having having)
{
    havings->list = capdl_spec_grow(havings->list, &havings->capacity, havings->count + 1, sizeof(*havings->list));
    havings->list[havings->count++] = having;
}

/* Adds all who have an object. */
void capdl_relation_find_havings(const struct world *world, uint32_t object, struct havings *havings)
{
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t container = world->holders[i].container;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        struct plain_cap plain = capdl_review_cap(world->spec, cap);
        bool held = capdl_object_kind(world->spec, container) == CAPDL_KIND_CNODE;
        for (size_t j = world->first_use[container]; j < world->first_use[container + 1]; j++) {
            capdl_relation_have(havings,
                                (struct having){world->uses[j].who, plain.rights, held,
                                                cap->kind == CAPDL_KIND_CNODE ? 0 : plain.data, container, cap->slot});
        }
    }
}

struct having capdl_relation_thread_having(const struct relation_finder *f, uint32_t tcb, uint64_t slot)
{
    return (struct having){.who = f->world.owner[tcb], .holder = tcb, .slot = slot};
}

void capdl_relation_find_bound(struct relation_finder *f, uint32_t object, struct havings *havings)
{
    for (size_t i = f->world.first_holder[object]; i < f->world.first_holder[object + 1]; i++) {
        uint32_t container = f->world.holders[i].container;
        uint64_t slot = capdl_review_held(&f->world, i)->slot;
        if (capdl_object_kind(f->spec, container) == CAPDL_KIND_TCB && slot == CAPDL_TCB_SLOT_BOUND_NOTIFICATION) {
            struct having bound = capdl_relation_thread_having(f, container, slot);
            bound.rights = CAPDL_RIGHT_READ;
            capdl_relation_have(havings, bound);
        }
    }
}

static int having_compare(const void *left, const void *right)
{
    const struct having *a = left, *b = right;
    if (a->who != b->who) {
        return a->who < b->who ? -1 : 1;
    }
    if (a->holder != b->holder) {
        return a->holder < b->holder ? -1 : 1;
    }
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

void capdl_relation_choose(struct havings *chosen, const struct havings *all, capdl_relation_fits *fits)
{
    size_t kept = 0;
    chosen->count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (!fits || fits(&all->list[i])) {
            capdl_relation_have(chosen, all->list[i]);
        }
    }
    if (chosen->count > 1) {
        qsort(chosen->list, chosen->count, sizeof(*chosen->list), having_compare);
    }
    for (size_t i = 0; i < chosen->count; i++) {
        struct having *last = kept ? &chosen->list[kept - 1] : NULL;
        if (last && last->who == chosen->list[i].who) {
            last->rights |= chosen->list[i].rights;
        } else {
            chosen->list[kept++] = chosen->list[i];
        }
    }
    chosen->count = kept;
}

bool capdl_relation_is_subject(const struct having *having)
{
    return !(having->who & USE_DEVICE);
}

bool capdl_relation_receives(const struct having *having)
{
    return capdl_relation_is_subject(having) && having->rights & CAPDL_RIGHT_READ;
}
