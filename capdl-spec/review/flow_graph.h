/* SPDX-License-Identifier: BSD-2-Clause */
/* Who can tell whom something, at once: the edges from which flows.c finds the ways through others. */
#ifndef CAPDL_REVIEW_FLOW_GRAPH_H
#define CAPDL_REVIEW_FLOW_GRAPH_H

#include "comparison.h"

/* data: without faults and control, by which a supervisor is connected with everybody. */
void capdl_review_flow_graph(struct flow_graph *, const struct review *, const struct world *, bool data);
void capdl_review_flow_graph_free(struct flow_graph *);
/* The subject or device (USE_DEVICE) that a node is, or REVIEW_NONE. */
uint32_t capdl_review_flow_who(const struct flow_graph *, const struct review *, uint32_t node);
/* The object (number of the comparison) that a node stands for, or REVIEW_NONE. */
uint32_t capdl_review_flow_object(const struct flow_graph *, uint32_t node);
void capdl_review_search_init(struct flow_search *, uint32_t num_nodes);
void capdl_review_search_free(struct flow_search *);
/* direct: not past other subjects and devices. without: not through this node. */
void capdl_review_search(struct flow_search *, const struct flow_graph *, const struct review *, uint32_t source,
                         bool back, bool direct, uint32_t without);
/* From the last subject or device before it to a node that was found. *through: the object that carries it, or
   REVIEW_NONE. */
enum flow_means capdl_review_flow_means(const struct flow_graph *, const struct review *, const struct flow_search *,
                                        uint32_t node, uint32_t *through);

#endif
