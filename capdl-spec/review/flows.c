/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can flow now and could not: new links of the flow graph, each under the edit that made it; the pairs that these
 * open through others, with the shortest way; and mediators: whoever all flow from one subject to another had to pass,
 * and now need not.
 */
#include "flows.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "findings.h"
#include "flow_findings.h"
#include "flow_graph.h"
#include "mediators.h"
#include "parties.h"
#include "words.h"

/* Remembers a pair; false if it was reported already. */
static bool is_new_pair(struct flows *f, uint32_t a, uint32_t b)
{
    uint64_t pair = (uint64_t)a << 32 | b, place = pair * UINT64_C(0x9e3779b97f4a7c15) >> 20;
    if (2 * f->num_told >= f->told_mask) {
        size_t size = f->told_mask ? (f->told_mask + 1) * 2 : 1024;
        uint64_t *old = f->told, *list = capdl_spec_realloc(NULL, size * sizeof(*list));
        size_t old_size = f->told_mask ? f->told_mask + 1 : 0;
        memset(list, 0xff, size * sizeof(*list));
        f->told = list;
        f->told_mask = size - 1;
        f->num_told = 0;
        for (size_t i = 0; i < old_size; i++) {
            if (old[i] != UINT64_MAX) {
                is_new_pair(f, (uint32_t)(old[i] >> 32), (uint32_t)old[i]);
            }
        }
        free(old);
    }
    for (place &= f->told_mask; f->told[place] != UINT64_MAX; place = (place + 1) & f->told_mask) {
        if (f->told[place] == pair) {
            return false;
        }
    }
    f->told[place] = pair;
    f->num_told++;
    return true;
}

/* ---- Which edit made a link ---- */

struct cause {
    uint64_t container, target;
    uint32_t finding;
};

struct causes {
    struct cause *list;
    size_t count, capacity;
};

static int cause_compare(const void *left, const void *right)
{
    const struct cause *a = left, *b = right;
    if (a->container != b->container) {
        return a->container < b->container ? -1 : 1;
    }
    return a->target < b->target ? -1 : a->target > b->target;
}

/* Edits that another one's finding tells are no cause. */
static void cause_add(struct causes *causes, uint64_t container, uint64_t target, uint32_t finding)
{
    if (finding == REVIEW_NONE) {
        return;
    }
    causes->list = capdl_spec_grow(causes->list, &causes->capacity, causes->count + 1, sizeof(*causes->list));
    causes->list[causes->count++] = (struct cause){container, target, finding};
}

/* Of what a context bank or device leads to, for every device. */
static void add_devices(struct causes *causes, const struct review *review, const struct edit *edit, uint32_t finding)
{
    const struct world *world = &review->new;
    uint32_t container = edit->new_holder;
    if (capdl_kind_class(capdl_object_kind(world->spec, container)) != CAPDL_CLASS_DEVICE) {
        return;
    }
    for (size_t i = world->first_use[container]; i < world->first_use[container + 1]; i++) {
        uint32_t who = capdl_review_who(world, &world->uses[i]);
        if (who & USE_DEVICE) {
            cause_add(causes, who & ~USE_DEVICE, REVIEW_DEFAULT, finding);
        }
    }
}

/* The thread of the subject that a capability controls; REVIEW_DEFAULT, which stands for any, for none. */
static uint64_t controlled_thread(const struct world *world, const struct capdl_cap *cap)
{
    uint32_t owner = cap->object == CAPDL_NO_OBJECT ? REVIEW_NONE : capdl_review_owner(world, cap->object);
    return owner < world->num_subjects ? world->object_number[world->subjects[owner].tcb] : REVIEW_DEFAULT;
}

