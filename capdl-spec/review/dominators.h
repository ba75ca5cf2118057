/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom all that flows from one to another has to pass. */
#ifndef CAPDL_REVIEW_DOMINATORS_H
#define CAPDL_REVIEW_DOMINATORS_H

#include "comparison.h"

void capdl_review_dominators_init(struct dominators *, uint32_t num_nodes);
void capdl_review_dominators_free(struct dominators *);
void capdl_review_dominators_find(struct dominators *, const struct flow_graph *, uint32_t source);

#endif
