/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_POLICY_MATCH_H
#define CAPDL_REVIEW_POLICY_MATCH_H

#include "policy_rules.h"
#include "comparison.h"

/* Numbers in order: parties, or rules. */
struct policy_set {
    uint32_t *list;
    uint32_t count;
    size_t capacity;
    bool all;
};

struct policy_sides {
    struct policy_set from, to, through;
};

struct policy_match {
    const struct capdl_policy *policy;
    const struct capdl_relations *relations;
    uint32_t *by_name, *by_number, *priorities; /* parties; by name those that have one */
    uint32_t num_named, num_numbered, num_priorities;
    struct policy_set *groups;  /* per group of the policy */
    struct policy_sides *sides; /* per rule */
    uint32_t *rules;            /* by party they are from: those from party i begin at first_rule[i] */
    size_t *first_rule;
    uint32_t *all_rules; /* from all */
    size_t num_all_rules;
};

void capdl_policy_match_init(struct policy_match *, const struct capdl_policy *, const struct capdl_relations *);
void capdl_policy_match_free(struct policy_match *);
void capdl_policy_set_add(struct policy_set *, uint32_t);
bool capdl_policy_set_has(const struct policy_set *, uint32_t);
bool capdl_policy_is_pattern(const struct policy_term *);
/* Whether any party has such a name. */
bool capdl_policy_is_known(const struct policy_match *, const struct policy_term *);
/* Rules about what a party does to others in this way. */
void capdl_policy_rules_from(const struct policy_match *, uint32_t party, enum capdl_relation_kind,
                             struct policy_set *found);

#endif