/* Edits by container and target, by target alone, and by container alone. */
static struct causes find_causes(const struct review *review)
{
    struct causes causes = {NULL};
    for (size_t i = 0; i < review->edits.count; i++) {
        const struct edit *edit = &review->edits.list[i];
        uint32_t finding = review->finding_of[i];
        if (edit->kind == EDIT_CAP && edit->new && !edit->same) {
            uint64_t target = capdl_review_target_number(&review->new, edit->new);
            uint64_t memory =
                edit->new->kind == CAPDL_KIND_FRAME &&target >> 32 == 0 ? review->new_memory.first[target] : target;
            cause_add(&causes, edit->object, target, finding);
            cause_add(&causes, edit->object, memory, finding);
            cause_add(&causes, edit->object, controlled_thread(&review->new, edit->new), finding);
            cause_add(&causes, target, REVIEW_DEFAULT, finding);
            cause_add(&causes, memory, REVIEW_DEFAULT, finding);
            cause_add(&causes, edit->object, REVIEW_DEFAULT, finding);
            add_devices(&causes, review, edit, finding);
        } else if (edit->kind == EDIT_FIELD || edit->kind == EDIT_OBJECT) {
            cause_add(&causes, edit->object, REVIEW_DEFAULT, finding);
            if (edit->kind == EDIT_FIELD) {
                cause_add(&causes, review->new_memory.first[edit->object], REVIEW_DEFAULT, finding);
            }
        }
    }
    if (causes.count) {
        qsort(causes.list, causes.count, sizeof(*causes.list), cause_compare);
    }
    return causes;
}

static uint32_t cause_find(const struct causes *causes, uint64_t container, uint64_t target)
{
    struct cause key = {container, target, 0};
    const struct cause *found =
        causes->count ? bsearch(&key, causes->list, causes->count, sizeof(key), cause_compare) : NULL;
    return found ? found->finding : REVIEW_NONE;
}

/* A subject's thread, for what is a matter of its TCB. */
static uint64_t thread_of(const struct flows *f, uint32_t node)
{
    const struct world *world = &f->review->new;
    return node < world->num_subjects ? world->object_number[world->subjects[node].tcb] : REVIEW_DEFAULT;
}

static uint32_t cause_of(const struct flows *f, const struct causes *causes, const struct flow_link *link)
{
    uint32_t a = capdl_review_flow_object(&f->new, link->from);
    uint32_t b = capdl_review_flow_object(&f->new, link->to), cause = REVIEW_NONE;
    uint64_t from = thread_of(f, link->from), to = thread_of(f, link->to);
    const uint64_t tries[][2] = {
        {a, b},
        {b, a},
        {a, to == REVIEW_DEFAULT ? b : to},
        {b, from == REVIEW_DEFAULT ? a : from},
        {from, b},
        {to, a},
        {from, REVIEW_DEFAULT},
        {to, REVIEW_DEFAULT},
        {a, REVIEW_DEFAULT},
        {b, REVIEW_DEFAULT},
    };
    for (unsigned i = 0; cause == REVIEW_NONE && i < sizeof(tries) / sizeof(tries[0]); i++) {
        cause = cause_find(causes, tries[i][0] == REVIEW_NONE ? REVIEW_DEFAULT : tries[i][0], tries[i][1]);
    }
    return cause;
}

/* ---- New links ---- */

static int new_link_compare(const void *left, const void *right)
{
    const struct new_link *a = left, *b = right;
    if (a->cause != b->cause) {
        return a->cause < b->cause ? -1 : 1;
    }
    if (a->link.from != b->link.from) {
        return a->link.from < b->link.from ? -1 : 1;
    }
    return a->link.to < b->link.to ? -1 : a->link.to > b->link.to;
}

static struct new_link *find_new_links(const struct flows *f, const struct causes *causes, size_t *count)
{
    struct new_link *list = NULL;
    size_t capacity = 0, j = 0;
    *count = 0;
    for (size_t i = 0; i < f->new.count; i++) {
        const struct flow_link *a = &f->new.links[i];
        while (j < f->old.count &&
               (f->old.links[j].from < a->from || (f->old.links[j].from == a->from && f->old.links[j].to < a->to))) {
            j++;
        }
        if (j < f->old.count && f->old.links[j].from == a->from && f->old.links[j].to == a->to) {
            continue;
        }
        list = capdl_spec_grow(list, &capacity, *count + 1, sizeof(*list));
        list[(*count)++] = (struct new_link){*a, cause_of(f, causes, a)};
    }
    if (*count) {
        qsort(list, *count, sizeof(*list), new_link_compare);
    }
    return list;
}

