/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of findings that what was kept while edits were judged becomes. */
#ifndef CAPDL_REVIEW_FINDING_LIST_H
#define CAPDL_REVIEW_FINDING_LIST_H

#include "comparison.h"

/* Turns what was found into sentences. */
void capdl_review_write(struct review *, struct capdl_findings *);

#endif
