/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs read of a finding: the role of its object, who else has it, ways and pairs. */
#ifndef CAPDL_REVIEW_FINDING_FIELDS_H
#define CAPDL_REVIEW_FINDING_FIELDS_H

#include "comparison.h"

/* ---- finding_fields.c: what programs read of a finding, beside its sentence ---- */
void capdl_review_fill_fields(struct review *, const struct raw_finding *, struct capdl_finding *);
void capdl_review_free_fields(struct capdl_finding *);
/* The name of a subject or device; to be freed. */
char *capdl_review_who_name(const struct review *, uint32_t who);

#endif
