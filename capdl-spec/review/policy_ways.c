/* SPDX-License-Identifier: BSD-2-Clause */
/* What reaches what, through others, and who a policy says must stand between. */
#include "policy_ways.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy_findings.h"
#include "policy_match.h"
#include "words.h"

/* A way is from party to party. What a group does to another one goes through two nodes of its own, after those of the
   parties: forth and back. They are no steps of the way. */
struct step {
    uint32_t from, to, by; /* by: relation */
};

struct ways {
    const struct capdl_relations *r;
    struct step *steps; /* by from */
    size_t *first;
    uint32_t num_nodes;
    uint32_t *came_by; /* per node: step, or REVIEW_NONE */
    uint32_t *queue;
    uint32_t reached; /* by the last search: how many of the queue */
};

static int step_compare(const void *left, const void *right)
{
    const struct step *a = left, *b = right;
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return a->by < b->by ? -1 : a->by > b->by;
}

struct steps {
    struct step *list;
    size_t count, capacity;
};

static void step_add(struct steps *steps, uint32_t from, uint32_t to, size_t by)
{
    steps->list = capdl_spec_grow(steps->list, &steps->capacity, steps->count + 1, sizeof(*steps->list));
    steps->list[steps->count++] = (struct step){from, to, (uint32_t)by};
}

/* From all of one side, through a node if it is a group, to all of the other. */
static void add_steps(const struct capdl_relations *r, struct steps *steps, size_t by, bool back, uint32_t *nodes)
{
    const struct capdl_relation *link = &r->list[by];
    uint32_t num_from, num_to;
    const uint32_t *from = capdl_relations_members(r, back ? &link->to : &link->from, &num_from);
    const uint32_t *to = capdl_relations_members(r, back ? &link->from : &link->to, &num_to);
    if (r->parties[link->from].kind != CAPDL_PARTY_GROUP) {
        step_add(steps, from[0], to[0], by);
        return;
    }
    for (uint32_t i = 0; i < num_from; i++) {
        step_add(steps, from[i], *nodes, by);
    }
    for (uint32_t i = 0; i < num_to; i++) {
        step_add(steps, *nodes, to[i], by);
    }
    ++*nodes;
}

static struct ways find_steps(const struct capdl_relations *r)
{
    struct ways ways = {.r = r, .num_nodes = r->num_parties};
    struct steps steps = {NULL};
    size_t at = 0;
    for (size_t i = 0; i < r->count; i++) {
        enum capdl_relation_flow flow = capdl_relation_flow(r->list[i].kind);
        if (flow & CAPDL_FLOW_FORTH) {
            add_steps(r, &steps, i, false, &ways.num_nodes);
        }
        if (flow & CAPDL_FLOW_BACK) {
            add_steps(r, &steps, i, true, &ways.num_nodes);
        }
    }
    if (steps.count) {
        qsort(steps.list, steps.count, sizeof(*steps.list), step_compare);
    }
    ways.steps = steps.list;
    ways.first = capdl_spec_realloc(NULL, (ways.num_nodes + (size_t)2) * sizeof(*ways.first));
    for (uint32_t i = 0; i <= ways.num_nodes; i++) {
        while (at < steps.count && ways.steps[at].from < i) {
            at++;
        }
        ways.first[i] = at;
    }
    ways.came_by = capdl_spec_realloc(NULL, (ways.num_nodes + (size_t)1) * sizeof(*ways.came_by));
    memset(ways.came_by, 0xff, (ways.num_nodes + (size_t)1) * sizeof(*ways.came_by));
    ways.queue = capdl_spec_realloc(NULL, (ways.num_nodes + (size_t)1) * sizeof(*ways.queue));
    return ways;
}

static void ways_free(struct ways *ways)
{
    free(ways->steps);
    free(ways->first);
    free(ways->came_by);
    free(ways->queue);
}

