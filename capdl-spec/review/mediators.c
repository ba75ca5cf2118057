/* SPDX-License-Identifier: BSD-2-Clause */
/* Mediators: whoever all flow from one subject to another had to pass, and now need not. */
#include "mediators.h"

#include <stdlib.h>
#include <string.h>

#include "dominators.h"
#include "flow_findings.h"
#include "words.h"

enum { MOST_SENDERS = 64 }; /* of thousands that are alike, these tell who no longer stands between */

/* If they are several: each stood on every way, so on each way all of them did. */
#define ALL_MIDDLES "\16\4|, all of which it had to pass before\4"

/* Who stood between whom: pairs of a sender and a receiver. */
struct bypass {
    uint32_t middle, sender, receiver;
    uint32_t cause; /* as far as it is known */
};

struct bypasses {
    struct bypass *list;
    size_t count, capacity;
};

static int bypass_compare(const void *left, const void *right)
{
    const struct bypass *a = left, *b = right;
    if (a->cause != b->cause) {
        return a->cause < b->cause ? -1 : 1;
    }
    if (a->middle != b->middle) {
        return a->middle < b->middle ? -1 : 1;
    }
    if (a->sender != b->sender) {
        return a->sender < b->sender ? -1 : 1;
    }
    return a->receiver < b->receiver ? -1 : a->receiver > b->receiver;
}

static int node_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void bypass_add(struct bypasses *bypasses, struct bypass bypass)
{
    bypasses->list = capdl_spec_grow(bypasses->list, &bypasses->capacity, bypasses->count + 1, sizeof(*bypasses->list));
    bypasses->list[bypasses->count++] = bypass;
}

/* Whether all flow to a node passed another one: then it is not reached without that. */
static void find_bypass(struct flows *f, struct bypasses *bypasses, uint32_t source, uint32_t middle,
                        const struct nodes *targets)
{
    capdl_flows_search(f, &f->before, &f->old_data, source, false, false, middle);
    capdl_flows_search(f, &f->after, &f->new_data, source, false, false, middle);
    for (size_t i = 0; i < targets->count; i++) {
        uint32_t node = targets->list[i];
        if (node != middle && f->before.from[node] == REVIEW_NONE && f->after.from[node] != REVIEW_NONE) {
            bypass_add(bypasses, (struct bypass){middle, source, node, REVIEW_NONE});
        }
    }
}

/* From a sender: who is on the shortest way to a receiver, and only such a one, can be on all of them. */
static void find_bypasses(struct flows *f, struct bypasses *bypasses, uint32_t sender, const struct nodes *receivers)
{
    struct nodes targets = {NULL}, middles = {NULL};
    capdl_flows_search(f, &f->other, &f->old_data, sender, false, false, REVIEW_NONE);
    for (size_t i = 0; i < receivers->count; i++) {
        uint32_t node = receivers->list[i];
        if (f->other.from[node] == REVIEW_NONE || node == sender) {
            continue;
        }
        capdl_flows_add_node(&targets, node);
        for (uint32_t at = f->other.from[node]; at != sender; at = f->other.from[at]) {
            if (capdl_flows_who(f, at) != REVIEW_NONE) {
                capdl_flows_add_node(&middles, at);
            }
        }
    }
    capdl_flows_unite(&middles);
    for (size_t i = 0; i < middles.count && !f->tired; i++) {
        find_bypass(f, bypasses, sender, middles.list[i], &targets);
    }
    free(targets.list);
    free(middles.list);
}

/* Senders that could all reach the same receivers only past somebody. */
struct side_of_bypass {
    const struct bypass *list; /* of one sender */
    size_t count;
};

static int receivers_compare(const void *left, const void *right)
{
    const struct side_of_bypass *a = left, *b = right;
    if (a->count != b->count) {
        return a->count > b->count ? -1 : 1;
    }
    for (size_t i = 0; i < a->count; i++) {
        if (a->list[i].receiver != b->list[i].receiver) {
            return a->list[i].receiver < b->list[i].receiver ? -1 : 1;
        }
    }
    return 0;
}

static int sides_compare(const void *left, const void *right)
{
    const struct side_of_bypass *a = left, *b = right;
    int order = receivers_compare(left, right);
    return order ? order : a->list->sender < b->list->sender ? -1 : 1;
}

/* All pairs of some senders with some receivers: what one line says. */
struct block {
    struct nodes senders, receivers;
    bool both; /* directions */
    bool told; /* by another one */
};

