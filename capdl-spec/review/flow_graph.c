/* SPDX-License-Identifier: BSD-2-Clause */
/* Who can tell whom something, at once: the edges from which flows.c finds the ways through others. */
#include "flow_graph.h"

#include <stdlib.h>
#include <string.h>

#include "others.h"
#include "parties.h"
#include "uses.h"
#include "words.h"

/* Nodes: subjects; then of each object of the comparison what is sent into it, what is answered, and its slots as a
 * container, for sending and for receiving. Of a frame with others in it, or in another: what is seen of it in windows
 * around it, and in frames that lie in it. */
enum node {
    NODE_DATA,
    NODE_ANSWER,
    NODE_SEND,
    NODE_RECEIVE,
    NODES_OF_OBJECT,
    NODE_OUTWARD = NODE_DATA,
    NODE_INWARD = NODE_ANSWER
};

static uint32_t num_objects(const struct review *review)
{
    return review->new.spec->num_objects + review->old.spec->num_objects;
}

static uint32_t node_of(const struct flow_graph *graph, uint32_t object, enum node node)
{
    return graph->num_subjects + object * NODES_OF_OBJECT + node;
}

uint32_t capdl_review_flow_object(const struct flow_graph *graph, uint32_t node)
{
    return node < graph->num_subjects ? REVIEW_NONE : (node - graph->num_subjects) / NODES_OF_OBJECT;
}

uint32_t capdl_review_flow_who(const struct flow_graph *graph, const struct review *review, uint32_t node)
{
    uint32_t object = capdl_review_flow_object(graph, node);
    if (object == REVIEW_NONE) {
        return node;
    }
    return (node - graph->num_subjects) % NODES_OF_OBJECT == NODE_DATA &&
                   capdl_kind_class(capdl_review_kind(review, object)) == CAPDL_CLASS_DEVICE
               ? USE_DEVICE | object
               : REVIEW_NONE;
}

enum flow_means capdl_review_flow_means(const struct flow_graph *graph, const struct review *review,
                                        const struct flow_search *search, uint32_t to, uint32_t *through)
{
    enum flow_means means = FLOW_SEEN;
    uint32_t node = search->from[to];
    for (*through = REVIEW_NONE;
         capdl_review_flow_who(graph, review, node) == REVIEW_NONE && search->from[node] != node;
         node = search->from[node]) {
        uint32_t object = capdl_review_flow_object(graph, node);
        enum node part = (enum node)((node - graph->num_subjects) % NODES_OF_OBJECT);
        if (part == NODE_DATA || part == NODE_ANSWER) {
            *through = object;
            return part == NODE_ANSWER && capdl_review_kind(review, object) == CAPDL_KIND_EP ? FLOW_ANSWERED
                                                                                             : FLOW_SENT;
        }
        means = part == NODE_SEND ? FLOW_CONTROLLED : FLOW_SEEN;
    }
    return means;
}

static void link_add(struct flow_graph *graph, uint32_t from, uint32_t to)
{
    graph->links = capdl_spec_grow(graph->links, &graph->capacity, graph->count + 1, sizeof(*graph->links));
    graph->links[graph->count++] = (struct flow_link){from, to};
}

static uint32_t user_node(const struct flow_graph *graph, uint32_t who)
{
    return who & USE_DEVICE ? node_of(graph, who & ~USE_DEVICE, NODE_DATA) : who;
}

/* What one sends into and receives from by a capability; `send` and `receive` are the nodes of who has it. */
static void link_channel(struct flow_graph *graph, uint32_t object, const struct capdl_cap *cap, uint32_t send,
                         uint32_t receive, bool answers)
{
    uint32_t data = node_of(graph, object, NODE_DATA), answer = node_of(graph, object, NODE_ANSWER);
    bool endpoint = cap->kind == CAPDL_KIND_EP;
    if (cap->rights & CAPDL_RIGHT_WRITE) {
        link_add(graph, send, data);
    }
    if (cap->rights & CAPDL_RIGHT_READ) {
        link_add(graph, data, receive);
    }
    if (capdl_cap_can_call(cap)) {
        link_add(graph, answer, receive);
    }
    if (endpoint && cap->rights & CAPDL_RIGHT_READ && answers) {
        link_add(graph, send, answer);
    }
}