/* Whether a waiver that counts covers this pair; `over`: one that does no more. */
static bool is_waived(struct policy_judge *judge, uint32_t from, uint32_t to, uint32_t *over)
{
    bool waived = false;
    for (size_t i = 0; i < judge->policy->num_rules; i++) {
        const struct policy_rule *rule = &judge->policy->rules[i];
        if (rule->verb == POLICY_WAIVE && rule->reach && capdl_policy_set_has(&judge->match.sides[i].from, from) &&
            capdl_policy_set_has(&judge->match.sides[i].to, to)) {
            judge->used[i] = true;
            waived |= rule->until >= judge->date;
            *over = rule->until < judge->date ? (uint32_t)i : *over;
        }
    }
    judge->result->waived += waived;
    return waived;
}

/* "net -> log (call) -> keys (write)"; *first and *second: the first relation, and to whom. */
static char *way_text(const struct ways *ways, uint32_t from, uint32_t to, uint32_t *first)
{
    const struct capdl_relations *r = ways->r;
    uint32_t length = 0, *way = capdl_spec_realloc(NULL, (ways->num_nodes + (size_t)1) * sizeof(*way)), at = to;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    while (at != from) {
        way[length++] = ways->came_by[at];
        at = ways->steps[way[length - 1]].from;
    }
    fputs(r->parties[from].name, out);
    for (uint32_t i = length; i-- > 0;) {
        const struct step *step = &ways->steps[way[i]];
        const struct capdl_relation *link = &r->list[step->by];
        uint32_t count;
        const uint32_t *members;
        bool forth = false;
        if (step->to >= r->num_parties) {
            continue;
        }
        members = capdl_relations_members(r, &link->to, &count);
        for (uint32_t j = 0; j < count && !forth; j++) {
            forth = members[j] == step->to;
        }
        fprintf(out, " -> %s (%s%s)", r->parties[step->to].name, capdl_relation_word(link->kind),
                forth ? "" : ", answered");
    }
    fclose(out);
    *first = ways->steps[way[length - 1]].by;
    free(way);
    return text;
}

static void reach(struct ways *ways, uint32_t node, uint32_t by)
{
    if (ways->came_by[node] == REVIEW_NONE) {
        ways->came_by[node] = by;
        ways->queue[ways->reached++] = node;
    }
}

/* All that is reached without those who stand between; those are reached but not passed. What a group passes on is no
   longer way than from one to one: it is reached at once. */
static void search(struct ways *ways, const struct policy_set *through, uint32_t from)
{
    uint32_t parties = ways->r->num_parties;
    for (uint32_t i = 0; i < ways->reached; i++) {
        ways->came_by[ways->queue[i]] = REVIEW_NONE;
    }
    ways->reached = 0;
    reach(ways, from, 0);
    for (uint32_t i = 0; i < ways->reached; i++) {
        uint32_t at = ways->queue[i];
        if (at >= parties || (at != from && capdl_policy_set_has(through, at))) {
            continue;
        }
        for (size_t j = ways->first[at]; j < ways->first[at + 1]; j++) {
            uint32_t to = ways->steps[j].to;
            bool fresh = ways->came_by[to] == REVIEW_NONE;
            reach(ways, to, (uint32_t)j);
            for (size_t k = ways->first[to]; fresh && to >= parties && k < ways->first[to + 1]; k++) {
                reach(ways, ways->steps[k].to, (uint32_t)k);
            }
        }
    }
}

static bool is_end(const struct policy_judge *judge, size_t rule, uint32_t party)
{
    const struct policy_sides *sides = &judge->match.sides[rule];
    return capdl_policy_set_has(&sides->to, party) && !capdl_policy_set_has(&sides->through, party);
}

/* Before the change; the last search of the old system began at `from`. */
static bool was_reached(const struct policy_judge *judge, const struct ways *old, uint32_t from, uint32_t to)
{
    const uint32_t *party = judge->before.party;
    return judge->before.r && party[from] != REVIEW_NONE && party[to] != REVIEW_NONE &&
           old->came_by[party[to]] != REVIEW_NONE;
}

