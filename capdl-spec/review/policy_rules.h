/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy as its rules: policy_read.c makes them, policy.c compares systems with them, policy_write.c writes some. */
#ifndef CAPDL_REVIEW_POLICY_RULES_H
#define CAPDL_REVIEW_POLICY_RULES_H

#include <capdl/policy.h>

/* A name, a pattern or a range of numbers. */
struct policy_term {
    char *text;   /* NULL: a range */
    bool literal; /* was quoted: * and ? are themselves */
    bool group;   /* stands for the group `first` */
    bool plain;   /* one number, no range */
    uint64_t first, last;
    struct capdl_pos pos;
};

struct policy_terms {
    struct policy_term *list;
    size_t count, capacity;
};

enum policy_verb { POLICY_ALLOW, POLICY_FORBID, POLICY_WAIVE };

struct policy_rule {
    enum policy_verb verb;
    bool reach;     /* not kinds, but ways through others */
    uint32_t kinds; /* bit per enum capdl_relation_kind */
    struct policy_terms from, to, through;
    uint32_t until; /* of a waiver */
    char *reason;
    struct capdl_pos pos;
};

struct policy_group {
    char *name;
    struct policy_terms members;
    struct capdl_pos pos;
};

struct capdl_policy {
    struct policy_rule *rules;
    size_t num_rules, capacity_rules;
    struct policy_group *groups;
    size_t num_groups, capacity_groups;
    uint16_t source;
    struct capdl_pos end; /* its last line */
};

#endif