/* Subjects and devices next to the links of one edit, on the side that sends or on the one that receives. */
static struct nodes find_ends(struct flows *f, const struct new_link *links, size_t count, bool senders)
{
    struct nodes nodes = {NULL};
    for (size_t i = 0; i < count && !f->tired; i++) {
        uint32_t end = senders ? links[i].link.from : links[i].link.to;
        if (capdl_flows_who(f, end) != REVIEW_NONE) {
            capdl_flows_add_node(&nodes, end);
            continue;
        }
        capdl_flows_search(f, &f->other, &f->new, end, senders, true, REVIEW_NONE);
        for (uint32_t j = 0; j < f->other.count; j++) {
            if (capdl_flows_who(f, f->other.reached[j]) != REVIEW_NONE) {
                capdl_flows_add_node(&nodes, f->other.reached[j]);
            }
        }
    }
    capdl_flows_unite(&nodes);
    return nodes;
}

/* By what something passes directly. */
enum carrier { BY_MESSAGE, BY_SIGNAL, BY_MEMORY, BY_ANSWER, BY_CONTROL, BY_VIEW, CARRIERS };

/* What a subject that the search found gets from there besides signals: objects two links away, in its containers. */
static enum carrier carrier_beside(const struct flows *f, uint32_t node)
{
    const struct flow_graph *graph = &f->new;
    for (size_t i = graph->first_back[node]; i < graph->first_back[node + 1]; i++) {
        uint32_t container = graph->back[i].to;
        for (size_t j = graph->first_back[container];
             capdl_flows_who(f, container) == REVIEW_NONE && j < graph->first_back[container + 1]; j++) {
            uint32_t from = graph->back[j].to, object = capdl_review_flow_object(graph, from);
            enum capdl_kind kind = object == REVIEW_NONE ? CAPDL_KIND_COUNT : capdl_review_kind(f->review, object);
            if (f->after.from[from] != REVIEW_NONE && (kind == CAPDL_KIND_EP || kind == CAPDL_KIND_FRAME)) {
                return kind == CAPDL_KIND_EP ? BY_MESSAGE : BY_MEMORY;
            }
        }
    }
    return BY_SIGNAL;
}

static enum carrier carrier_of(const struct flows *f, uint32_t node)
{
    uint32_t through;
    enum flow_means means = capdl_review_flow_means(&f->new, f->review, &f->after, node, &through);
    switch (means) {
    case FLOW_ANSWERED:
        return BY_ANSWER;
    case FLOW_CONTROLLED:
        return BY_CONTROL;
    case FLOW_SEEN:
        return BY_VIEW;
    case FLOW_SENT:
        break;
    }
    enum capdl_kind kind = through == REVIEW_NONE ? CAPDL_KIND_FRAME : capdl_review_kind(f->review, through);
    return kind == CAPDL_KIND_EP ? BY_MESSAGE : kind == CAPDL_KIND_NOTIFICATION ? carrier_beside(f, node) : BY_MEMORY;
}

/* How control of an object, or a look at it, lets data pass. */
static const char *control_text(enum capdl_kind kind, bool looks)
{
    if (kind == CAPDL_KIND_TCB) {
        return looks ? ": \5 can read the registers of \16" : ": \16 can set the registers of \5";
    }
    if (kind == CAPDL_KIND_VCPU) {
        return looks ? ": \5 can read registers of the virtual CPU of \16"
                     : ": \16 can set registers of the virtual CPU of \5";
    }
    if (kind == CAPDL_KIND_CNODE) {
        return looks ? ": \5 gets at the capabilities of \16" : ": \16 can change the capabilities of \5";
    }
    if (kind == CAPDL_KIND_SC) {
        return ": \16 can take away the processor time of \5";
    }
    return looks ? ": \5 can map pages of its own where \16 writes" : ": \16 can change what memory \5 finds";
}