/* What is written to a frame is read in it, in windows around it and in what lies in it, not in what lies beside it. */
static void link_memory(struct flow_graph *graph, const struct memory *memory, uint32_t object,
                        const struct capdl_cap *cap, uint32_t send, uint32_t receive)
{
    uint32_t frame = memory->first[object], nodes = memory->fixed[frame] ? 2 : 1;
    for (uint32_t i = 0; i < nodes; i++) {
        uint32_t node = node_of(graph, frame, i ? NODE_INWARD : NODE_OUTWARD);
        if (cap->rights & CAPDL_RIGHT_WRITE) {
            link_add(graph, send, node);
        }
        if (cap->rights & (CAPDL_RIGHT_READ | CAPDL_RIGHT_EXECUTE)) {
            link_add(graph, node, receive);
        }
    }
}

static void link_windows(struct flow_graph *graph, const struct memory *memory)
{
    for (size_t i = 0; i < memory->num_placed; i++) {
        uint32_t frame = memory->placed[i], window = memory->window[frame];
        if (window != REVIEW_NONE) {
            link_add(graph, node_of(graph, frame, NODE_OUTWARD), node_of(graph, window, NODE_OUTWARD));
            link_add(graph, node_of(graph, window, NODE_INWARD), node_of(graph, frame, NODE_INWARD));
        }
    }
}

/* Whether control of an object lets data come from whose it is: by registers, by its capabilities, or because it writes
 * where the controller mapped pages of its own. */
static bool shows(const struct world *world, const struct capdl_cap *cap)
{
    return cap->kind == CAPDL_KIND_TCB || cap->kind == CAPDL_KIND_VCPU || cap->kind == CAPDL_KIND_CNODE ||
           (capdl_kind_is_table(cap->kind) && capdl_review_is_root(world, cap->object));
}

/* Control of an object is control of whose it is. */
static void link_control(struct flow_graph *graph, const struct world *world, const struct capdl_cap *cap,
                         uint32_t send, uint32_t receive)
{
    uint32_t owner = cap->kind == CAPDL_KIND_VCPU ? capdl_review_guest_of(world, cap->object)
                                                  : capdl_review_owner(world, cap->object);
    if (owner != REVIEW_NONE) {
        link_add(graph, send, owner);
        if (shows(world, cap)) {
            link_add(graph, owner, receive);
        }
    } else if (capdl_kind_class(cap->kind) == CAPDL_CLASS_DEVICE) {
        link_add(graph, send, node_of(graph, world->object_number[cap->object], NODE_DATA));
    }
}

enum { HANDLERS = 3 };

static void find_handlers(const struct world *world, uint32_t tcb, const struct capdl_cap *handlers[HANDLERS])
{
    handlers[0] = capdl_spec_cap_at(world->spec, tcb, CAPDL_TCB_SLOT_FAULT_EP);
    handlers[1] = capdl_spec_cap_at(world->spec, tcb, CAPDL_TCB_SLOT_TEMP_FAULT_EP);
    handlers[2] = capdl_review_fault_handler(world, tcb, NULL);
}

/* Endpoints to which faults go. */
static bool *find_fault_endpoints(const struct world *world)
{
    bool *found = capdl_spec_realloc(NULL, world->spec->num_objects + (size_t)1);
    memset(found, 0, world->spec->num_objects + (size_t)1);
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        const struct capdl_cap *handlers[HANDLERS];
        if (capdl_object_kind(world->spec, i) != CAPDL_KIND_TCB) {
            continue;
        }
        find_handlers(world, i, handlers);
        for (unsigned j = 0; j < HANDLERS; j++) {
            if (handlers[j] && capdl_cap_can_call(handlers[j])) {
                found[handlers[j]->object] = true;
            }
        }
    }
    return found;
}

/* Whether any user of a container can answer calls. */
static bool can_answer(const struct world *world, uint32_t container, const bool *answerers)
{
    for (size_t i = world->first_use[container]; i < world->first_use[container + 1]; i++) {
        const struct use *use = &world->uses[i];
        if (!(use->who & USE_DEVICE) && answerers[use->who]) {
            return true;
        }
    }
    return false;
}

