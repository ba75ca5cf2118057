/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Pairs of objects, one of each system. Where several look alike, one pair is chosen, and then what hangs on it is
 * paired with it, before the next is chosen: so twins never get each other's CNodes.
 */
#include "pairing.h"

#include <stdlib.h>
#include <string.h>

static bool is_free(const struct side *side, uint32_t object)
{
    return side->partner[object] == REVIEW_NONE;
}

/* What a neighbour must have in common with another one to be paired with it. */
static uint64_t feature(const struct side *side, uint32_t object, enum alike alike)
{
    switch (alike) {
    case ALIKE_AROUND:
        return side->hash[object];
    case ALIKE_ITSELF:
        return side->base[object];
    case ALIKE_KIND:
        break;
    }
    return capdl_object_kind(side->world->spec, object);
}

static bool may_pair(const struct pairing *p, uint32_t old, uint32_t new, enum alike alike)
{
    return is_free(&p->old, old) && is_free(&p->new, new) &&
           feature(&p->old, old, alike) == feature(&p->new, new, alike);
}

static void set_pair(struct pairing *p, uint32_t old, uint32_t new)
{
    p->old.partner[old] = new;
    p->new.partner[new] = old;
    p->queue = capdl_spec_grow(p->queue, &p->capacity, p->queued + 1, sizeof(*p->queue));
    p->queue[p->queued++] = old;
}

struct neighbour {
    uint64_t label, hash;
    uint32_t object;
};

static int neighbour_compare(const void *left, const void *right)
{
    const struct neighbour *a = left, *b = right;
    if (a->label != b->label) {
        return a->label < b->label ? -1 : 1;
    }
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return a->object < b->object ? -1 : a->object > b->object;
}

/* Neighbours that have no partner yet, each once, sorted. */
static struct neighbour *free_neighbours(const struct side *side, uint32_t object, bool in, bool fine, enum alike alike,
                                         size_t *count)
{
    const size_t *first = in ? side->first_in : side->first_out;
    const struct link *links = in ? side->in : side->out;
    size_t most = first[object + 1] - first[object], kept = 0;
    struct neighbour *list = capdl_spec_realloc(NULL, (most + 1) * sizeof(*list));
    *count = 0;
    for (size_t i = first[object]; i < first[object + 1]; i++) {
        uint32_t other = links[i].other;
        if (is_free(side, other)) {
            list[kept++] =
                (struct neighbour){fine ? links[i].fine : links[i].coarse, feature(side, other, alike), other};
        }
    }
    qsort(list, kept, sizeof(*list), neighbour_compare);
    for (size_t i = 0; i < kept; i++) {
        if (*count == 0 || neighbour_compare(&list[*count - 1], &list[i]) != 0) {
            list[(*count)++] = list[i];
        }
    }
    return list;
}

static size_t run_of(const struct neighbour *list, size_t count, size_t at)
{
    size_t end = at;
    while (end < count && list[end].label == list[at].label && list[end].hash == list[at].hash) {
        end++;
    }
    return end - at;
}

/* Those neighbours of a pair of which there is one on each side. */
static void pair_links(struct pairing *p, uint32_t old, bool in, bool fine, enum alike alike)
{
    size_t num_old, num_new, i = 0, j = 0;
    struct neighbour *a = free_neighbours(&p->old, old, in, fine, alike, &num_old);
    struct neighbour *b = free_neighbours(&p->new, p->old.partner[old], in, fine, alike, &num_new);
    while (i < num_old && j < num_new) {
        struct neighbour x = a[i], y = b[j];
        int order = x.label != y.label ? (x.label < y.label ? -1 : 1) : x.hash < y.hash ? -1 : x.hash > y.hash;
        size_t left = order <= 0 ? run_of(a, num_old, i) : 0, right = order >= 0 ? run_of(b, num_new, j) : 0;
        if (left == 1 && right == 1 && may_pair(p, x.object, y.object, alike)) {
            set_pair(p, x.object, y.object);
        }
        i += left;
        j += right;
    }
    free(a);
    free(b);
}

