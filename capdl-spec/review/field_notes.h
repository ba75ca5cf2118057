/* SPDX-License-Identifier: BSD-2-Clause */
/* What another value of a field means, and who else has it. */
#ifndef CAPDL_REVIEW_FIELD_NOTES_H
#define CAPDL_REVIEW_FIELD_NOTES_H

#include "comparison.h"

/* field_notes.c: the end of a sentence about another value, or "". To be freed. */
char *capdl_review_field_note(struct review *, const struct edit *, enum capdl_kind);
/* "; device 'x' has it, too": who else has a number. To be freed. */
char *capdl_review_twin_note(struct review *, const struct edit *);
/* The page that a subject (in numbers of the comparison) has at an address, or NULL. */
const struct capdl_cap *capdl_review_mapped_at(const struct world *, uint32_t subject, uint64_t address);

#endif