static const char *carrier_text(const struct flows *f, uint32_t cause, enum carrier carrier)
{
    const struct raw_finding *raw = cause == REVIEW_NONE ? NULL : &f->review->raw[cause];
    enum capdl_kind kind =
        raw && raw->object != FINDING_NO_OBJECT ? capdl_review_kind(f->review, raw->object) : CAPDL_KIND_FRAME;
    bool faults = raw && raw->field && strstr(raw->field, "fault_ep");
    switch (carrier) {
    case BY_MESSAGE:
        return faults ? ", in reports of faults, which hold registers" : ", in messages";
    case BY_SIGNAL:
        return ", by signals: which and when, no other data";
    case BY_MEMORY:
        return ", by memory";
    case BY_ANSWER:
        return faults ? ", in answers to faults, which can set registers" : ", in answers to calls";
    case BY_CONTROL:
        return control_text(kind, false);
    case BY_VIEW:
        return control_text(kind, true);
    case CARRIERS:
        break;
    }
    return "";
}

/* Direct flows: one finding for each set of receivers that senders have in common is one for each sender here; those
 * that say the same become one later. */
static void judge_direct(struct flows *f, uint32_t cause, const struct nodes *senders, const struct nodes *receivers)
{
    bool *is_receiver = capdl_spec_realloc(NULL, f->new.num_nodes + (size_t)1);
    memset(is_receiver, 0, f->new.num_nodes + (size_t)1);
    for (size_t i = 0; i < receivers->count; i++) {
        is_receiver[receivers->list[i]] = true;
    }
    for (size_t i = 0; i < senders->count && !f->tired; i++) {
        uint32_t sender = senders->list[i];
        struct nodes found[CARRIERS] = {{NULL}}, one = {&sender, 1, 1};
        capdl_flows_search(f, &f->before, &f->old, sender, false, true, REVIEW_NONE);
        capdl_flows_search(f, &f->after, &f->new, sender, false, true, REVIEW_NONE);
        for (uint32_t j = 1; j < f->after.count; j++) {
            uint32_t node = f->after.reached[j];
            if (is_receiver[node] && f->before.from[node] == REVIEW_NONE && node != sender &&
                is_new_pair(f, sender, node)) {
                capdl_flows_add_node(&found[carrier_of(f, node)], node);
            }
        }
        for (unsigned by = 0; by < CARRIERS; by++) {
            if (found[by].count) {
                char *text = capdl_review_format("data can now pass from \16 to \5 directly%s",
                                                 carrier_text(f, cause, (enum carrier)by));
                capdl_flows_unite(&found[by]);
                capdl_flows_tell(f, cause, &one, text, &found[by], NULL)->flows = true;
                free(text);
            }
            free(found[by].list);
        }
    }
    free(is_receiver);
}

/* What opens for a subject through others. */
static void judge_source(struct flows *f, uint32_t cause, uint32_t source, const struct flow_search *beyond)
{
    struct nodes found = {NULL}, one = {&source, 1, 1};
    uint32_t nearest = REVIEW_NONE;
    struct raw_finding *raw;
    capdl_flows_search(f, &f->before, &f->old, source, false, false, REVIEW_NONE);
    capdl_flows_search(f, &f->after, &f->new, source, false, false, REVIEW_NONE);
    for (uint32_t i = 1; i < f->after.count; i++) {
        uint32_t node = f->after.reached[i];
        if (f->before.from[node] == REVIEW_NONE && beyond->from[node] != REVIEW_NONE &&
            capdl_flows_who(f, node) != REVIEW_NONE && is_new_pair(f, source, node)) {
            nearest = nearest == REVIEW_NONE ? node : nearest;
            capdl_flows_add_node(&found, node);
        }
    }
    if (found.count) {
        raw = capdl_flows_tell(f, cause, &one, "data can now pass from \16 to \5 indirectly", &found, NULL);
        raw->flows = true;
        capdl_flows_show_way(f, raw, &f->new, &f->after, nearest);
    }
    free(found.list);
}

/* ---- One edit ---- */

enum { MOST_LINKS = 16 }; /* of one edit, from which is searched what opens through others */

