/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_RELATIONS_LIST_H
#define CAPDL_REVIEW_RELATIONS_LIST_H

#include "relation_finder.h"

/* Relations that are gathered before those that say the same are made one. */
#define RELATIONS_GATHERED ((size_t)1000000)

/* A relation of one with one; other: where the second one has it, or NULL. */
void capdl_relation_add(struct relation_finder *, enum capdl_relation_kind, const struct having *from, uint32_t to,
                        const struct having *other, uint32_t object);
/* Each of f->from with each of f->to, other than itself. */
void capdl_relation_add_all(struct relation_finder *, enum capdl_relation_kind, uint32_t object);
/* The first element of the array that an object is of, or itself. */
uint32_t capdl_relation_array_of(const struct capdl_spec *, uint32_t object);
/* Makes relations that say the same one. */
void capdl_relation_unite(const struct capdl_spec *, struct capdl_relations *);

#endif
