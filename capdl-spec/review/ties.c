/* SPDX-License-Identifier: BSD-2-Clause */
/* Ties between findings, and under which one each is: see one_edit.c. */
#include "ties.h"

#include <stdlib.h>
#include <string.h>

uint32_t capdl_one_edit_head(struct one_edit *o, uint32_t finding)
{
    while (o->head[finding] != finding) {
        o->head[finding] = o->head[o->head[finding]];
        finding = o->head[finding];
    }
    return finding;
}

/* Of two of one rank, what only says which number something has comes later, and what is gone after what is new. */
static unsigned lateness(const struct raw_finding *raw)
{
    return (raw->field && strcmp(raw->field, "data") == 0 ? 2 : 0) + (raw->change == CAPDL_LOST);
}

static bool is_before(const struct one_edit *o, uint32_t a, uint32_t b)
{
    const struct raw_finding *x = &o->review->raw[a], *y = &o->review->raw[b];
    if (o->weight[a] != o->weight[b]) {
        return o->weight[a] < o->weight[b];
    }
    if (x->rank != y->rank) {
        return x->rank < y->rank;
    }
    return lateness(x) != lateness(y) ? lateness(x) < lateness(y) : a < b;
}

static void unite(struct one_edit *o, uint32_t a, uint32_t b)
{
    a = capdl_one_edit_head(o, a);
    b = capdl_one_edit_head(o, b);
    if (a == b || (o->weight[a] == WEIGHT_THREAD && o->weight[b] == WEIGHT_THREAD)) {
        return; /* each new or gone protection domain is a finding */
    }
    if (is_before(o, a, b)) {
        o->head[b] = a;
    } else {
        o->head[a] = b;
    }
}

void capdl_one_edit_tie(struct one_edit *o, enum tie_kind kind, uint64_t a, uint64_t b, uint64_t c, unsigned sides,
                        size_t edit)
{
    o->ties = capdl_spec_grow(o->ties, &o->capacity, o->count + 1, sizeof(*o->ties));
    o->ties[o->count++] = (struct tie){{kind, a, b, c}, sides, o->review->finding_of[edit]};
}

static int tie_compare(const void *left, const void *right)
{
    const struct tie *a = left, *b = right;
    for (unsigned i = 0; i < sizeof(a->key) / sizeof(a->key[0]); i++) {
        if (a->key[i] != b->key[i]) {
            return a->key[i] < b->key[i] ? -1 : 1;
        }
    }
    return a->finding < b->finding ? -1 : a->finding > b->finding;
}

/* Which sides of a tie must be there. */
static unsigned sides_needed(enum tie_kind kind)
{
    switch (kind) {
    case TIE_BADGE:
    case TIE_SLOT:
    case TIE_DATA:
        return SIDE_OLD | SIDE_NEW | SIDE_CHANGED;
    case TIE_IRQ:
    case TIE_MOVE:
    case TIE_SWAP:
    case TIE_FIELD:
    case TIE_TARGET:
        return SIDE_OLD | SIDE_NEW;
    case TIE_CORE:
        return SIDE_THREAD | SIDE_INTERRUPT;
    case TIE_OBJECT:
    case TIE_PAIR:
    case TIE_THREAD:
    case TIE_SHIFT:
    case TIE_STACK:
        break;
    }
    return 0;
}

/* One for the other: the second half says so. */
static void unite_exchanged(struct one_edit *o, uint32_t a, uint32_t b)
{
    uint32_t first = capdl_one_edit_head(o, a), second = capdl_one_edit_head(o, b);
    unite(o, a, b);
    if (first != second && first == a && second == b && capdl_one_edit_head(o, a) == capdl_one_edit_head(o, b)) {
        o->review->raw[capdl_one_edit_head(o, a) == a ? b : a].exchange = true;
    }
}

/* Ties with one key. */
static void unite_same(struct one_edit *o, const struct tie *ties, size_t count)
{
    enum tie_kind kind = (enum tie_kind)ties->key[0];
    bool exchange = kind == TIE_SWAP || kind == TIE_FIELD || kind == TIE_TARGET;
    unsigned sides = 0, needed = sides_needed(kind);
    for (size_t i = 0; i < count; i++) {
        sides |= ties[i].sides;
    }
    for (size_t i = 1; (sides & needed) == needed && i < count; i++) {
        if (exchange && count == 2) {
            unite_exchanged(o, ties[0].finding, ties[1].finding);
        } else {
            unite(o, ties[0].finding, ties[i].finding);
        }
    }
}

void capdl_one_edit_unite_tied(struct one_edit *o)
{
    if (o->count) {
        qsort(o->ties, o->count, sizeof(*o->ties), tie_compare);
    }
    for (size_t i = 0, end; i < o->count; i = end) {
        for (end = i; end < o->count && memcmp(o->ties[end].key, o->ties[i].key, sizeof(o->ties[i].key)) == 0;) {
            end++;
        }
        unite_same(o, o->ties + i, end - i);
    }
}
