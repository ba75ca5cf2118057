/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_POLICY_CHANGE_H
#define CAPDL_REVIEW_POLICY_CHANGE_H

#include "policy_match.h"

/* Relations of groups by those who are in them: those from party i begin at first[i] of the list. */
struct policy_by_groups {
    const struct capdl_relations *r;
    uint32_t *list;
    size_t *first;
};

void capdl_policy_groups_init(struct policy_by_groups *, const struct capdl_relations *);
void capdl_policy_groups_free(struct policy_by_groups *);
/* Whether groups of both parties are so related. */
bool capdl_policy_by_groups(const struct policy_by_groups *, uint32_t from, uint32_t to, enum capdl_relation_kind);

/* Of a change: what was so before it, by names. */
struct policy_before {
    const struct capdl_relations *r;
    struct old_link *links; /* by from, to and kind: those of one with one */
    size_t num_links;
    struct policy_by_groups by_groups;
    uint32_t *party; /* per party of the new system: the one in `r` of the same name, or REVIEW_NONE */
};

struct old_link {
    uint32_t from, to, kind;
};

void capdl_policy_before_init(struct policy_before *, const struct capdl_relations *old,
                              const struct capdl_relations *);
void capdl_policy_before_free(struct policy_before *);
/* Whether it was so; false without a system before. Parties are those of the new system. */
bool capdl_policy_was_so(const struct policy_before *, uint32_t from, uint32_t to, enum capdl_relation_kind);
/* What a party did in this way: parties of `r`, and relations of groups. */
void capdl_policy_did(const struct policy_before *, uint32_t party, enum capdl_relation_kind, struct policy_set *with,
                      struct policy_set *by_groups);

#endif