static bool same_nodes(const struct nodes *a, const struct nodes *b)
{
    return a->count == b->count && (!a->count || memcmp(a->list, b->list, a->count * sizeof(*a->list)) == 0);
}

/* As few blocks as say it, those with the most receivers first. */
static struct block *find_blocks(struct side_of_bypass *sides, size_t num_sides, size_t *count)
{
    struct block *blocks = capdl_spec_realloc(NULL, (num_sides + 1) * sizeof(*blocks));
    qsort(sides, num_sides, sizeof(*sides), sides_compare);
    *count = 0;
    for (size_t i = 0, end; i < num_sides; i = end) {
        struct block *block = &blocks[(*count)++];
        *block = (struct block){{NULL}, {NULL}, false, false};
        for (end = i; end < num_sides && receivers_compare(&sides[i], &sides[end]) == 0; end++) {
            capdl_flows_add_node(&block->senders, sides[end].list->sender);
        }
        for (size_t j = 0; j < sides[i].count; j++) {
            capdl_flows_add_node(&block->receivers, sides[i].list[j].receiver);
        }
        capdl_flows_unite(&block->senders);
        capdl_flows_unite(&block->receivers);
    }
    for (size_t i = 0; i < *count; i++) {
        for (size_t j = i + 1; j < *count && !blocks[i].told; j++) {
            if (same_nodes(&blocks[i].senders, &blocks[j].receivers) &&
                same_nodes(&blocks[i].receivers, &blocks[j].senders)) {
                blocks[i].both = blocks[j].told = true;
            }
        }
    }
    return blocks;
}

static int pair_compare(const void *left, const void *right)
{
    const uint32_t *a = left, *b = right;
    return a[0] != b[0] ? a[0] < b[0] ? -1 : 1 : a[1] < b[1] ? -1 : a[1] > b[1];
}

static void add_pairs(const struct flows *f, struct raw_finding *raw, const struct nodes *from, const struct nodes *to)
{
    raw->pairs =
        capdl_spec_realloc(raw->pairs, 2 * (raw->num_pairs + from->count * to->count + 1) * sizeof(*raw->pairs));
    for (size_t i = 0; i < from->count; i++) {
        for (size_t j = 0; j < to->count; j++) {
            raw->pairs[2 * raw->num_pairs] = capdl_flows_who(f, from->list[i]);
            raw->pairs[2 * raw->num_pairs++ + 1] = capdl_flows_who(f, to->list[j]);
        }
    }
    qsort(raw->pairs, raw->num_pairs, 2 * sizeof(*raw->pairs), pair_compare);
}

static void tell_block(struct flows *f, uint32_t cause, const struct nodes *middle, const struct block *block)
{
    char *text = block->both ? capdl_review_format("data between %s\5 and %s\6 no longer has to pass " ALL_MIDDLES,
                                                   block->senders.count > 1 ? "each of " : "",
                                                   block->receivers.count > 1 ? "each of " : "")
                             : capdl_review_format("data from \5 to \6 no longer has to pass " ALL_MIDDLES);
    struct raw_finding *raw = capdl_flows_tell(f, cause, middle, text, &block->senders, &block->receivers);
    free(text);
    raw->change = CAPDL_LOST;
    raw->bypassed = true;
    if (block->both) {
        add_pairs(f, raw, &block->senders, &block->receivers);
        add_pairs(f, raw, &block->receivers, &block->senders);
    }
    capdl_flows_search(f, &f->after, &f->new_data, block->senders.list[0], false, false, middle->list[0]);
    for (uint32_t i = 0; i < f->after.count; i++) { /* the nearest receiver */
        uint32_t node = f->after.reached[i];

        if (bsearch(&node, block->receivers.list, block->receivers.count, sizeof(node), node_compare)) {
            capdl_flows_show_way(f, raw, &f->new_data, &f->after, node);
            break;
        }
    }
}

