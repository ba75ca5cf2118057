/* SPDX-License-Identifier: BSD-2-Clause */
/* Ties between findings, and under which one each is: see one_edit.c. */
#ifndef CAPDL_REVIEW_TIES_H
#define CAPDL_REVIEW_TIES_H

#include "comparison.h"

/* Which finding becomes the one that others are under: a thread's first, then that of a guest, then by rank. */
enum weight { WEIGHT_THREAD, WEIGHT_GUEST, WEIGHT_OTHER };

enum tie_kind {
    TIE_SWAP, /* of badges */
    TIE_FIELD,
    TIE_TARGET,
    TIE_OBJECT,
    TIE_PAIR,
    TIE_BADGE,
    TIE_SLOT,
    TIE_DATA,
    TIE_THREAD, /* its badges of faults and of timeout faults */
    TIE_MOVE,
    TIE_IRQ,
    TIE_SHIFT,
    TIE_CORE,
    TIE_STACK
};

/* What must come together in a tie, beside its key, to make it one. */
enum {
    SIDE_OLD = 1,     /* has the number in the old system, or is the exchange of the lesser value for the greater */
    SIDE_NEW = 2,     /* ... in the new one, or the other way round */
    SIDE_CHANGED = 4, /* has a number in both */
    SIDE_THREAD = 8,
    SIDE_INTERRUPT = 16,
};

/* Where a thread's stack is, to the last byte: the pages around its stack pointer, as far as they have the same rights.
 */
struct range {
    uint64_t first, last;
    bool known;
};

struct tie {
    uint64_t key[4];
    unsigned sides;
    uint32_t finding;
};

/* Whom the findings with a head concern. */
struct concern {
    uint32_t subject, head;
};

struct one_edit {
    struct review *review;
    struct tie *ties;
    size_t count, capacity;
    uint32_t *head; /* per finding: another one under which it is, or itself */
    uint8_t *weight;
    struct range *old_stacks, *new_stacks; /* per subject of that system */
    bool *is_data;                         /* per finding: that a program starts with other data, no other code */
    struct concern *concerns;              /* by subject */
    size_t num_concerns, concern_capacity;
};

/* The finding under which a finding is: itself, if it is under no other. */
uint32_t capdl_one_edit_head(struct one_edit *, uint32_t finding);
/* Ties the finding of an edit to all that have the same key. */
void capdl_one_edit_tie(struct one_edit *, enum tie_kind, uint64_t, uint64_t, uint64_t, unsigned sides, size_t edit);
/* Puts those that have a tie, with all its sides, under one. */
void capdl_one_edit_unite_tied(struct one_edit *);

#endif
