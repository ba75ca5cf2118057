/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings as sentences; all to be freed. */
#ifndef CAPDL_REVIEW_FINDING_TEXT_H
#define CAPDL_REVIEW_FINDING_TEXT_H

#include "finding_groups.h"

char *capdl_finding_sentence(const struct review *, const struct group *);
/* "worker[0..3]", or NULL: the objects of a group. */
char *capdl_finding_objects(const struct review *, const struct group *);
/* "slot 3 of cnode", or NULL. */
char *capdl_finding_where(const struct review *, const struct raw_finding *);

#endif
