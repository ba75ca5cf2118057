/* SPDX-License-Identifier: BSD-2-Clause */
/* What a spec and its image say in different words becomes one. */
#ifndef CAPDL_REVIEW_SETTLE_H
#define CAPDL_REVIEW_SETTLE_H

#include "comparison.h"

/* The capability that maps an address of an address space, and the offset in its frame; or NULL. */
const struct capdl_cap *capdl_review_page_at(const struct capdl_spec *, uint32_t root, uint64_t address,
                                             uint64_t *offset);

#endif
