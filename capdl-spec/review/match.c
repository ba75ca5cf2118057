/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which object of the old spec is which of the new one. Those with the same name and kind are the same. The others are
 * known by what they are and by their neighbours: each gets a hash of its attributes, in a few rounds mixed with the
 * hashes of what it holds and of what holds it; equal hashes are the same object under another name. What then is left
 * is the same if it lies in the same slot of the same object. A match may be wrong and the comparison is still right:
 * it compares everything, under these names.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

enum { ROUNDS = 6 };

struct side {
    const struct capdl_spec *spec;
    uint64_t *hash, *next;
    bool *named; /* has a counterpart of the same name */
};

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static uint64_t mix_text(uint64_t hash, const char *text)
{
    for (; text && *text; text++) {
        hash = mix(hash, (unsigned char)*text);
    }
    return hash;
}

static uint64_t hash_payload(const struct capdl_spec *spec, uint32_t object, uint64_t hash)
{
    const struct capdl_tcb *tcb =
        capdl_object_kind(spec, object) == CAPDL_KIND_TCB ? capdl_object_tcb(spec, object) : NULL;

    if (tcb) {
        hash = mix(mix(mix(mix(hash, tcb->ip), tcb->sp), tcb->prio), tcb->addr);
    }
    if (capdl_object_kind(spec, object) == CAPDL_KIND_FRAME) {
        struct capdl_fills fills = capdl_object_fills(spec, object);
        for (size_t i = 0; i < fills.count; i++) {
            hash = mix_text(mix(hash, fills.list[i].source_offset), fills.list[i].text);
        }
    }
    return hash;
}

static uint64_t hash_object(const struct side *side, uint32_t id)
{
    uint64_t hash = mix(capdl_object_kind(side->spec, id), side->named[id]);

    if (side->named[id]) {
        return mix_text(mix(hash, capdl_object_index(side->spec, id)), capdl_object_name(side->spec, id));
    }
    return hash_payload(side->spec, id,
                        mix(mix(hash, capdl_object_size_bits(side->spec, id)), capdl_object_paddr(side->spec, id)));
}

/* In a CNode the slot does not say what a capability is; in a page table or a TCB it does. */
static uint64_t hash_cap(const struct capdl_spec *spec, uint32_t holder, const struct capdl_cap *cap)
{
    uint64_t slot = capdl_object_kind(spec, holder) == CAPDL_KIND_CNODE ? 0 : cap->slot;

    return mix(mix(mix(cap->kind, slot), cap->rights), cap->data);
}

static void hash_neighbours(struct side *side)
{
    const struct capdl_spec *spec = side->spec;

    memcpy(side->next, side->hash, spec->num_objects * sizeof(*side->next));
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);

        for (uint32_t j = 0; j < caps.count; j++) {
            const struct capdl_cap *cap = &caps.list[j];
            uint64_t edge = hash_cap(spec, i, cap);

            if (cap->object == CAPDL_NO_OBJECT) {
                continue;
            }
            side->next[i] += mix(edge, side->hash[cap->object]);
            side->next[cap->object] += mix(edge + 1, side->hash[i]);
        }
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (!side->named[i]) {
            side->hash[i] = mix(side->next[i], 0);
        }
    }
}

static void side_init(struct side *side, const struct capdl_spec *spec)
{
    size_t count = spec->num_objects + (size_t)1;

    *side = (struct side){.spec = spec};
    side->hash = capdl_spec_realloc(NULL, count * sizeof(*side->hash));
    side->next = capdl_spec_realloc(NULL, count * sizeof(*side->next));
    side->named = capdl_spec_realloc(NULL, count * sizeof(*side->named));
    memset(side->named, 0, count * sizeof(*side->named));
}

static void side_free(struct side *side)
{
    free(side->hash);
    free(side->next);
    free(side->named);
}

