/* SPDX-License-Identifier: BSD-2-Clause */
/* Who reaches a CNode or page table, and at which pointer or address. */
#ifndef CAPDL_REVIEW_USES_H
#define CAPDL_REVIEW_USES_H

#include "comparison.h"

/* Fills in uses and holders. */
void capdl_review_find_uses(struct world *);
/* The capability of the number-th holder. */
const struct capdl_cap *capdl_review_held(const struct world *, size_t number);
/* The capability that the fault handler pointer of a thread names, or NULL; `cnode` as in capdl_spec_lookup. */
const struct capdl_cap *capdl_review_fault_handler(const struct world *, uint32_t tcb, uint32_t *cnode);
/* The number of address bits below an entry of a page table that is so deep below its root. */
unsigned capdl_review_table_shift(const struct capdl_spec *, uint32_t table, unsigned depth);

#endif
