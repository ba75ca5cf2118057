/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system against a policy.
 *
 *     policy_match.c    whom rules mean, and which rules there are for whom
 *     policy_change.c   what the system before the change did
 *     policy.c          relations, and whether the rules themselves are in order
 *     policy_groups.c   relations of many with many
 *     policy_ways.c     what reaches what through others
 */
#ifndef CAPDL_REVIEW_POLICY_JUDGE_H
#define CAPDL_REVIEW_POLICY_JUDGE_H

#include "policy.h"
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

struct policy_judge {
    const struct capdl_policy *policy;
    const struct capdl_spec *spec;
    const struct capdl_relations *relations;
    uint32_t date;
    struct capdl_diags *diags;
    struct capdl_policy_result *result;
    struct policy_match match;
    struct policy_before before; /* r: NULL unless it is a change */
    struct policy_set rules;     /* of who is being looked at */
    bool *used;                  /* per rule */
};

/* What rules say of one relation. Rules are numbers, or REVIEW_NONE. */
struct policy_answer {
    bool allowed, waived;
    uint32_t forbids, over; /* over: a waiver that ended */
};

void capdl_policy_hear(struct policy_judge *, struct policy_answer *, uint32_t rule);
enum capdl_policy_verdict capdl_policy_verdict_of(const struct policy_answer *);
/* A finding: who may do what to whom, at a place of a relation. */
struct policy_exceeding {
    const struct capdl_relation *link;
    const char *from, *to;        /* as a reader sees them */
    struct capdl_place at, other; /* which slots show it */
    const char *other_name;       /* whose the second is */
    char *rule;                   /* that would allow it; owned */
    uint32_t party;               /* the first who does it */
};
void capdl_policy_tell(const struct policy_judge *, struct policy_exceeding *, const struct policy_answer *);
enum capdl_policy_verdict capdl_policy_judge_groups(struct policy_judge *, const struct capdl_relation *, bool tell);
void capdl_policy_judge_ways(struct policy_judge *);
struct capdl_pos capdl_policy_place_pos(const struct policy_judge *, const struct capdl_place *, uint32_t object);
/* A note that a waiver has ended; over: REVIEW_NONE if there was none. */
void capdl_policy_note_date(const struct policy_judge *, uint32_t over);

#endif
