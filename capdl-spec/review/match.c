/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which object of the old spec is which of the new one. Two ways are tried: those of the same name and kind are the
 * same; and names mean nothing. The one that leaves less to tell is taken. Objects that names do not decide are known
 * by what they are and by their neighbours: each gets a hash of its fields, mixed in rounds with the hashes of what it
 * holds and of what holds it. Equal hashes are paired (pairing.c), first with slots counting, then without, then from
 * ever fewer rounds. A pairing that is wrong makes the report longer, never wrong: all that follows compares
 * everything.
 */
#include "match.h"

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "lists.h"
#include "normal_form.h"
#include "pairing.h"

enum { MOST_ROUNDS = 48, ROUNDS_AT_ONCE = 6 };

static uint64_t mix(uint64_t hash, uint64_t word)
{
    hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

enum { LINK_COVER = 1, LINK_MAPPING };

static struct link link_of(const struct world *world, uint32_t holder, const struct capdl_cap *cap)
{
    struct plain_cap plain = capdl_review_cap(world->spec, cap);
    bool anywhere = capdl_object_kind(world->spec, holder) == CAPDL_KIND_CNODE;
    uint64_t what = mix(mix(mix(plain.kind, plain.rights), plain.data), plain.guard_size | plain.flags << 8);
    return (struct link){cap->object, mix(what, cap->slot + 1),
                         anywhere ? mix(cap->kind, 0) : mix(what, cap->slot + 1)};
}

static size_t *sum(size_t *first, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        first[i + 1] += first[i];
    }
    return first;
}

/* Visits all links; counts them by their ends, or enters them. */
static void visit_links(struct side *side, size_t *out_at, size_t *in_at, bool enter)
{
    const struct capdl_spec *spec = side->world->spec;
    for (uint32_t i = 0; i < side->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        uint32_t parent = capdl_object_parent(spec, i);
        for (uint32_t j = 0; j <= caps.count; j++) {
            struct link link = {parent, LINK_COVER, LINK_COVER};
            if (j < caps.count) {
                link = (struct link){.other = caps.list[j].object};
            }
            if (link.other == CAPDL_NO_OBJECT) {
                continue;
            }
            if (enter) {
                link = j < caps.count ? link_of(side->world, i, &caps.list[j]) : link;
                side->out[out_at[i]] = link;
                side->in[in_at[link.other]] = (struct link){i, mix(link.fine, 7), mix(link.coarse, 7)};
            }
            out_at[i]++;
            in_at[link.other]++;
        }
    }
}

static size_t *counts(uint32_t count)
{
    size_t *list = capdl_spec_realloc(NULL, (count + (size_t)2) * sizeof(*list));
    memset(list, 0, (count + (size_t)2) * sizeof(*list));
    return list;
}

static void find_links(struct side *side)
{
    uint32_t n = side->num_objects;
    size_t *out_at, *in_at;
    side->first_out = counts(n);
    side->first_in = counts(n);
    visit_links(side, side->first_out + 1, side->first_in + 1, false);
    sum(side->first_out, n);
    sum(side->first_in, n);
    side->out = capdl_spec_realloc(NULL, (side->first_out[n] + 1) * sizeof(*side->out));
    side->in = capdl_spec_realloc(NULL, (side->first_in[n] + 1) * sizeof(*side->in));
    out_at = counts(n);
    in_at = counts(n);
    memcpy(out_at, side->first_out, (n + (size_t)1) * sizeof(*out_at));
    memcpy(in_at, side->first_in, (n + (size_t)1) * sizeof(*in_at));
    visit_links(side, out_at, in_at, true);
    free(out_at);
    free(in_at);
}

/* Control capabilities and their like lead nowhere, but tell their holders apart. */
static void find_bare(struct side *side)
{
    for (uint32_t i = 0; i < side->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(side->world->spec, i);
        side->bare[0][i] = side->bare[1][i] = 0;
        for (uint32_t j = 0; j < caps.count; j++) {
            if (caps.list[j].object == CAPDL_NO_OBJECT) {
                struct link link = link_of(side->world, i, &caps.list[j]);
                side->bare[0][i] += link.fine;
                side->bare[1][i] += mix(link.coarse, caps.list[j].data);
            }
        }
    }
}

