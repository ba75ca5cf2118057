/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches of the flow graph, counted, and what they find in words. */
#include "flow_findings.h"

#include <stdlib.h>

#include "findings.h"
#include "flow_graph.h"
#include "lists.h"
#include "words.h"

/* Searches that a comparison may take, in links; what is not searched is said to be. */
#define MOST_WORK UINT64_C(400000000)

void capdl_flows_search(struct flows *f, struct flow_search *s, const struct flow_graph *graph, uint32_t source,
                        bool back, bool direct, uint32_t without)
{
    f->work += 64 + s->count;
    capdl_review_search(s, graph, f->review, source, back, direct, without);
    f->work += s->count * (graph->count / (graph->num_nodes + UINT64_C(1)) + 2);
    f->tired |= f->work > MOST_WORK;
}

uint32_t capdl_flows_who(const struct flows *f, uint32_t node)
{
    return capdl_review_flow_who(&f->new, f->review, node);
}

void capdl_flows_add_node(struct nodes *nodes, uint32_t node)
{
    nodes->list = capdl_spec_grow(nodes->list, &nodes->capacity, nodes->count + 1, sizeof(*nodes->list));
    nodes->list[nodes->count++] = node;
}

void capdl_flows_unite(struct nodes *nodes)
{
    nodes->count = capdl_review_unique(nodes->list, nodes->count);
}

/* Subjects and devices that nodes are, in order; to be freed. */
static uint32_t *flows_all(const struct flows *f, const struct nodes *nodes)
{
    uint32_t *list = capdl_spec_realloc(NULL, (nodes->count + 1) * sizeof(*list));
    for (size_t i = 0; i < nodes->count; i++) {
        list[i] = capdl_flows_who(f, nodes->list[i]);
    }
    capdl_review_sort(list, nodes->count);
    return list;
}

/* In the text, \5 stands for first and \6 for second, which may be NULL. */
struct raw_finding *capdl_flows_tell(struct flows *f, uint32_t cause, const struct nodes *who, const char *text,
                                     const struct nodes *first, const struct nodes *second)
{
    struct raw_finding *raw = capdl_review_add(f->review, CAPDL_RANK_FLOW, CAPDL_GAINED, FINDING_NO_OBJECT, "%s", text);
    uint32_t *list = flows_all(f, who);
    raw->cause = cause;
    capdl_review_concern(raw, list, who->count);
    free(list);
    list = flows_all(f, first);
    capdl_review_others_are(raw, 0, list, first->count);
    free(list);
    if (second) {
        list = flows_all(f, second);
        capdl_review_others_are(raw, 1, list, second->count);
        free(list);
    }
    return raw;
}

/* "a -> m -> x"; where nobody is on the way, by what: "a -> endpoint 'e' -> x". To be freed. */
static char *way_to(const struct flows *f, const struct flow_graph *graph, const struct flow_search *s, uint32_t to)
{
    enum { MOST_STEPS = 8 };
    uint32_t path[MOST_STEPS], length = 0, through, last = to;
    bool cut = false;
    char *text = NULL, label[REVIEW_LABEL];
    size_t size;
    FILE *out = open_memstream(&text, &size);

    for (;; to = s->from[to]) {
        if (capdl_flows_who(f, to) != REVIEW_NONE) {
            cut |= length == MOST_STEPS;
            path[length < MOST_STEPS ? length++ : MOST_STEPS - 1] = capdl_flows_who(f, to);
        }
        if (s->from[to] == to) {
            break;
        }
    }
    capdl_review_flow_means(graph, f->review, s, last, &through);
    through = length == 2 ? through : REVIEW_NONE;
    while (length--) {
        fputs(path[length] & USE_DEVICE ? capdl_review_object(f->review, path[length] & ~USE_DEVICE, label)
                                        : capdl_review_subject(f->review, path[length]),
              out);
        if (length && through != REVIEW_NONE) {
            fprintf(out, " -> %s", capdl_review_object(f->review, through, label));
        }
        fputs(!length ? "" : cut ? " -> ... " : " -> ", out);
        cut = false;
    }
    fclose(out);
    return text;
}

/* All of the same way, to be freed. */
static uint32_t *path_to(const struct flows *f, const struct flow_search *s, uint32_t to, size_t *count)
{
    uint32_t *path;
    size_t left = 0;
    *count = 0;
    for (uint32_t at = to;; at = s->from[at]) {
        *count += capdl_flows_who(f, at) != REVIEW_NONE;
        if (s->from[at] == at) {
            break;
        }
    }
    path = capdl_spec_realloc(NULL, (*count + 1) * sizeof(*path));
    for (left = *count; left; to = s->from[to]) {
        if (capdl_flows_who(f, to) != REVIEW_NONE) {
            path[--left] = capdl_flows_who(f, to);
        }
    }
    return path;
}

void capdl_flows_show_way(const struct flows *f, struct raw_finding *raw, const struct flow_graph *graph,
                          const struct flow_search *s, uint32_t to)
{
    char *way = way_to(f, graph, s, to), *text = capdl_review_format("%s; shortest way: %s", raw->text, way);
    free(way);
    free(raw->text);
    free(raw->path);
    raw->text = text;
    raw->path = path_to(f, s, to, &raw->num_path);
}
