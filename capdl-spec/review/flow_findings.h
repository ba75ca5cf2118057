/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches of the flow graph, counted, and what they find in words: what flows.c and mediators.c share. */
#ifndef CAPDL_REVIEW_FLOW_FINDINGS_H
#define CAPDL_REVIEW_FLOW_FINDINGS_H

#include "comparison.h"

struct flows {
    struct review *review;
    struct flow_graph old, new, old_data, new_data;
    struct flow_search before, after, other;
    uint64_t work;
    bool tired;
    uint64_t *told; /* pairs that were told, open addressing; UINT64_MAX: empty */
    size_t told_mask, num_told;
    uint64_t *mediators; /* told: cause << 32 | node */
    size_t num_mediators, mediator_capacity;
};

struct nodes {
    uint32_t *list;
    size_t count, capacity;
};

struct new_link {
    struct flow_link link;
    uint32_t cause;
};

/* As capdl_review_search, counted. */
void capdl_flows_search(struct flows *, struct flow_search *, const struct flow_graph *, uint32_t source, bool back,
                        bool direct, uint32_t without);
/* The subject or device that a node is, or REVIEW_NONE. */
uint32_t capdl_flows_who(const struct flows *, uint32_t node);
void capdl_flows_add_node(struct nodes *, uint32_t node);
/* In order, each once. */
void capdl_flows_unite(struct nodes *);
/* In the text, \5 stands for first and \6 for second, which may be NULL. */
struct raw_finding *capdl_flows_tell(struct flows *, uint32_t cause, const struct nodes *who, const char *text,
                                     const struct nodes *first, const struct nodes *second);
/* The shortest way to a node that was found, at the end of the text and as a path. */
void capdl_flows_show_way(const struct flows *, struct raw_finding *, const struct flow_graph *,
                          const struct flow_search *, uint32_t to);

#endif