static void follow(struct pairing *p)
{
    while (p->queued) {
        uint32_t old = p->queue[--p->queued];
        for (int in = 0; in < 2; in++) {
            pair_links(p, old, in, true, ALIKE_AROUND);
            if (p->coarse) {
                pair_links(p, old, in, false, ALIKE_AROUND);
            }
            if (p->reach != ALIKE_AROUND) {
                pair_links(p, old, in, true, p->reach);
            }
        }
    }
}

/* Pairs two objects and, as far as their hashes allow, all that hangs on them. */
static void pair_both(struct pairing *p, uint32_t old, uint32_t new)
{
    set_pair(p, old, new);
    follow(p);
}

void capdl_review_pair_neighbours(struct pairing *p)
{
    for (uint32_t i = 0; i < p->old.num_objects; i++) {
        if (!is_free(&p->old, i)) {
            p->queue = capdl_spec_grow(p->queue, &p->capacity, p->queued + 1, sizeof(*p->queue));
            p->queue[p->queued++] = i;
        }
    }
    follow(p);
}

struct candidate {
    uint64_t hash;
    uint32_t rank; /* by name */
    uint32_t object;
};

static int candidate_compare(const void *left, const void *right)
{
    const struct candidate *a = left, *b = right;
    if (a->hash != b->hash) {
        return a->hash < b->hash ? -1 : 1;
    }
    return a->rank < b->rank ? -1 : a->rank > b->rank;
}

static struct candidate *candidates(const struct side *side, size_t *count)
{
    uint32_t most, *order = capdl_spec_by_name(side->world->spec, &most);
    struct candidate *list = capdl_spec_realloc(NULL, (most + (size_t)1) * sizeof(*list));
    *count = 0;
    for (uint32_t i = 0; i < most; i++) {
        if (is_free(side, order[i])) {
            list[(*count)++] = (struct candidate){side->hash[order[i]], i, order[i]};
        }
    }
    qsort(list, *count, sizeof(*list), candidate_compare);
    free(order);
    return list;
}

static size_t class_end(const struct candidate *list, size_t count, size_t at)
{
    size_t end = at;
    while (end < count && list[end].hash == list[at].hash) {
        end++;
    }
    return end;
}

static void pair_same_names(struct pairing *p, const struct candidate *a, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct capdl_spec *old = p->old.world->spec;
        uint32_t same = capdl_spec_find(p->new.world->spec, capdl_object_name(old, a[i].object),
                                        capdl_object_index(old, a[i].object));
        if (same != CAPDL_NO_OBJECT && may_pair(p, a[i].object, same, ALIKE_AROUND)) {
            pair_both(p, a[i].object, same);
        }
    }
}

/* All of one class: those of the same name, then by the order of names. */
static void pair_class(struct pairing *p, const struct candidate *a, size_t num_old, const struct candidate *b,
                       size_t num_new)
{
    bool guess = p->coarse || num_old != num_new;
    pair_same_names(p, a, num_old);
    for (size_t i = 0, j = 0; i < num_old && j < num_new;) {
        if (!is_free(&p->old, a[i].object)) {
            i++;
        } else if (!is_free(&p->new, b[j].object)) {
            j++;
        } else {
            p->guessed[a[i].object] |= guess && (num_old > 1 || num_new > 1);
            pair_both(p, a[i].object, b[j].object);
        }
    }
}

void capdl_review_pair_equal(struct pairing *p, bool twins_too)
{
    size_t num_old, num_new;
    struct candidate *a = candidates(&p->old, &num_old), *b = candidates(&p->new, &num_new);
    for (int twins = 0; twins < (twins_too ? 2 : 1); twins++) {
        for (size_t i = 0, j = 0; i < num_old && j < num_new;) {
            size_t left = class_end(a, num_old, i), right = class_end(b, num_new, j);
            if (a[i].hash < b[j].hash) {
                i = left;
            } else if (a[i].hash > b[j].hash) {
                j = right;
            } else {
                if (twins || (left == i + 1 && right == j + 1)) {
                    pair_class(p, a + i, left - i, b + j, right - j);
                }
                i = left;
                j = right;
            }
        }
    }
    free(a);
    free(b);
}
