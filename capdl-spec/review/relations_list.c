/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of relations: those that say the same are one, and many with many are one of two groups. */
#include "relations_list.h"

#include <stdlib.h>

#include "relations_parties.h"

/* Relations that a list may have. */
#define MOST_RELATIONS ((size_t)4000000)

/* ---- One of each ---- */

uint32_t capdl_relation_array_of(const struct capdl_spec *spec, uint32_t object)
{
    uint32_t first = capdl_object_index(spec, object) == CAPDL_NO_INDEX
                         ? object
                         : capdl_spec_find(spec, capdl_object_name(spec, object), 0);
    return first == CAPDL_NO_OBJECT ? object : first;
}

static void relation_drop(struct capdl_relation *relation)
{
    free(relation->from_places);
    free(relation->to_places);
}

static int relation_compare_in(const struct capdl_spec *spec, const struct capdl_relation *a,
                               const struct capdl_relation *b)
{
    uint32_t first, second;
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    first = a->object == CAPDL_NO_OBJECT ? a->object : capdl_relation_array_of(spec, a->object);
    second = b->object == CAPDL_NO_OBJECT ? b->object : capdl_relation_array_of(spec, b->object);
    return first < second ? -1 : first > second;
}

static int relation_order(const void *left, const void *right, void *spec)
{
    const struct capdl_relation *a = left, *b = right;
    int order = relation_compare_in(spec, a, b);
    if (order) {
        return order;
    }
    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    if (a->from_holder != b->from_holder) {
        return a->from_holder < b->from_holder ? -1 : 1;
    }
    return a->from_slot < b->from_slot ? -1 : a->from_slot > b->from_slot;
}

void capdl_relation_unite(const struct capdl_spec *spec, struct capdl_relations *r)
{
    size_t kept = 0;
    uint32_t frame = CAPDL_NO_OBJECT;
    if (r->count) {
        qsort_r(r->list, r->count, sizeof(*r->list), relation_order, (void *)(uintptr_t)spec);
    }
    for (size_t i = 0; i < r->count; i++) {
        struct capdl_relation *last = kept ? &r->list[kept - 1] : NULL;
        if (last && relation_compare_in(spec, last, &r->list[i]) == 0) {
            last->bytes += r->list[i].object == frame ? 0 : r->list[i].bytes;
            last->rights |= r->list[i].rights;
            frame = r->list[i].object;
            relation_drop(&r->list[i]);
        } else {
            frame = r->list[i].object;
            r->list[kept++] = r->list[i];
        }
    }
    r->count = kept;
}

/* ---- Adding ---- */

/* Thousands of frames that dozens share are many relations before they are united, and few after. */
static bool make_room(struct relation_finder *f)
{
    if (f->relations->count >= f->unite_at) {
        capdl_relation_unite(f->spec, f->relations);
        f->unite_at = f->relations->count + RELATIONS_GATHERED;
    }
    f->relations->incomplete |= f->relations->count >= MOST_RELATIONS;
    return !f->relations->incomplete;
}

static void relation_put(struct relation_finder *f, enum capdl_relation_kind kind, const struct having *from,
                         uint32_t party, uint32_t to, const struct having *other, uint32_t object)
{
    struct capdl_relations *r = f->relations;
    bool frame = object != CAPDL_NO_OBJECT && capdl_object_kind(f->spec, object) == CAPDL_KIND_FRAME;
    if (!make_room(f)) {
        return;
    }
    r->list = capdl_spec_grow(r->list, &r->capacity, r->count + 1, sizeof(*r->list));
    r->list[r->count++] = (struct capdl_relation){
        .kind = kind,
        .from = party,
        .to = to,
        .object = object,
        .bytes = frame ? UINT64_C(1) << capdl_object_size_bits(f->spec, object) : 0,
        .badge = from->badge,
        .rights = from->rights,
        .from_holder = from->holder,
        .from_slot = from->slot,
        .to_holder = other ? other->holder : CAPDL_NO_OBJECT,
        .to_slot = other ? other->slot : 0,
    };
}

void capdl_relation_add(struct relation_finder *f, enum capdl_relation_kind kind, const struct having *from,
                        uint32_t to, const struct having *other, uint32_t object)
{
    uint32_t party = capdl_relation_who_party(f, from->who);
    if (party != to) {
        relation_put(f, kind, from, party, to, other, object);
    }
}

/* Many with many: one relation, of two groups. What an array's elements say alike is one at once. */
static void relate_groups(struct relation_finder *f, enum capdl_relation_kind kind, uint32_t object)
{
    struct capdl_relations *r = f->relations;
    struct capdl_place *from_places, *to_places;
    uint32_t from = capdl_relation_group_party(f, &f->from, &from_places);
    uint32_t to = capdl_relation_group_party(f, &f->to, &to_places);
    size_t before = r->count;
    uint8_t rights = 0;
    for (size_t i = 0; i < f->from.count; i++) {
        rights |= f->from.list[i].rights;
    }
    f->from.list[0].rights = rights;
    f->from.list[0].badge = 0;
    relation_put(f, kind, &f->from.list[0], from, to, &f->to.list[0], object);
    if (r->count == before) {
        free(from_places);
        free(to_places);
        return;
    }
    r->list[before].from_places = from_places;
    r->list[before].to_places = to_places;
    if (before && relation_compare_in(f->spec, &r->list[before - 1], &r->list[before]) == 0 &&
        r->list[before - 1].object != object) {
        r->list[before - 1].bytes += r->list[before].bytes;
        r->list[before - 1].rights |= rights;
        relation_drop(&r->list[before]);
        r->count--;
    }
}

void capdl_relation_add_all(struct relation_finder *f, enum capdl_relation_kind kind, uint32_t object)
{
    enum { FEW = 8 }; /* so pairs are at most this often as many as parties */

    if (f->from.count > FEW && f->to.count > FEW) {
        relate_groups(f, kind, object);
        return;
    }
    for (size_t i = 0; i < f->from.count; i++) {
        for (size_t j = 0; j < f->to.count; j++) {
            capdl_relation_add(f, kind, &f->from.list[i], capdl_relation_who_party(f, f->to.list[j].who),
                               &f->to.list[j], object);
        }
    }
}

void capdl_relations_free(struct capdl_relations *relations)
{
    for (uint32_t i = 0; i < relations->num_parties; i++) {
        free(relations->parties[i].name);
        free(relations->parties[i].members);
    }
    for (size_t i = 0; i < relations->count; i++) {
        relation_drop(&relations->list[i]);
    }
    free(relations->parties);
    free(relations->list);
}