/* Pairs of blocks that get no line. */
static void tell_rest(struct flows *f, uint32_t cause, const struct nodes *middle, const struct block *blocks,
                      size_t count, const char *least)
{
    const struct nodes none = {NULL};
    size_t left = 0;
    struct raw_finding *raw;
    char *text;
    for (size_t i = 0; i < count; i++) {
        left += blocks[i].told ? 0 : blocks[i].senders.count * blocks[i].receivers.count * (blocks[i].both ? 2 : 1);
    }
    if (!left) {
        return;
    }
    text = capdl_review_format("data of %s%zu more pair%s, which --json lists, no longer has to pass " ALL_MIDDLES,
                               least, left, left == 1 ? "" : "s");
    raw = capdl_flows_tell(f, cause, middle, text, &none, NULL);
    raw->change = CAPDL_LOST;
    raw->bypassed = true;
    for (size_t i = 0; i < count; i++) {
        if (!blocks[i].told) {
            add_pairs(f, raw, &blocks[i].senders, &blocks[i].receivers);
        }
        if (!blocks[i].told && blocks[i].both) {
            add_pairs(f, raw, &blocks[i].receivers, &blocks[i].senders);
        }
    }
    free(text);
}

/* All that one subject no longer stands between. */
static void report_bypasses(struct flows *f, uint32_t cause, const struct bypass *list, size_t count, const char *least)
{
    enum { MOST_TOLD = 6 };
    struct side_of_bypass *sides = capdl_spec_realloc(NULL, count * sizeof(*sides));
    struct nodes middle = {NULL};
    struct block *blocks;
    size_t num_sides = 0, num_blocks, told = 0, i;

    f->mediators = capdl_spec_grow(f->mediators, &f->mediator_capacity, f->num_mediators + 1, sizeof(*f->mediators));
    f->mediators[f->num_mediators++] = (uint64_t)cause << 32 | list[0].middle;
    for (i = 0; i < count; i++) {
        if (!num_sides || sides[num_sides - 1].list->sender != list[i].sender) {
            sides[num_sides++] = (struct side_of_bypass){list + i, 0};
        }
        sides[num_sides - 1].count++;
    }
    capdl_flows_add_node(&middle, list[0].middle);
    blocks = find_blocks(sides, num_sides, &num_blocks);
    for (i = 0; i < num_blocks && told < MOST_TOLD; i++) {
        if (!blocks[i].told) {
            tell_block(f, cause, &middle, &blocks[i]);
            told++;
        }
    }
    tell_rest(f, cause, &middle, blocks + i, num_blocks - i, least);
    for (i = 0; i < num_blocks; i++) {
        free(blocks[i].senders.list);
        free(blocks[i].receivers.list);
    }
    free(blocks);
    free(sides);
    free(middle.list);
}

void capdl_flows_judge_mediators(struct flows *f, uint32_t cause, const struct nodes *senders,
                                 const struct nodes *receivers)
{
    struct bypasses bypasses = {NULL};
    for (size_t i = 0; i < senders->count && i < MOST_SENDERS && !f->tired; i++) {
        find_bypasses(f, &bypasses, senders->list[i], receivers);
    }
    if (bypasses.count) {
        qsort(bypasses.list, bypasses.count, sizeof(*bypasses.list), bypass_compare);
    }
    for (size_t i = 0, end; i < bypasses.count; i = end) {
        for (end = i; end < bypasses.count && bypasses.list[end].middle == bypasses.list[i].middle;) {
            end++;
        }
        report_bypasses(f, cause, bypasses.list + i, end - i, senders->count > MOST_SENDERS ? "at least " : "");
    }
    free(bypasses.list);
}

/* ---- Farther away ---- */

/* Subjects and devices from which something gets to a new link. */
static struct nodes find_sources(const struct flows *f, const struct new_link *links, size_t count)
{
    const struct flow_graph *graph = &f->new_data;
    uint32_t *stack = capdl_spec_realloc(NULL, (graph->num_nodes + (size_t)1) * sizeof(*stack)), depth = 0;
    bool *seen = memset(capdl_spec_realloc(NULL, graph->num_nodes + (size_t)1), 0, graph->num_nodes + (size_t)1);
    struct nodes sources = {NULL};
    for (size_t i = 0; i < count; i++) {
        if (!seen[links[i].link.from]) {
            seen[links[i].link.from] = true;
            stack[depth++] = links[i].link.from;
        }
    }
    while (depth) {
        uint32_t node = stack[--depth];
        if (capdl_flows_who(f, node) != REVIEW_NONE) {
            capdl_flows_add_node(&sources, node);
        }
        for (size_t i = graph->first_back[node]; i < graph->first_back[node + 1]; i++) {
            uint32_t from = graph->back[i].to;
            if (!seen[from]) {
                seen[from] = true;
                stack[depth++] = from;
            }
        }
    }
    capdl_flows_unite(&sources);
    free(stack);
    free(seen);
    return sources;
}

