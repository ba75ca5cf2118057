/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_POLICY_WAYS_H
#define CAPDL_REVIEW_POLICY_WAYS_H

#include "policy_judge.h"

void capdl_policy_judge_ways(struct policy_judge *);

#endif
