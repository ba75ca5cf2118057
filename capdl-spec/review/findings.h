/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept of a finding while edits are judged. */
#ifndef CAPDL_REVIEW_FINDINGS_H
#define CAPDL_REVIEW_FINDINGS_H

#include "comparison.h"

/* A new finding of the edit that is being judged; text is formatted. Pointers are good until the next one. */
struct raw_finding *capdl_review_add(struct review *, enum capdl_rank, enum capdl_change, uint64_t object,
                                     const char *text, ...) CAPDL_PRINTF(5, 6);
/* Who is concerned: subjects as a list (copied), or one. */
void capdl_review_concern(struct raw_finding *, const uint32_t *subjects, size_t count);
/* What \5 (number 0) or \6 stands for; copied. */
void capdl_review_others_are(struct raw_finding *, unsigned number, const uint32_t *list, size_t count);

#endif
