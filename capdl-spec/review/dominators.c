/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whom all that flows from one node has to pass: the dominators of each node it reaches. By the method Semi-NCA of
 * Georgiadis and Tarjan, which takes time in proportion to the links, also in rings and long rows: of each node it
 * finds the earliest from which a way leads here through later ones only, and of those above it in the tree of the
 * search, the nearest one that is not later than that.
 */
#include "dominators.h"

#include <stdlib.h>
#include <string.h>

struct dominator_work {
    uint32_t node;
    uint32_t parent;      /* in the tree of the search; all but `node` are numbers */
    uint32_t above, best; /* see best_above */
    uint32_t earliest;
    uint32_t nearest;
};

void capdl_review_dominators_init(struct dominators *d, uint32_t num_nodes)
{
    size_t size = (num_nodes + (size_t)1) * sizeof(uint32_t);
    *d = (struct dominators){.nearest = capdl_spec_realloc(NULL, size),
                             .order = capdl_spec_realloc(NULL, size),
                             .rank = capdl_spec_realloc(NULL, size),
                             .stack = capdl_spec_realloc(NULL, size),
                             .number = capdl_spec_realloc(NULL, size),
                             .next = capdl_spec_realloc(NULL, (num_nodes + (size_t)1) * sizeof(*d->next)),
                             .work = capdl_spec_realloc(NULL, (num_nodes + (size_t)1) * sizeof(*d->work))};
    memset(d->nearest, 0xff, size);
}

void capdl_review_dominators_free(struct dominators *d)
{
    free(d->nearest);
    free(d->order);
    free(d->rank);
    free(d->stack);
    free(d->next);
    free(d->number);
    free(d->work);
}

static void found(struct dominators *d, uint32_t node, uint32_t from, uint32_t number)
{
    d->nearest[node] = from; /* for the time being: it is reached */
    d->number[node] = number;
    d->work[number] = (struct dominator_work){.node = node, .parent = d->number[from], .above = d->number[from]};
}

/* All that is reached, a node behind those to which it leads. */
static void find_order(struct dominators *d, const struct flow_graph *graph, uint32_t source)
{
    uint32_t depth = 0, reached = 0;
    d->count = 0;
    found(d, source, source, reached++);
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
            found(d, to, node, reached++);
            d->next[to] = graph->first[to];
            d->stack[depth++] = to;
        }
    }
}

/*
 * The earliest that leads to `number` or one above it, of those from `last` on, which have been looked at. What is
 * found is kept, and ways up are made short.
 */
static uint32_t best_above(struct dominators *d, uint32_t number, uint32_t last)
{
    struct dominator_work *work = d->work;
    uint32_t depth = 0, top = number;
    if (number < last) {
        return number;
    }
    for (; work[top].above >= last; top = work[top].above) {
        d->stack[depth++] = top;
    }
    while (depth) {
        struct dominator_work *below = &work[d->stack[--depth]];
        below->best = work[top].best < below->best ? work[top].best : below->best;
        below->above = work[top].above;
        top = d->stack[depth];
    }
    return work[number].best;
}

void capdl_review_dominators_find(struct dominators *d, const struct flow_graph *graph, uint32_t source)
{
    struct dominator_work *work = d->work;
    for (uint32_t i = 0; i < d->count; i++) {
        d->nearest[d->order[i]] = REVIEW_NONE;
    }
    find_order(d, graph, source);
    for (uint32_t i = d->count - 1; i > 0; i--) {
        uint32_t node = work[i].node, earliest = work[i].parent;
        for (size_t j = graph->first_back[node]; j < graph->first_back[node + 1]; j++) {
            uint32_t from = graph->back[j].to;
            if (d->nearest[from] != REVIEW_NONE) {
                uint32_t best = best_above(d, d->number[from], i + 1);
                earliest = best < earliest ? best : earliest;
            }
        }
        work[i].best = work[i].earliest = earliest;
    }
    for (uint32_t i = 1; i < d->count; i++) {
        uint32_t nearest = work[i].parent;
        while (nearest > work[i].earliest) {
            nearest = work[nearest].nearest;
        }
        work[i].nearest = nearest;
        d->nearest[work[i].node] = work[nearest].node;
    }
}
