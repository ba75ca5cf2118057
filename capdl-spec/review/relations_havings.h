/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_RELATIONS_HAVINGS_H
#define CAPDL_REVIEW_RELATIONS_HAVINGS_H

#include "relation_finder.h"

void capdl_relation_have(struct havings *, struct having);
/* Adds all who have an object. */
void capdl_relation_find_havings(const struct world *, uint32_t object, struct havings *);
/* What a thread has in one of its slots. */
struct having capdl_relation_thread_having(const struct relation_finder *, uint32_t tcb, uint64_t slot);
/* Adds threads to which a notification is bound: they receive from it, too. */
void capdl_relation_find_bound(struct relation_finder *, uint32_t object, struct havings *);
typedef bool capdl_relation_fits(const struct having *);
/* Those of a list that fit, into f->from or f->to. */
void capdl_relation_choose(struct havings *chosen, const struct havings *all, capdl_relation_fits *);
bool capdl_relation_receives(const struct having *);
bool capdl_relation_is_subject(const struct having *);

#endif
