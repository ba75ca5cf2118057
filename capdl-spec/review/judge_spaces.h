/* SPDX-License-Identifier: BSD-2-Clause */
/* Edits of where a thread runs, and of what its capability pointers lead into. */
#ifndef CAPDL_REVIEW_JUDGE_SPACES_H
#define CAPDL_REVIEW_JUDGE_SPACES_H

#include "slot_findings.h"

/* Another address space, or another CSpace. */
void capdl_review_judge_space(struct review *, const struct slot *, bool vspace);

#endif
