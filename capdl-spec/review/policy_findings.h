/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_POLICY_FINDINGS_H
#define CAPDL_REVIEW_POLICY_FINDINGS_H

#include "policy_judge.h"
#include "policy_verdict.h"

/* A finding: who may do what to whom, at a place of a relation. */
struct policy_exceeding {
    const struct capdl_relation *link;
    const char *from, *to;        /* as a reader sees them */
    struct capdl_place at, other; /* which slots show it */
    const char *other_name;       /* whose the second is */
    char *rule;                   /* that would allow it; owned */
    uint32_t party;               /* the first who does it */
};
void capdl_policy_tell(const struct policy_judge *, struct policy_exceeding *, const struct policy_answer *);
struct capdl_pos capdl_policy_place_pos(const struct policy_judge *, const struct capdl_place *, uint32_t object);
/* A note that a waiver has ended; over: REVIEW_NONE if there was none. */
void capdl_policy_note_date(const struct policy_judge *, uint32_t over);

#endif
