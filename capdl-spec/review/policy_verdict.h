/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_POLICY_VERDICT_H
#define CAPDL_REVIEW_POLICY_VERDICT_H

#include "policy_judge.h"

/* What rules say of one relation. Rules are numbers, or REVIEW_NONE. */
struct policy_answer {
    bool allowed, waived;
    uint32_t forbids, over; /* over: a waiver that ended */
};

void capdl_policy_hear(struct policy_judge *, struct policy_answer *, uint32_t rule);
enum capdl_policy_verdict capdl_policy_verdict_of(const struct policy_answer *);

#endif
