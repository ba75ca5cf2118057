/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system against a policy.
 *
 *     policy_match.c      whom rules mean, and which rules there are for whom
 *     policy_change.c     what the system before the change did
 *     policy.c            relations, and whether the rules themselves are in order
 *     policy_verdict.c    what rules say of one relation
 *     policy_findings.c   what is said of one that is not allowed
 *     policy_groups.c     relations of many with many
 *     policy_ways.c       what reaches what through others
 */
#ifndef CAPDL_REVIEW_POLICY_JUDGE_H
#define CAPDL_REVIEW_POLICY_JUDGE_H

#include "policy_change.h"
#include "policy_match.h"
#include "policy_rules.h"

struct policy_judge {
    const struct capdl_policy *policy;
    const struct capdl_spec *spec;
    const struct capdl_relations *relations;
    uint32_t date;
    struct capdl_diags *diags;
    struct capdl_policy_result *result;
    struct policy_match match;
    struct policy_before before; /* r: NULL unless it is a change */
    struct policy_set rules;     /* of who is being looked at */
    bool *used;                  /* per rule */
};

#endif
