/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_CHECK_REACH_H
#define CAPDL_CHECK_REACH_H

#include "checker.h"

/* Whether c->reach is known, which is found when first needed: of systems, specs with a thread that can run.
   Not after errors, of which what is missing may be a consequence. */
bool capdl_check_has_reach(struct checker *);
void capdl_check_free_reach(struct checker *);
/* The object that stands for all that can come to have what this CNode or thread has. */
uint32_t capdl_check_group(const struct checker *, uint32_t object);

#endif
