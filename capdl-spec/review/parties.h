/* SPDX-License-Identifier: BSD-2-Clause */
/* Who has an object: subjects and devices, by which capabilities. */
#ifndef CAPDL_REVIEW_PARTIES_H
#define CAPDL_REVIEW_PARTIES_H

#include "comparison.h"

const struct parties *capdl_review_parties(struct review *, const struct world *, uint32_t object);
/* The first entry of a subject or device, or NULL. */
const struct party *capdl_review_party_of(const struct parties *, uint32_t who);
/* The object of this spec that has the number, or REVIEW_NONE. */
uint32_t capdl_review_local(const struct review *, const struct world *, uint64_t object);
/* The subject to which it belongs (number of the comparison), or REVIEW_NONE. */
uint32_t capdl_review_owner(const struct world *, uint32_t object);
/* Subjects and devices that reach a container, each once. To be freed. */
uint32_t *capdl_review_users(const struct world *, uint32_t container, size_t *count);
/* Subjects that have a capability to a CNode, or to one that has one and so on: with it they can copy, move, delete and
   revoke what the CNode holds, even if no pointer of theirs leads into it. To be freed. */
uint32_t *capdl_review_keepers(const struct world *, uint32_t cnode, size_t *count);
/* Numbers of the comparison of a use. */
uint32_t capdl_review_who(const struct world *, const struct use *);

#endif
