/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who can influence whom: by messages and signals, by memory one writes and the other reads, by control of the other's
 * objects. What flows in the new system through others, and could not flow in the old one at all, is what no list of
 * capabilities shows.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

/* A subject at an object: what it can do there. */
struct end {
    uint64_t object;
    uint32_t subject;
    bool sends, receives, called; /* called: an answer comes back to it */
};

struct ends {
    struct end *list;
    size_t count, capacity;
};

static void end_add(struct ends *ends, uint64_t object, uint32_t subject, bool sends, bool receives, bool called)
{
    ends->list = capdl_spec_grow(ends->list, &ends->capacity, ends->count + 1, sizeof(*ends->list));
    ends->list[ends->count++] = (struct end){object, subject, sends, receives, called};
}

static uint32_t owner_of(const struct world *world, uint32_t object)
{
    uint32_t owner = object == REVIEW_NONE ? REVIEW_NONE : world->owner[object];

    return owner == REVIEW_NONE ? REVIEW_NONE : world->subject_number[owner];
}

/* The holder of a capability and the subject to which its object belongs. */
static void end_control(struct ends *ends, const struct world *world, const struct fact *fact, uint32_t object)
{
    uint32_t owner = owner_of(world, object);

    if (owner != REVIEW_NONE && owner != fact->subject) {
        end_add(ends, fact->object, fact->subject, true, true, false);
        end_add(ends, fact->object, owner, true, true, false);
    }
}

static void gather_ends(struct ends *ends, const struct facts *facts, const struct world *world,
                        const struct memory *memory, const uint32_t *local)
{
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->list[i];
        bool concerns = fact->relation == RELATION_HOLD || fact->relation == RELATION_MAP ||
                        fact->relation == RELATION_HANDLER || fact->relation == RELATION_BOUND;
        uint32_t object = !concerns || fact->object >> 32 ? REVIEW_NONE : local[fact->object];
        enum capdl_kind kind =
            object == REVIEW_NONE ? CAPDL_KIND_COUNT : (enum capdl_kind)capdl_object_kind(world->spec, object);
        bool writes = fact->value & CAPDL_RIGHT_WRITE, reads = fact->value & CAPDL_RIGHT_READ;
        bool answered = fact->value & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY);

        if (fact->relation == RELATION_MAP || (fact->relation == RELATION_HOLD && kind == CAPDL_KIND_FRAME)) {
            end_add(ends, memory->first[fact->object], fact->subject, writes, reads, false);
        } else if (fact->relation == RELATION_HOLD && (kind == CAPDL_KIND_EP || kind == CAPDL_KIND_NOTIFICATION)) {
            end_add(ends, fact->object, fact->subject, writes, reads, writes && answered && kind == CAPDL_KIND_EP);
        } else if (fact->relation == RELATION_HOLD && object != REVIEW_NONE) {
            end_control(ends, world, fact, object);
        } else if (fact->relation == RELATION_HANDLER && owner_of(world, object) != REVIEW_NONE) {
            end_add(ends, fact->value, owner_of(world, object), true, false, true);
        } else if (fact->relation == RELATION_BOUND && fact->detail == CAPDL_TCB_SLOT_BOUND_NOTIFICATION &&
                   owner_of(world, object) != REVIEW_NONE) {
            end_add(ends, fact->value, owner_of(world, object), false, true, false);
        }
    }
}

static int end_compare(const void *left, const void *right)
{
    const struct end *a = left, *b = right;

    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    return a->subject < b->subject ? -1 : a->subject > b->subject;
}

/* One entry for each subject at an object. */
static void ends_unite(struct ends *ends)
{
    size_t count = 0;

    if (ends->count) {
        qsort(ends->list, ends->count, sizeof(*ends->list), end_compare);
    }
    for (size_t i = 0; i < ends->count; i++) {
        if (count && end_compare(&ends->list[count - 1], &ends->list[i]) == 0) {
            ends->list[count - 1].sends |= ends->list[i].sends;
            ends->list[count - 1].receives |= ends->list[i].receives;
            ends->list[count - 1].called |= ends->list[i].called;
        } else {
            ends->list[count++] = ends->list[i];
        }
    }
    ends->count = count;
}

