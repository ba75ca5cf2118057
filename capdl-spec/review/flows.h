/* SPDX-License-Identifier: BSD-2-Clause */
/* What can flow now and could not. */
#ifndef CAPDL_REVIEW_FLOWS_H
#define CAPDL_REVIEW_FLOWS_H

#include "comparison.h"

/* Finds what can flow in the new system and could not in the old one, and who no longer stands between whom. */
void capdl_review_judge_flows(struct review *);

#endif