/* full: with what frames hold and devices are, which tells them apart but may change. */
static void find_bases(struct side *side, bool full)
{
    struct fields fields = {NULL};
    for (uint32_t i = 0; i < side->num_objects; i++) {
        uint64_t hash = mix(capdl_object_kind(side->world->spec, i) + UINT64_C(1), 0);
        capdl_review_fields(side->world, i, &fields);
        for (size_t j = 0; j < fields.count; j++) {
            if (full || fields.list[j].field != FIELD_CONTENT) {
                hash = mix(mix(hash, fields.list[j].field), fields.list[j].value);
            }
        }
        side->base[i] = hash;
    }
    free(fields.list);
}

static void side_init(struct side *side, const struct world *world)
{
    size_t count = world->spec->num_objects + (size_t)1;
    *side = (struct side){.world = world, .num_objects = world->spec->num_objects};
    side->partner = capdl_spec_realloc(NULL, count * sizeof(*side->partner));
    memset(side->partner, 0xff, count * sizeof(*side->partner));
}

/* What only objects without a partner are looked at for. */
static void side_look_around(struct side *side)
{
    size_t count = side->num_objects + (size_t)1;
    side->base = capdl_spec_realloc(NULL, count * sizeof(*side->base));
    side->hash = capdl_spec_realloc(NULL, count * sizeof(*side->hash));
    side->bare[0] = capdl_spec_realloc(NULL, count * sizeof(**side->bare));
    side->bare[1] = capdl_spec_realloc(NULL, count * sizeof(**side->bare));
    find_links(side);
    find_bare(side);
}

static void side_free(struct side *side)
{
    free(side->first_out);
    free(side->first_in);
    free(side->out);
    free(side->in);
    free(side->base);
    free(side->bare[0]);
    free(side->bare[1]);
    free(side->hash);
    free(side->partner);
}

static void one_round(struct side *side, uint64_t *next, bool coarse)
{
    for (uint32_t i = 0; i < side->num_objects; i++) {
        next[i] = side->hash[i];
        if (side->partner[i] != REVIEW_NONE) {
            continue;
        }
        uint64_t around = side->bare[coarse][i];
        for (size_t j = side->first_out[i]; j < side->first_out[i + 1]; j++) {
            const struct link *link = &side->out[j];
            around += mix(mix(coarse ? link->coarse : link->fine, 1), side->hash[link->other]);
        }
        for (size_t j = side->first_in[i]; j < side->first_in[i + 1]; j++) {
            const struct link *link = &side->in[j];
            around += mix(mix(coarse ? link->coarse : link->fine, 2), side->hash[link->other]);
        }
        next[i] = mix(mix(side->hash[i], around), 3);
    }
    memcpy(side->hash, next, side->num_objects * sizeof(*next));
}

static size_t count_classes(const struct side *side, uint64_t *list)
{
    size_t classes = 0;
    memcpy(list, side->hash, side->num_objects * sizeof(*list));
    capdl_review_sort_words(list, side->num_objects);
    for (uint32_t i = 0; i < side->num_objects; i++) {
        classes += i == 0 || list[i] != list[i - 1];
    }
    return classes;
}

/* A pair has one hash, whatever its two objects have become. rounds 0: until no more are told apart. */
static void hash_all(struct pairing *p, unsigned rounds)
{
    uint32_t most = p->old.num_objects > p->new.num_objects ? p->old.num_objects : p->new.num_objects;
    uint64_t *next = capdl_spec_realloc(NULL, (most + (size_t)1) * sizeof(*next));
    size_t classes = 0, before;
    for (uint32_t i = 0; i < p->old.num_objects; i++) {
        p->old.hash[i] = p->old.partner[i] == REVIEW_NONE ? p->old.base[i] : mix(p->old.partner[i], 5);
    }
    for (uint32_t i = 0; i < p->new.num_objects; i++) {
        p->new.hash[i] = p->new.partner[i] == REVIEW_NONE ? p->new.base[i] : mix(i, 5);
    }
    for (unsigned done = 0; done < (rounds ? rounds : MOST_ROUNDS);) {
        one_round(&p->old, next, p->coarse);
        one_round(&p->new, next, p->coarse);
        if (!rounds && ++done % ROUNDS_AT_ONCE == 0) {
            before = classes;
            classes = count_classes(&p->new, next);
            done = classes == before ? MOST_ROUNDS : done;
        } else if (rounds) {
            done++;
        }
    }
    free(next);
}

static bool side_is_paired(const struct side *side)
{
    for (uint32_t i = 0; i < side->num_objects; i++) {
        if (side->partner[i] == REVIEW_NONE && capdl_object_kind(side->world->spec, i) != CAPDL_KIND_PROGRAM) {
            return false;
        }
    }
    return true;
}