static void flow_add(struct flows *flows, uint32_t a, uint32_t b, uint64_t by)
{
    flows->list = capdl_spec_grow(flows->list, &flows->capacity, flows->count + 1, sizeof(*flows->list));
    flows->list[flows->count++] = (struct flow){a, b, by};
}

static int flow_compare(const void *left, const void *right)
{
    const struct flow *a = left, *b = right;

    if (a->a != b->a) {
        return a->a < b->a ? -1 : 1;
    }
    if (a->b != b->b) {
        return a->b < b->b ? -1 : 1;
    }
    return a->by < b->by ? -1 : a->by > b->by;
}

static void flows_unite(struct flows *flows)
{
    size_t count = 0;

    if (flows->count) {
        qsort(flows->list, flows->count, sizeof(*flows->list), flow_compare);
    }
    for (size_t i = 0; i < flows->count; i++) {
        if (!count || flows->list[count - 1].a != flows->list[i].a || flows->list[count - 1].b != flows->list[i].b) {
            flows->list[count++] = flows->list[i];
        }
    }
    flows->count = count;
}

void capdl_review_flows(struct flows *flows, const struct facts *facts, const struct world *world,
                        const struct memory *memory)
{
    struct ends ends = {NULL};
    uint32_t *local = capdl_review_world_numbers(world);

    gather_ends(&ends, facts, world, memory, local);
    ends_unite(&ends);
    for (size_t i = 0, last; i < ends.count; i = last) {
        for (last = i; last < ends.count && ends.list[last].object == ends.list[i].object;) {
            last++;
        }
        for (size_t j = i; last - i > 1 && j < last; j++) {
            for (size_t k = i; k < last; k++) {
                const struct end *a = &ends.list[j], *b = &ends.list[k];

                if (j != k && ((a->sends && b->receives) || (a->receives && b->called))) {
                    flow_add(flows, a->subject, b->subject, a->object);
                }
            }
        }
    }
    flows_unite(flows);
    free(ends.list);
    free(local);
}

/* The flows of one system as a graph that is searched from one subject at a time. */
struct graph {
    const struct flows *flows;
    size_t *first;     /* per subject: its first flow */
    uint32_t *from;    /* per subject: from where it was reached, or REVIEW_NONE */
    uint32_t *reached; /* in the order in which they were */
    uint32_t num_reached;
};

static void graph_init(struct graph *graph, const struct flows *flows, uint32_t subjects)
{
    size_t at = 0;

    *graph = (struct graph){.flows = flows};
    graph->first = capdl_spec_realloc(NULL, (subjects + (size_t)1) * sizeof(*graph->first));
    graph->from = capdl_spec_realloc(NULL, (subjects + (size_t)1) * sizeof(*graph->from));
    graph->reached = capdl_spec_realloc(NULL, (subjects + (size_t)1) * sizeof(*graph->reached));
    memset(graph->from, 0xff, (subjects + (size_t)1) * sizeof(*graph->from));
    for (uint32_t i = 0; i <= subjects; i++) {
        while (at < flows->count && flows->list[at].a < i) {
            at++;
        }
        graph->first[i] = at;
    }
}

static void graph_free(struct graph *graph)
{
    free(graph->first);
    free(graph->from);
    free(graph->reached);
}

static void graph_search(struct graph *graph, uint32_t source)
{
    for (uint32_t i = 0; i < graph->num_reached; i++) {
        graph->from[graph->reached[i]] = REVIEW_NONE;
    }
    graph->from[source] = source;
    graph->reached[0] = source;
    graph->num_reached = 1;
    for (uint32_t i = 0; i < graph->num_reached; i++) {
        uint32_t subject = graph->reached[i];

        for (size_t j = graph->first[subject]; j < graph->first[subject + 1]; j++) {
            if (graph->from[graph->flows->list[j].b] == REVIEW_NONE) {
                graph->from[graph->flows->list[j].b] = subject;
                graph->reached[graph->num_reached++] = graph->flows->list[j].b;
            }
        }
    }
}