static void judge_ends(struct flows *f, const struct new_link *links, size_t count)
{
    struct nodes senders = find_ends(f, links, count, true), receivers = find_ends(f, links, count, false);
    judge_direct(f, links[0].cause, &senders, &receivers);
    free(senders.list);
    free(receivers.list);
}

static void judge_links(struct flows *f, const struct new_link *links, size_t count)
{
    struct nodes senders = find_ends(f, links, count, true), receivers = find_ends(f, links, count, false);
    struct nodes sources = {NULL};
    struct flow_search beyond;
    uint32_t cause = links[0].cause;
    capdl_flows_judge_mediators(f, cause, &senders, &receivers);
    capdl_review_search_init(&beyond, f->new.num_nodes);
    for (size_t i = 0; i < count && i < MOST_LINKS && !f->tired; i++) {
        sources.count = 0;
        capdl_flows_search(f, &beyond, &f->new, links[i].link.to, false, false, REVIEW_NONE);
        capdl_flows_search(f, &f->other, &f->old, links[i].link.from, false, false, REVIEW_NONE);
        if (f->other.from[links[i].link.to] != REVIEW_NONE) {
            continue; /* what flows there could flow before */
        }
        capdl_flows_search(f, &f->other, &f->new, links[i].link.from, true, false, REVIEW_NONE);
        for (uint32_t j = 0; j < f->other.count; j++) {
            if (capdl_flows_who(f, f->other.reached[j]) != REVIEW_NONE) {
                capdl_flows_add_node(&sources, f->other.reached[j]);
            }
        }
        for (size_t j = 0; j < sources.count && !f->tired; j++) {
            judge_source(f, cause, sources.list[j], &beyond);
        }
    }
    capdl_review_search_free(&beyond);
    free(senders.list);
    free(receivers.list);
    free(sources.list);
}

/* How many links have the cause of the first. */
static size_t count_links(const struct new_link *links, size_t count)
{
    size_t num = 1;
    while (num < count && links[num].cause == links[0].cause) {
        num++;
    }
    return num;
}

/* All that passes directly is told before what passes through others: one edit can make links of several causes. */
void capdl_review_judge_flows(struct review *review)
{
    struct flows f = {.review = review};
    struct causes causes = find_causes(review);
    struct new_link *links;
    size_t count, first = review->num_raw;
    bool all = true;
    capdl_review_flow_graph(&f.old, review, &review->old, false);
    capdl_review_flow_graph(&f.new, review, &review->new, false);
    capdl_review_flow_graph(&f.old_data, review, &review->old, true);
    capdl_review_flow_graph(&f.new_data, review, &review->new, true);
    capdl_review_search_init(&f.before, f.new.num_nodes);
    capdl_review_search_init(&f.after, f.new.num_nodes);
    capdl_review_search_init(&f.other, f.new.num_nodes);
    links = find_new_links(&f, &causes, &count);
    for (size_t i = 0; i < count; i += count_links(links + i, count - i)) {
        judge_ends(&f, links + i, count_links(links + i, count - i));
    }
    for (size_t i = 0, num; i < count; i += num) {
        num = count_links(links + i, count - i);
        judge_links(&f, links + i, num);
        all &= num <= MOST_LINKS;
    }
    capdl_flows_judge_far(&f, links, count);
    review->same_flows = all && !f.tired && review->num_raw == first;
    if (f.tired) {
        capdl_review_add(review, CAPDL_RANK_FLOW, CAPDL_GAINED, FINDING_NO_OBJECT,
                         "there may be more flows than are listed here: the search reached its limit");
    }
    free(links);
    free(causes.list);
    free(f.told);
    free(f.mediators);
    capdl_review_search_free(&f.before);
    capdl_review_search_free(&f.after);
    capdl_review_search_free(&f.other);
    capdl_review_flow_graph_free(&f.old);
    capdl_review_flow_graph_free(&f.new);
    capdl_review_flow_graph_free(&f.old_data);
    capdl_review_flow_graph_free(&f.new_data);
}