/* left_out: endpoints that do not count, nor does control; NULL: all count. */
static void link_container(struct flow_graph *graph, const struct review *review, const struct world *world,
                           uint32_t container, const bool *left_out, const bool *answerers)
{
    const struct memory *memory = world == &review->new ? &review->new_memory : &review->old_memory;
    struct capdl_caps caps = capdl_object_caps(world->spec, container);
    bool cnode = capdl_object_kind(world->spec, container) == CAPDL_KIND_CNODE;
    bool answers = can_answer(world, container, answerers);
    uint32_t send = node_of(graph, world->object_number[container], NODE_SEND);
    uint32_t receive = node_of(graph, world->object_number[container], NODE_RECEIVE);
    for (size_t i = world->first_use[container]; i < world->first_use[container + 1]; i++) {
        uint32_t user = user_node(graph, capdl_review_who(world, &world->uses[i]));
        link_add(graph, user, send);
        link_add(graph, receive, user);
    }
    for (uint32_t i = 0; world->first_use[container] < world->first_use[container + 1] && i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        if (cap->object == CAPDL_NO_OBJECT || (left_out && left_out[cap->object])) {
            continue;
        }
        if (cap->kind == CAPDL_KIND_FRAME) {
            link_memory(graph, memory, world->object_number[cap->object], cap, send, receive);
        } else if (cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) {
            link_channel(graph, world->object_number[cap->object], cap, send, receive, answers);
        } else if (cnode && !left_out) {
            link_control(graph, world, cap, send, receive);
        }
    }
}

/* A thread's faults go to an endpoint, its bound notification wakes it, threads in one address space share all. */
static void link_thread(struct flow_graph *graph, const struct world *world, uint32_t tcb, bool faults)
{
    uint32_t owner = capdl_review_owner(world, tcb);
    const struct capdl_cap *bound = capdl_spec_cap_at(world->spec, tcb, CAPDL_TCB_SLOT_BOUND_NOTIFICATION);
    const struct capdl_cap *handlers[HANDLERS];
    if (owner == REVIEW_NONE) {
        return;
    }
    find_handlers(world, tcb, handlers);
    for (unsigned i = 0; faults && i < HANDLERS; i++) {
        if (handlers[i] && capdl_cap_can_call(handlers[i])) {
            uint32_t endpoint = world->object_number[handlers[i]->object];
            link_add(graph, owner, node_of(graph, endpoint, NODE_DATA));
            link_add(graph, node_of(graph, endpoint, NODE_ANSWER), owner);
        }
    }
    if (bound && bound->object != CAPDL_NO_OBJECT) {
        link_add(graph, node_of(graph, world->object_number[bound->object], NODE_DATA), owner);
    }
}

static int link_compare(const void *left, const void *right)
{
    const struct flow_link *a = left, *b = right;
    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return a->to < b->to ? -1 : a->to > b->to;
}

static size_t *starts(const struct flow_link *links, size_t count, uint32_t nodes)
{
    size_t *first = capdl_spec_realloc(NULL, (nodes + (size_t)2) * sizeof(*first)), at = 0;
    for (uint32_t i = 0; i <= nodes; i++) {
        while (at < count && links[at].from < i) {
            at++;
        }
        first[i] = at;
    }
    return first;
}

static void sort_links(struct flow_graph *graph)
{
    size_t kept = 0;
    if (graph->count) {
        qsort(graph->links, graph->count, sizeof(*graph->links), link_compare);
    }
    for (size_t i = 0; i < graph->count; i++) {
        if (!kept || link_compare(&graph->links[kept - 1], &graph->links[i]) != 0) {
            graph->links[kept++] = graph->links[i];
        }
    }
    graph->count = kept;
    graph->back = capdl_spec_realloc(NULL, (kept + 1) * sizeof(*graph->back));
    for (size_t i = 0; i < kept; i++) {
        graph->back[i] = (struct flow_link){graph->links[i].to, graph->links[i].from};
    }
    qsort(graph->back, kept, sizeof(*graph->back), link_compare);
    graph->first = starts(graph->links, kept, graph->num_nodes);
    graph->first_back = starts(graph->back, kept, graph->num_nodes);
}

