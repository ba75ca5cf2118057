/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of slots of threads, interrupts and devices: what judge_slots.c and judge_spaces.c share. */
#ifndef CAPDL_REVIEW_JUDGE_SLOTS_H
#define CAPDL_REVIEW_JUDGE_SLOTS_H

#include "private.h"

struct slot {
    const struct edit *edit;
    uint32_t subject; /* whose thread it is, or REVIEW_NONE */
    char *old, *new;  /* the object that was and is there, in words */
};

/* A finding of the slot: the thread if it is not the subject's first, the text, and what follows it. */
struct raw_finding *capdl_review_slot_add(struct review *, const struct slot *, enum capdl_rank, const char *text,
                                          const char *more);
/* Whether the thread itself is new: nothing was there before. */
bool capdl_review_slot_is_fresh(const struct review *, const struct slot *);
/* Other subjects whose threads have the same object in this slot. To be freed. */
char *capdl_review_slot_sharers(struct review *, const struct slot *, size_t *count);

/* judge_spaces.c: another address space, or another CSpace. */
void capdl_review_judge_space(struct review *, const struct slot *, bool vspace);

#endif