static bool has_dominator(const struct dominators *d, uint32_t node, uint32_t middle)
{
    for (; d->rank[node] < d->rank[middle]; node = d->nearest[node]) {
        if (d->nearest[node] == middle) {
            return true;
        }
    }
    return false;
}

/* Who stood on every way from a source, and now does not. */
static void find_far(struct flows *f, struct bypasses *bypasses, uint32_t source, struct dominators *before,
                     struct dominators *after)
{
    capdl_review_dominators_find(before, &f->old_data, source);
    capdl_review_dominators_find(after, &f->new_data, source);
    f->work += 8 * ((uint64_t)before->count + after->count);
    for (uint32_t i = 0; i < before->count; i++) {
        uint32_t node = before->order[i];
        if (node == source || capdl_flows_who(f, node) == REVIEW_NONE || after->nearest[node] == REVIEW_NONE) {
            continue;
        }
        for (uint32_t at = before->nearest[node]; at != source; at = before->nearest[at]) {
            f->work++;
            if (capdl_flows_who(f, at) != REVIEW_NONE &&
                (after->nearest[at] == REVIEW_NONE || !has_dominator(after, node, at))) {
                bypass_add(bypasses, (struct bypass){at, source, node, REVIEW_NONE});
            }
        }
    }
}

static int link_compare(const void *left, const void *right)
{
    const struct new_link *a = left, *b = right;
    if (a->link.from != b->link.from) {
        return a->link.from < b->link.from ? -1 : 1;
    }
    return a->link.to < b->link.to ? -1 : a->link.to > b->link.to;
}

/* Which edit made the way past the middle: that of the new link nearest to the receiver. */
static void find_causes(struct flows *f, struct bypass *list, size_t count, const struct new_link *links,
                        size_t num_links)
{
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || list[i].sender != list[i - 1].sender || list[i].middle != list[i - 1].middle) {
            capdl_flows_search(f, &f->after, &f->new_data, list[i].sender, false, false, list[i].middle);
        }
        for (uint32_t at = list[i].receiver; f->after.from[at] != REVIEW_NONE && at != list[i].sender;
             at = f->after.from[at]) {
            struct new_link key = {.link = {f->after.from[at], at}};
            const struct new_link *found = bsearch(&key, links, num_links, sizeof(key), link_compare);
            if (found) {
                list[i].cause = found->cause;
                break;
            }
        }
    }
}

static bool is_told(const struct flows *f, const struct bypass *bypass)
{
    for (size_t i = 0; i < f->num_mediators; i++) {
        if (f->mediators[i] == ((uint64_t)bypass->cause << 32 | bypass->middle)) {
            return true;
        }
    }
    return false;
}

void capdl_flows_judge_far(struct flows *f, const struct new_link *links, size_t count)
{
    struct nodes sources = find_sources(f, links, count);
    struct new_link *sorted = capdl_spec_realloc(NULL, (count + 1) * sizeof(*sorted));
    struct bypasses bypasses = {NULL};
    struct dominators before, after;
    const char *least = sources.count > MOST_SENDERS ? "at least " : "";
    capdl_review_dominators_init(&before, f->new.num_nodes);
    capdl_review_dominators_init(&after, f->new.num_nodes);
    for (size_t i = 0; i < sources.count && i < MOST_SENDERS && !f->tired; i++) {
        find_far(f, &bypasses, sources.list[i], &before, &after);
    }
    if (bypasses.count) {
        memcpy(sorted, links, count * sizeof(*sorted));
        qsort(sorted, count, sizeof(*sorted), link_compare);
        qsort(bypasses.list, bypasses.count, sizeof(*bypasses.list), bypass_compare);
        find_causes(f, bypasses.list, bypasses.count, sorted, count);
        qsort(bypasses.list, bypasses.count, sizeof(*bypasses.list), bypass_compare);
    }
    for (size_t i = 0, end; i < bypasses.count; i = end) {
        for (end = i; end < bypasses.count && bypasses.list[end].middle == bypasses.list[i].middle &&
                      bypasses.list[end].cause == bypasses.list[i].cause;) {
            end++;
        }
        if (!is_told(f, &bypasses.list[i])) {
            report_bypasses(f, bypasses.list[i].cause, bypasses.list + i, end - i, least);
        }
    }
    capdl_review_dominators_free(&before);
    capdl_review_dominators_free(&after);
    free(bypasses.list);
    free(sources.list);
    free(sorted);
}
