/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_CHECK_FACTS_H
#define CAPDL_CHECK_FACTS_H

#include "checker.h"

/* Whether the size of an object is known: not when the text says it wrongly. */
bool capdl_check_knows_size(const struct checker *, uint32_t);
/* Whether objects of this kind exist; of those that do not, nothing more is said than that. */
bool capdl_check_exists(const struct checker *, enum capdl_kind);
/* Whether the architecture has frames of this size. */
bool capdl_check_frame_is_legal(const struct checker *, uint32_t frame);
/* What a page table is like. */
bool capdl_check_is_vspace_root(const struct checker *, enum capdl_kind);
unsigned capdl_check_table_entries(const struct checker *, uint32_t table);

#endif