/* A thread that is a subject of its own now, and was part of another, had the ways of that. */
static void link_split(struct flow_graph *graph, const struct review *review)
{
    size_t bytes = (graph->num_subjects + (size_t)1) * sizeof(uint32_t), count;
    uint32_t *part = capdl_spec_realloc(NULL, bytes),
             *next = capdl_spec_realloc(NULL, bytes); /* lists by old subject */
    memset(part, 0xff, bytes);
    memset(next, 0xff, bytes);
    for (uint32_t i = 0; i < review->new.num_subjects; i++) {
        uint32_t own = review->new.subject_number[i], was = review->old_of[review->new.subjects[i].tcb];
        uint32_t whole = was == REVIEW_NONE ? REVIEW_NONE : capdl_review_owner(&review->old, was);
        if (whole != REVIEW_NONE && whole != own) {
            next[own] = part[whole];
            part[whole] = own;
            link_add(graph, whole, own);
            link_add(graph, own, whole);
        }
    }
    count = graph->count;
    for (size_t i = 0; i < count; i++) {
        struct flow_link link = graph->links[i];
        for (uint32_t j = link.from < graph->num_subjects ? part[link.from] : REVIEW_NONE; j != REVIEW_NONE;
             j = next[j]) {
            link_add(graph, j, link.to);
        }
        for (uint32_t j = link.to < graph->num_subjects ? part[link.to] : REVIEW_NONE; j != REVIEW_NONE; j = next[j]) {
            link_add(graph, link.from, j);
        }
    }
    free(part);
    free(next);
}

void capdl_review_flow_graph(struct flow_graph *graph, const struct review *review, const struct world *world,
                             bool data)
{
    bool *left_out = data ? find_fault_endpoints(world) : NULL, *answerers = capdl_review_answerers(world);
    *graph = (struct flow_graph){.num_subjects = review->new.num_subjects + review->old.num_subjects};
    graph->num_nodes = graph->num_subjects + num_objects(review) * NODES_OF_OBJECT;
    link_windows(graph, world == &review->new ? &review->new_memory : &review->old_memory);
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        link_container(graph, review, world, i, left_out, answerers);
        if (capdl_object_kind(world->spec, i) == CAPDL_KIND_TCB) {
            link_thread(graph, world, i, !data);
        }
    }
    if (world == &review->old) {
        link_split(graph, review);
    }
    sort_links(graph);
    free(left_out);
    free(answerers);
}

void capdl_review_flow_graph_free(struct flow_graph *graph)
{
    free(graph->links);
    free(graph->back);
    free(graph->first);
    free(graph->first_back);
}

void capdl_review_search_init(struct flow_search *search, uint32_t num_nodes)
{
    size_t size = (num_nodes + (size_t)1) * sizeof(*search->from);
    *search = (struct flow_search){.from = capdl_spec_realloc(NULL, size), .reached = capdl_spec_realloc(NULL, size)};
    memset(search->from, 0xff, size);
}

void capdl_review_search_free(struct flow_search *search)
{
    free(search->from);
    free(search->reached);
}

void capdl_review_search(struct flow_search *search, const struct flow_graph *graph, const struct review *review,
                         uint32_t source, bool back, bool direct, uint32_t without)
{
    const struct flow_link *links = back ? graph->back : graph->links;
    const size_t *first = back ? graph->first_back : graph->first;
    for (uint32_t i = 0; i < search->count; i++) {
        search->from[search->reached[i]] = REVIEW_NONE;
    }
    search->from[source] = source;
    search->reached[0] = source;
    search->count = 1;
    for (uint32_t i = 0; i < search->count; i++) {
        uint32_t node = search->reached[i];
        if (direct && i > 0 && capdl_review_flow_who(graph, review, node) != REVIEW_NONE) {
            continue;
        }
        for (size_t j = first[node]; j < first[node + 1]; j++) {
            uint32_t to = links[j].to;
            if (search->from[to] == REVIEW_NONE && to != without) {
                search->from[to] = node;
                search->reached[search->count++] = to;
            }
        }
    }
}
