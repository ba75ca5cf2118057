/* SPDX-License-Identifier: BSD-2-Clause */
/* What rules say of one relation. Forbidding outdoes allowing; a waiver outdoes both, until its day is over. */
#include "policy_verdict.h"

void capdl_policy_hear(struct policy_judge *judge, struct policy_answer *answer, uint32_t number)
{
    const struct policy_rule *rule = &judge->policy->rules[number];
    judge->used[number] = true;
    answer->allowed |= rule->verb == POLICY_ALLOW;
    answer->forbids = rule->verb == POLICY_FORBID ? number : answer->forbids;
    answer->waived |= rule->verb == POLICY_WAIVE && rule->until >= judge->date;
    answer->over = rule->verb == POLICY_WAIVE && rule->until < judge->date ? number : answer->over;
}

enum capdl_policy_verdict capdl_policy_verdict_of(const struct policy_answer *answer)
{
    return answer->allowed && answer->forbids == REVIEW_NONE ? CAPDL_POLICY_ALLOWED
           : answer->waived                                  ? CAPDL_POLICY_WAIVED
                                                             : CAPDL_POLICY_EXCEEDS;
}