static void path_write(const struct review *review, const struct graph *graph, uint32_t to, FILE *out)
{
    uint32_t path[8], length = 0;

    for (; length < 8 && graph->from[to] != to; to = graph->from[to]) {
        path[length++] = to;
    }
    if (length == 8 && graph->from[to] != to) {
        fputs("... ", out);
    }
    fputs(capdl_review_subject(review, to), out);
    while (length--) {
        fprintf(out, " -> %s", capdl_review_subject(review, path[length]));
    }
}

/* Says whom a subject reaches through others, with the way to the first of them. */
static void judge_source(struct review *review, uint32_t source, const struct graph *old, const struct graph *new)
{
    enum { MOST_NAMED = 5 };
    struct fact fact = {.subject = source, .holder = REVIEW_NONE, .object = FINDING_NO_OBJECT};
    uint32_t count = 0, first = REVIEW_NONE;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    for (uint32_t i = 1; out && i < new->num_reached; i++) {
        uint32_t subject = new->reached[i];

        if (old->from[subject] != REVIEW_NONE || new->from[subject] == source) {
            continue;
        }
        if (count < MOST_NAMED) {
            fprintf(out, "%s%s", count ? ", " : "", capdl_review_subject(review, subject));
        }
        first = count++ ? first : subject;
    }
    if (out && count > MOST_NAMED) {
        fprintf(out, " and %" PRIu32 " more", count - MOST_NAMED);
    }
    if (out && count) {
        fputs(", through others: ", out);
        path_write(review, new, first, out);
    }
    if (out) {
        fclose(out);
    }
    if (count) {
        capdl_review_add(review, CAPDL_RANK_FLOW, &review->new, &fact, "can now influence", " %s", text);
    }
    free(text);
}

/* Direct flows that are new. One between subjects between which something could flow already, through others, opens no
   further ways: `opens` marks where the rest begin. Says whether there are any. */
static bool judge_direct(struct review *review, const struct flows *old, const struct flows *new, struct graph *before,
                         bool *opens)
{
    uint32_t searched = REVIEW_NONE;
    bool any = false;

    for (size_t i = 0, j = 0; i < new->count; i++) {
        const struct flow *flow = &new->list[i];
        struct fact fact = {.subject = flow->a, .holder = REVIEW_NONE, .object = FINDING_NO_OBJECT};
        char by[REVIEW_LABEL];

        while (j < old->count &&
               (old->list[j].a < flow->a || (old->list[j].a == flow->a && old->list[j].b < flow->b))) {
            j++;
        }
        if (j < old->count && old->list[j].a == flow->a && old->list[j].b == flow->b) {
            continue;
        }
        capdl_review_add(review, CAPDL_RANK_FLOW, &review->new, &fact, "can now influence", " %s by %s",
                         capdl_review_subject(review, flow->b), capdl_review_object(review, flow->by, by));
        if (searched != flow->a) {
            graph_search(before, flow->a);
        }
        searched = flow->a;
        opens[flow->a] |= before->from[flow->b] == REVIEW_NONE;
        any |= opens[flow->a];
    }
    return any;
}

void capdl_review_judge_flows(struct review *review)
{
    struct flows old = {NULL}, new = {NULL};
    uint32_t subjects = review->new.num_subjects + review->old.num_subjects;
    bool *opens = capdl_spec_realloc(NULL, subjects + (size_t)1), any;
    struct graph before, after;

    memset(opens, 0, subjects + (size_t)1);
    capdl_review_flows(&old, &review->old_facts, &review->old, &review->old_memory);
    capdl_review_flows(&new, &review->new_facts, &review->new, &review->new_memory);
    graph_init(&before, &old, subjects);
    graph_init(&after, &new, subjects);
    any = judge_direct(review, &old, &new, &before, opens);
    for (uint32_t i = 0; any && i < subjects; i++) {
        bool touched = false;

        graph_search(&after, i);
        for (uint32_t j = 0; j < after.num_reached; j++) {
            touched |= opens[after.reached[j]];
        }
        if (touched) {
            graph_search(&before, i);
            judge_source(review, i, &before, &after);
        }
    }
    graph_free(&before);
    graph_free(&after);
    free(old.list);
    free(new.list);
    free(opens);
}
