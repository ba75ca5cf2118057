/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_RELATIONS_PARTIES_H
#define CAPDL_REVIEW_RELATIONS_PARTIES_H

#include "relation_finder.h"

uint32_t capdl_relation_party_add(struct relation_finder *, struct capdl_party);
/* To be freed. */
char *capdl_relation_object_name(const struct capdl_spec *, uint32_t object);
uint32_t capdl_relation_who_party(struct relation_finder *, uint32_t who);
uint32_t capdl_relation_number_party(struct relation_finder *, enum capdl_party_kind, uint64_t first, uint64_t last,
                                     uint32_t object);
uint32_t capdl_relation_kind_party(struct relation_finder *, enum capdl_kind);
/* Havings of several, one of each: the group of them, and in their order a slot of each. */
uint32_t capdl_relation_group_party(struct relation_finder *, const struct havings *, struct capdl_place **places);
/* Gives parties that are the same one number, and groups their names. */
void capdl_relation_unite_parties(struct capdl_relations *);

#endif
