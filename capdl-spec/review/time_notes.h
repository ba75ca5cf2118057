/* SPDX-License-Identifier: BSD-2-Clause */
/* Who runs before whom: priorities, cores, domains and budgets. */
#ifndef CAPDL_REVIEW_TIME_NOTES_H
#define CAPDL_REVIEW_TIME_NOTES_H

#include "comparison.h"

/* ---- time_notes.c: who runs before whom; all to be freed ---- */
char *capdl_review_priority_note(const struct review *, const struct edit *);
char *capdl_review_max_priority_note(struct review *, const struct edit *);
/* "; there x waits while it runs": of the core on which a thread is now, and of the domain. */
char *capdl_review_core_note(const struct review *, uint32_t tcb);
char *capdl_review_domain_note(const struct review *, const struct edit *);
/* How long a subject may run, of a budget or period that is another one; NULL: nobody runs on it, or it has no period.
 */
char *capdl_review_budget_text(const struct review *, const struct edit *);
char *capdl_review_budget_note(const struct review *, const struct edit *);

#endif