/* Where the way begins: the slot of the first relation, of a group the member's own. */
static struct capdl_place way_place(const struct capdl_relations *r, const struct capdl_relation *link, uint32_t from)
{
    uint32_t count;
    const uint32_t *members = capdl_relations_members(r, &link->from, &count);
    for (uint32_t i = 0; link->from_places && i < count; i++) {
        if (members[i] == from) {
            return link->from_places[i];
        }
    }
    return (struct capdl_place){link->from_holder, link->from_slot};
}

/* Those of the through set are no ends, so that the old system's search has a set of its own parties. */
static void judge_source(struct policy_judge *judge, size_t number, struct ways *ways, struct ways *old,
                         const struct policy_set *old_through, uint32_t from)
{
    const struct capdl_relations *r = judge->relations;
    uint32_t over = REVIEW_NONE, nearest = REVIEW_NONE, others = 0, first;
    struct capdl_place place;
    char *text, *detail;
    search(ways, &judge->match.sides[number].through, from);
    if (judge->before.r && judge->before.party[from] != REVIEW_NONE) {
        search(old, old_through, judge->before.party[from]);
    }
    for (uint32_t i = 1; i < ways->reached; i++) {
        uint32_t to = ways->queue[i];
        if (to >= r->num_parties || !is_end(judge, number, to) || is_waived(judge, from, to, &over) ||
            was_reached(judge, old, from, to)) {
            continue;
        }
        others += nearest != REVIEW_NONE;
        nearest = nearest == REVIEW_NONE ? to : nearest;
    }
    if (nearest == REVIEW_NONE) {
        return;
    }
    text = way_text(ways, from, nearest, &first);
    place = way_place(r, &r->list[first], from);
    detail = others ? capdl_review_format(" and %" PRIu32 " more", others) : capdl_review_format("%s", "");
    capdl_finding(
        judge->diags, CAPDL_ERROR, CAPDL_CHECK_POLICY, capdl_policy_place_pos(judge, &place, r->list[first].object),
        "%s reaches %s%s, which the policy forbids: %s", r->parties[from].name, r->parties[nearest].name, detail, text);
    capdl_note(judge->diags, judge->policy->rules[number].pos, "it is forbidden here");
    capdl_policy_note_date(judge, over);
    free(text);
    free(detail);
}

static void judge_rule(struct policy_judge *judge, size_t number, struct ways *ways, struct ways *old,
                       const struct policy_set *old_through)
{
    const struct policy_sides *sides = &judge->match.sides[number];
    for (uint32_t from = 0; from < judge->relations->num_parties; from++) {
        const struct capdl_party *party = &judge->relations->parties[from];
        if (!party->numbered && party->kind != CAPDL_PARTY_GROUP && capdl_policy_set_has(&sides->from, from) &&
            !capdl_policy_set_has(&sides->through, from)) {
            judge_source(judge, number, ways, old, old_through, from);
        }
    }
}

void capdl_policy_judge_ways(struct policy_judge *judge)
{
    struct ways ways = find_steps(judge->relations), old = {NULL};
    struct policy_match before = {NULL};
    if (judge->before.r) {
        old = find_steps(judge->before.r);
        capdl_policy_match_init(&before, judge->policy, judge->before.r);
    }
    for (size_t i = 0; i < judge->policy->num_rules; i++) {
        const struct policy_rule *rule = &judge->policy->rules[i];
        if (rule->verb == POLICY_FORBID && rule->reach) {
            judge_rule(judge, i, &ways, &old, judge->before.r ? &before.sides[i].through : NULL);
        }
    }
    ways_free(&ways);
    if (judge->before.r) {
        ways_free(&old);
        capdl_policy_match_free(&before);
    }
}