/* What is left over on the other side has no partner. */
static bool all_paired(const struct pairing *p)
{
    return side_is_paired(&p->old) || side_is_paired(&p->new);
}

static void pair_level(struct pairing *p, bool coarse, unsigned rounds, bool twins)
{
    if (all_paired(p)) {
        return;
    }
    p->coarse = coarse;
    hash_all(p, rounds);
    capdl_review_pair_equal(p, twins);
}

static void pair_names(struct pairing *p)
{
    const struct capdl_spec *old = p->old.world->spec, *new = p->new.world->spec;
    for (uint32_t i = 0; i < old->num_objects; i++) {
        uint32_t id = capdl_spec_find(new, capdl_object_name(old, i), capdl_object_index(old, i));
        if (id != CAPDL_NO_OBJECT && capdl_object_kind(new, id) == capdl_object_kind(old, i) &&
            capdl_object_kind(old, i) != CAPDL_KIND_PROGRAM) {
            p->old.partner[i] = id;
            p->new.partner[id] = i;
        }
    }
}

static void pair_all(struct pairing *p, bool names)
{
    if (names) {
        pair_names(p);
    }
    if (all_paired(p)) {
        return;
    }
    side_look_around(&p->old);
    side_look_around(&p->new);
    find_bases(&p->old, true);
    find_bases(&p->new, true);
    pair_level(p, false, 0, true);
    for (int twins = 0; twins < 2; twins++) {
        pair_level(p, false, 4, twins);
        pair_level(p, false, 2, twins);
        pair_level(p, false, 1, twins);
        pair_level(p, true, 4, twins);
        pair_level(p, true, 1, twins);
        p->reach = ALIKE_ITSELF;
        capdl_review_pair_neighbours(p);
    }
    find_bases(&p->old, false);
    find_bases(&p->new, false);
    pair_level(p, true, 4, true);
    pair_level(p, true, 1, true);
    p->reach = ALIKE_KIND;
    capdl_review_pair_neighbours(p);
    pair_level(p, true, 1, true);
}

static uint32_t *match(const struct world *old, const struct world *new, bool names, bool **guessed)
{
    struct pairing p = {.queue = NULL};
    uint32_t *matched;
    side_init(&p.old, old);
    side_init(&p.new, new);
    p.guessed = capdl_spec_realloc(NULL, p.old.num_objects + (size_t)1);
    memset(p.guessed, 0, p.old.num_objects + (size_t)1);
    pair_all(&p, names);
    *guessed = p.guessed;
    matched = p.old.partner;
    p.old.partner = NULL;
    side_free(&p.old);
    side_free(&p.new);
    free(p.queue);
    return matched;
}

static void number_objects(struct world *old, struct world *new, const uint32_t *matched)
{
    uint32_t num_new = new->spec->num_objects;
    free(old->object_number);
    free(new->object_number);
    new->object_number = capdl_review_identity(num_new);
    old->object_number = capdl_review_identity(old->spec->num_objects);
    for (uint32_t i = 0; i < old->spec->num_objects; i++) {
        old->object_number[i] = matched[i] == REVIEW_NONE ? num_new + i : matched[i];
    }
}

static size_t count_renames(const struct world *old, const struct world *new, const uint32_t *matched)
{
    size_t count = 0;
    for (uint32_t i = 0; i < old->spec->num_objects; i++) {
        count += matched[i] != REVIEW_NONE && !capdl_review_same_name(old->spec, i, new->spec, matched[i]);
    }
    return count;
}

bool capdl_review_same_name(const struct capdl_spec *old, uint32_t a, const struct capdl_spec *new, uint32_t b)
{
    return capdl_object_index(old, a) == capdl_object_index(new, b) &&
           strcmp(capdl_object_name(old, a), capdl_object_name(new, b)) == 0;
}

uint32_t *capdl_review_match(struct world *old, struct world *new, bool **guessed)
{
    uint32_t *matched = match(old, new, true, guessed), *other;
    bool *other_guessed;
    size_t differences, renames = count_renames(old, new, matched), fewer;
    number_objects(old, new, matched);
    differences = capdl_review_compare(old, new, NULL);
    if (differences == 0) {
        return matched;
    }
    other = match(old, new, false, &other_guessed);
    number_objects(old, new, other);
    fewer = capdl_review_compare(old, new, NULL) + count_renames(old, new, other);
    if (fewer < differences + renames) {
        free(matched);
        free(*guessed);
        *guessed = other_guessed;
        return other;
    }
    number_objects(old, new, matched);
    free(other);
    free(other_guessed);
    return matched;
}
