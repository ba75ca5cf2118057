/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_POLICY_GROUPS_H
#define CAPDL_REVIEW_POLICY_GROUPS_H

#include "policy_judge.h"

enum capdl_policy_verdict capdl_policy_judge_groups(struct policy_judge *, const struct capdl_relation *, bool tell);

#endif
