/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom all that flows from one node has to pass: the dominators of each node it reaches, by the iteration of Cooper,
 * Harvey and Kennedy. A node's nearest dominator is the meeting point of the ways to all that lead to it.
 */
#include <stdlib.h>
#include <string.h>

#include "private.h"

void capdl_review_dominators_init(struct dominators *d, uint32_t num_nodes)
{
    size_t size = (num_nodes + (size_t)1) * sizeof(uint32_t);

    *d = (struct dominators){.nearest = capdl_spec_realloc(NULL, size),
                             .order = capdl_spec_realloc(NULL, size),
                             .rank = capdl_spec_realloc(NULL, size),
                             .stack = capdl_spec_realloc(NULL, size),
                             .next = capdl_spec_realloc(NULL, (num_nodes + (size_t)1) * sizeof(*d->next))};
    memset(d->nearest, 0xff, size);
}

void capdl_review_dominators_free(struct dominators *d)
{
    free(d->nearest);
    free(d->order);
    free(d->rank);
    free(d->stack);
    free(d->next);
}

/* All that is reached, a node behind those to which it leads. */
static void find_order(struct dominators *d, const struct flow_graph *graph, uint32_t source)
{
    uint32_t depth = 0;

    d->count = 0;
    d->nearest[source] = source;
    d->stack[depth++] = source;
    d->next[source] = graph->first[source];
    while (depth) {
        uint32_t node = d->stack[depth - 1];

        if (d->next[node] == graph->first[node + 1]) {
            d->rank[node] = d->count;
            d->order[d->count++] = node;
            depth--;
            continue;
        }
        uint32_t to = graph->links[d->next[node]++].to;
        if (d->nearest[to] == REVIEW_NONE) {
            d->nearest[to] = node; /* for the time being: it is reached */
            d->next[to] = graph->first[to];
            d->stack[depth++] = to;
        }
    }
}

static uint32_t meet(const struct dominators *d, uint32_t a, uint32_t b)
{
    while (a != b) {
        while (d->rank[a] < d->rank[b]) {
            a = d->nearest[a];
        }
        while (d->rank[b] < d->rank[a]) {
            b = d->nearest[b];
        }
    }
    return a;
}

void capdl_review_dominators_find(struct dominators *d, const struct flow_graph *graph, uint32_t source)
{
    bool changed = true;

    for (uint32_t i = 0; i < d->count; i++) {
        d->nearest[d->order[i]] = REVIEW_NONE;
    }
    find_order(d, graph, source);
    while (changed) {
        changed = false;
        for (uint32_t i = d->count - 1; i-- > 0;) { /* the source is the last one */
            uint32_t node = d->order[i], nearest = REVIEW_NONE;

            for (size_t j = graph->first_back[node]; j < graph->first_back[node + 1]; j++) {
                uint32_t from = graph->back[j].to;
                if (d->nearest[from] != REVIEW_NONE) {
                    nearest = nearest == REVIEW_NONE ? from : meet(d, nearest, from);
                }
            }
            changed |= nearest != d->nearest[node];
            d->nearest[node] = nearest;
        }
    }
}
