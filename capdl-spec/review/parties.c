/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has an object: subjects and devices, by which capabilities. */
#include "parties.h"

#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "normal_form.h"
#include "uses.h"

uint32_t capdl_review_who(const struct world *world, const struct use *use)
{
    return use->who & USE_DEVICE ? USE_DEVICE | world->object_number[use->who & ~USE_DEVICE]
                                 : world->subject_number[use->who];
}

uint32_t capdl_review_local(const struct review *review, const struct world *world, uint64_t object)
{
    uint32_t count = review->new.spec->num_objects;
    if (object >> 32) {
        return REVIEW_NONE;
    }
    if (world == &review->new) {
        return object < count ? (uint32_t)object : REVIEW_NONE;
    }
    return object < count ? review->old_of[object] : (uint32_t)object - count;
}

uint32_t capdl_review_owner(const struct world *world, uint32_t object)
{
    uint32_t owner = object == REVIEW_NONE || object == CAPDL_NO_OBJECT ? REVIEW_NONE : world->owner[object];
    return owner == REVIEW_NONE ? REVIEW_NONE : world->subject_number[owner];
}

uint32_t *capdl_review_users(const struct world *world, uint32_t container, size_t *count)
{
    size_t first = world->first_use[container], most = world->first_use[container + 1] - first;
    uint32_t *list = capdl_spec_realloc(NULL, (most + 1) * sizeof(*list));
    for (size_t i = 0; i < most; i++) {
        list[i] = capdl_review_who(world, &world->uses[first + i]);
    }
    *count = capdl_review_unique(list, most);
    return list;
}

uint32_t *capdl_review_keepers(const struct world *world, uint32_t cnode, size_t *count)
{
    uint32_t *stack = NULL, *list = NULL;
    size_t depth = 0, capacity = 0, list_capacity = 0, kept = 0;
    bool *seen = capdl_spec_realloc(NULL, world->spec->num_objects + (size_t)1);
    memset(seen, 0, world->spec->num_objects + (size_t)1);
    stack = capdl_spec_grow(stack, &capacity, 1, sizeof(*stack));
    stack[depth++] = cnode;
    seen[cnode] = true;
    while (depth) {
        uint32_t below = stack[--depth];
        for (size_t i = world->first_holder[below]; i < world->first_holder[below + 1]; i++) {
            uint32_t holder = world->holders[i].container;
            if (capdl_object_kind(world->spec, holder) != CAPDL_KIND_CNODE || seen[holder]) {
                continue;
            }
            seen[holder] = true;
            for (size_t j = world->first_use[holder]; j < world->first_use[holder + 1]; j++) {
                list = capdl_spec_grow(list, &list_capacity, kept + 1, sizeof(*list));
                list[kept++] = capdl_review_who(world, &world->uses[j]);
            }
            stack = capdl_spec_grow(stack, &capacity, depth + 1, sizeof(*stack));
            stack[depth++] = holder;
        }
    }
    free(seen);
    free(stack);
    *count = capdl_review_unique(list, kept);
    return list;
}

static int party_compare(const void *left, const void *right)
{
    const struct party *a = left, *b = right;
    if (a->who != b->who) {
        return a->who < b->who ? -1 : 1;
    }
    if (a->badge != b->badge) {
        return a->badge < b->badge ? -1 : 1;
    }
    return a->rights < b->rights ? -1 : a->rights > b->rights;
}

static void parties_unite(struct parties *parties)
{
    size_t kept = 0;
    qsort(parties->list, parties->count, sizeof(*parties->list), party_compare);
    for (size_t i = 0; i < parties->count; i++) {
        struct party *party = &parties->list[i];
        if (kept && party_compare(&parties->list[kept - 1], party) == 0) {
            parties->list[kept - 1].mapped |= party->mapped;
        } else {
            parties->list[kept++] = *party;
        }
    }
    parties->count = kept;
}

static void parties_find(const struct world *world, uint32_t object, struct parties *parties)
{
    size_t capacity = 0;
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t container = world->holders[i].container;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        struct plain_cap plain = capdl_review_cap(world->spec, cap);
        for (size_t j = world->first_use[container]; j < world->first_use[container + 1]; j++) {
            const struct use *use = &world->uses[j];
            bool mapped = capdl_object_kind(world->spec, container) != CAPDL_KIND_CNODE;
            parties->list = capdl_spec_grow(parties->list, &capacity, parties->count + 1, sizeof(*parties->list));
            parties->list[parties->count++] = (struct party){
                capdl_review_who(world, use), plain.rights, mapped, cap->kind == CAPDL_KIND_CNODE ? 0 : plain.data,
                use->address | (use->shift < 64 ? cap->slot << use->shift : 0)};
        }
    }
    if (parties->count) {
        parties_unite(parties);
    }
    parties->known = true;
}

const struct parties *capdl_review_parties(struct review *review, const struct world *world, uint32_t object)
{
    struct parties *parties = world == &review->old ? &review->old_parties[object] : &review->new_parties[object];
    if (!parties->known) {
        parties_find(world, object, parties);
    }
    return parties;
}

const struct party *capdl_review_party_of(const struct parties *parties, uint32_t who)
{
    size_t low = 0, high = parties->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (parties->list[middle].who < who) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < parties->count && parties->list[low].who == who ? &parties->list[low] : NULL;
}