static uint32_t match_names(struct side *old, struct side *new, uint32_t *matched)
{
    uint32_t unmatched = 0;

    for (uint32_t i = 0; i < old->spec->num_objects; i++) {
        uint32_t id = capdl_spec_find(new->spec, capdl_object_name(old->spec, i), capdl_object_index(old->spec, i));
        bool same = id != CAPDL_NO_OBJECT && capdl_object_kind(new->spec, id) == capdl_object_kind(old->spec, i);

        matched[i] = same ? id : REVIEW_NONE;
        old->named[i] = same;
        unmatched += !same;
        if (same) {
            new->named[id] = true;
        }
    }
    return unmatched;
}

struct candidate {
    uint64_t hash;
    uint32_t id;
};

static int candidate_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;

    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return a->id < b->id ? -1 : a->id > b->id;
}

static struct candidate *candidates(const struct side *side, size_t *count)
{
    struct candidate *list = capdl_spec_realloc(NULL, (side->spec->num_objects + (size_t)1) * sizeof(*list));

    *count = 0;
    for (uint32_t i = 0; i < side->spec->num_objects; i++) {
        if (!side->named[i]) {
            list[(*count)++] = (struct candidate){side->hash[i], i};
        }
    }
    qsort(list, *count, sizeof(*list), candidate_compare);
    return list;
}

static void match_hashes(const struct side *old, const struct side *new, uint32_t *matched)
{
    size_t num_old, num_new, i = 0, j = 0;
    struct candidate *a = candidates(old, &num_old), *b = candidates(new, &num_new);

    while (i < num_old && j < num_new) {
        if (a[i].hash == b[j].hash) {
            matched[a[i++].id] = b[j++].id;
        } else if (a[i].hash < b[j].hash) {
            i++;
        } else {
            j++;
        }
    }
    free(a);
    free(b);
}

static bool match_slot(const struct capdl_spec *old, const struct capdl_spec *new, uint32_t holder,
                       const struct capdl_cap *cap, uint32_t *matched, bool *taken)
{
    const struct capdl_cap *other;

    if (cap->object == CAPDL_NO_OBJECT || matched[cap->object] != REVIEW_NONE) {
        return false;
    }
    other = capdl_spec_cap_at(new, matched[holder], cap->slot);
    if (!other || other->object == CAPDL_NO_OBJECT || taken[other->object] ||
        capdl_object_kind(new, other->object) != capdl_object_kind(old, cap->object)) {
        return false;
    }
    matched[cap->object] = other->object;
    taken[other->object] = true;
    return true;
}

/* What is found lets more be found, down the page tables. */
static void match_slots(const struct capdl_spec *old, const struct capdl_spec *new, uint32_t *matched)
{
    bool *taken = capdl_spec_realloc(NULL, new->num_objects + (size_t)1), more = true;

    memset(taken, 0, new->num_objects + (size_t)1);
    for (uint32_t i = 0; i < old->num_objects; i++) {
        if (matched[i] != REVIEW_NONE) {
            taken[matched[i]] = true;
        }
    }
    while (more) {
        more = false;
        for (uint32_t i = 0; i < old->num_objects; i++) {
            struct capdl_caps caps = capdl_object_caps(old, i);
            for (uint32_t j = 0; matched[i] != REVIEW_NONE && j < caps.count; j++) {
                more |= match_slot(old, new, i, &caps.list[j], matched, taken);
            }
        }
    }
    free(taken);
}

uint32_t *capdl_review_match(const struct capdl_spec *old_spec, const struct capdl_spec *new_spec)
{
    uint32_t *matched = capdl_spec_realloc(NULL, (old_spec->num_objects + (size_t)1) * sizeof(*matched));
    struct side old, new;

    side_init(&old, old_spec);
    side_init(&new, new_spec);
    if (match_names(&old, &new, matched)) {
        for (uint32_t i = 0; i < old_spec->num_objects; i++) {
            old.hash[i] = hash_object(&old, i);
        }
        for (uint32_t i = 0; i < new_spec->num_objects; i++) {
            new.hash[i] = hash_object(&new, i);
        }
        for (unsigned round = 0; round < ROUNDS; round++) {
            hash_neighbours(&old);
            hash_neighbours(&new);
        }
        match_hashes(&old, &new, matched);
        match_slots(old_spec, new_spec, matched);
    }
    side_free(&old);
    side_free(&new);
    return matched;
}
