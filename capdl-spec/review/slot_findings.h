/* SPDX-License-Identifier: BSD-2-Clause */
/* A finding of a slot: the thread that it is of, and who else has the same there. */
#ifndef CAPDL_REVIEW_SLOT_FINDINGS_H
#define CAPDL_REVIEW_SLOT_FINDINGS_H

#include "comparison.h"

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

#endif
