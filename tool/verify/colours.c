/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Matching without names. Every object gets a colour from what it is (kind, size, registers, contents), then, in
 * rounds, a new one from its own and those of its neighbours, with the slots between them. After a few rounds
 * objects of the spec and nodes of the kernel with the same colour are the same thing, or cannot be told apart. If
 * the two differ, the rest is paired by the colours of earlier rounds, so that a difference is reported where it is
 * and not everywhere around it.
 */
#include <stdlib.h>

#include "verify/pairs.h"

/* Stands for the slot number where one of the two is in the other, an untyped. */
#define COVERED UINT64_MAX

struct colours {
    struct verify *v;
    const uint32_t *within; /* of nodes: the innermost untyped of the spec that it is in, or NO_NODE */
    uint64_t *now, *next;
    size_t count;
    uint64_t self; /* the current container */
};

static uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t x = (a ^ b * UINT64_C(0x9e3779b97f4a7c15)) + UINT64_C(0x632be59bd9b4e019);
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return x ^ x >> 31;
}

static void edge(struct colours *c, uint64_t slot, uint64_t to)
{
    c->next[c->self] += mix(mix(slot, 1), c->now[to]);
    c->next[to] += mix(mix(slot, 2), c->now[c->self]);
}

static void see_edge(void *context, uint64_t slot, uint32_t node)
{
    if (node != NO_NODE) {
        edge(context, slot, node);
    }
}

static bool sized(const struct verify *v, enum cap_type type)
{
    return type == CAP_FRAME || type == CAP_UNTYPED || type == CAP_CNODE ||
           (type == CAP_SCHED_CONTEXT && v->sizes_of_sc);
}

/* Whether the spec gives the size of every scheduling context. */
static bool sizes_given(const struct verify *v)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (capdl_object_kind(v->spec, i) == CAPDL_KIND_SC &&
            !(capdl_object_flags(v->spec, i) & CAPDL_OBJECT_HAS_SIZE)) {
            return false;
        }
    }
    return true;
}

/* What is matched already has a colour of its own. */
static uint64_t matched_colour(uint32_t object)
{
    return mix(object, 77);
}

static uint64_t spec_colour(struct verify *v, uint32_t i)
{
    enum cap_type type = kind_cap_type(v, capdl_object_kind(v->spec, i));
    if (v->match[i] != NO_NODE) {
        return matched_colour(i);
    }
    uint64_t colour = mix(type, sized(v, type) ? capdl_object_size_bits(v->spec, i) : 0);
    if (capdl_object_kind(v->spec, i) == CAPDL_KIND_TCB) {
        const struct capdl_tcb *tcb = capdl_tcb_values(v->spec, i);
        colour = mix(mix(mix(colour, tcb->ip), stack_pointer_of(v, tcb)), tcb->addr);
    } else if (capdl_object_kind(v->spec, i) == CAPDL_KIND_FRAME) {
        colour = mix(colour, contents_expected_hash(v, i));
    }
    return colour;
}

static uint64_t node_colour(struct verify *v, uint32_t i)
{
    const struct node *n = &v->nodes[i];
    if (n->match != CAPDL_NO_OBJECT) {
        return matched_colour(n->match);
    }
    uint64_t colour = mix(n->type, sized(v, n->type) ? n->bits : 0);
    if (n->type == CAP_THREAD) {
        const struct tcb *t = n->object;
        const struct registers *r = v->kernel->registers;
        colour = mix(mix(mix(colour, t->regs[r->fault_ip]), t->regs[r->sp]), t->ipc_buffer);
    } else if (n->type == CAP_FRAME && n->flags & NODE_CANDIDATE) {
        colour = mix(colour, contents_actual_hash(v, i));
    }
    return colour;
}

static void spec_edges(struct colours *c)
{
    const struct capdl_spec *spec = c->v->spec;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, i);
        bool pool = capdl_object_kind(spec, i) == CAPDL_KIND_ASID_POOL;
        if (capdl_object_parent(spec, i) != CAPDL_NO_OBJECT) {
            c->self = capdl_object_parent(spec, i);
            edge(c, COVERED, i);
        }
        c->self = i;
        for (uint32_t k = 0; kind_has_node(capdl_object_kind(spec, i)) && k < caps.count; k++) {
            if (caps.list[k].object != CAPDL_NO_OBJECT && kind_has_node(capdl_object_kind(spec, caps.list[k].object))) {
                edge(c, pool ? k : caps.list[k].slot, caps.list[k].object);
            }
        }
    }
}

static void node_edges(struct colours *c)
{
    for (uint32_t i = 0; i < c->count; i++) {
        if (c->v->nodes[i].flags & NODE_CANDIDATE) {
            if (c->within[i] != NO_NODE) {
                c->self = c->within[i];
                edge(c, COVERED, i);
            }
            c->self = i;
            state_each(c->v, i, see_edge, c);
        }
    }
}

static void turn(struct colours *c, void (*edges)(struct colours *))
{
    for (size_t i = 0; i < c->count; i++) {
        c->next[i] = mix(c->now[i], 3);
    }
    edges(c);
    uint64_t *old = c->now;
    c->now = c->next;
    c->next = old;
}

static void colours_init(struct colours *c, struct verify *v, size_t count)
{
    *c = (struct colours){.v = v,
                          .now = memory_zeroed(count, sizeof(*c->now)),
                          .next = memory_zeroed(count, sizeof(*c->next)),
                          .count = count};
}

struct entry {
    uint64_t colour;
    uint32_t index;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;
    if (x->colour != y->colour) {
        return x->colour < y->colour ? -1 : 1;
    }
    return x->index < y->index ? -1 : x->index > y->index;
}

static size_t free_objects(const struct verify *v, const struct colours *c, struct entry *list)
{
    size_t count = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        if (v->match[i] == NO_NODE && kind_has_node(capdl_object_kind(v->spec, i))) {
            list[count++] = (struct entry){c->now[i], i};
        }
    }
    qsort(list, count, sizeof(*list), compare_entries);
    return count;
}

static size_t free_nodes(const struct verify *v, const struct colours *c, struct entry *list)
{
    size_t count = 0;
    for (uint32_t i = 0; i < c->count; i++) {
        if (v->nodes[i].match == CAPDL_NO_OBJECT && v->nodes[i].flags & NODE_CANDIDATE &&
            !(v->nodes[i].flags & NODE_OWN)) {
            list[count++] = (struct entry){c->now[i], i};
        }
    }
    qsort(list, count, sizeof(*list), compare_entries);
    return count;
}

static size_t class_end(const struct entry *list, size_t count, size_t start)
{
    size_t end = start;
    while (end < count && list[end].colour == list[start].colour) {
        end++;
    }
    return end;
}

/* Pairs those of one colour in their order; follows what each pair implies before the next. */
static void pair_class(struct verify *v, const struct entry *a, size_t num_a, const struct entry *b, size_t num_b)
{
    size_t k = 0;
    for (size_t i = 0; i < num_a; i++) {
        while (k < num_b && v->nodes[b[k].index].match != CAPDL_NO_OBJECT) {
            k++;
        }
        if (k < num_b && match_pair(v, a[i].index, b[k].index)) {
            match_follow(v);
        }
    }
}

enum pairing { UNIQUE_ONES, ALL };

static void pair_colours(struct verify *v, const struct colours *spec, const struct colours *nodes,
                         enum pairing pairing)
{
    struct entry *a = memory_zeroed(spec->count, sizeof(*a)), *b = memory_zeroed(nodes->count, sizeof(*b));
    size_t num_a = free_objects(v, spec, a), num_b = free_nodes(v, nodes, b);
    for (size_t i = 0, k = 0; i < num_a && k < num_b;) {
        size_t end_a = class_end(a, num_a, i), end_b = class_end(b, num_b, k);
        if (a[i].colour < b[k].colour) {
            i = end_a;
        } else if (a[i].colour > b[k].colour) {
            k = end_b;
        } else {
            if (pairing == ALL || (end_a - i == 1 && end_b - k == 1)) {
                pair_class(v, a + i, end_a - i, b + k, end_b - k);
            }
            i = end_a;
            k = end_b;
        }
    }
    free(a);
    free(b);
}

/* What a candidate holds may be an object of the spec that was moved there. */
static void see_candidate(void *context, uint64_t slot, uint32_t node)
{
    struct verify *v = context;
    (void)slot;
    if (node != NO_NODE && !(v->nodes[node].flags & NODE_OWN)) {
        v->nodes[node].flags |= NODE_CANDIDATE;
    }
}

static void widen_candidates(struct verify *v)
{
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < v->num_nodes; i++) {
            if ((v->nodes[i].flags & (NODE_CANDIDATE | NODE_SCANNED | NODE_OWN)) == NODE_CANDIDATE) {
                v->nodes[i].flags |= NODE_SCANNED;
                state_each(v, i, see_candidate, v);
                more = true;
            }
        }
    }
}

static bool is_made_of(const struct verify *v, const struct node *child, const struct node *parent)
{
    const struct slot *slot = parent->untyped ? parent->untyped->next : NULL;
    for (; slot && slot_is_parent(v->kernel, parent->untyped, slot); slot = slot->next) {
        if (slot == child->untyped) {
            return true;
        }
    }
    return false;
}

/* By address; of equal addresses the larger first; of equal untypeds the one of which the other was made. */
static int compare_positions(const void *a, const void *b, void *context)
{
    const struct verify *v = context;
    const struct node *x = &v->nodes[*(const uint32_t *)a], *y = &v->nodes[*(const uint32_t *)b];
    if (x->paddr != y->paddr) {
        return x->paddr < y->paddr ? -1 : 1;
    }
    int bits_x = x->type == CAP_UNTYPED ? x->bits : 0, bits_y = y->type == CAP_UNTYPED ? y->bits : 0;
    if (bits_x == bits_y && bits_x && x != y) {
        return is_made_of(v, y, x) ? -1 : 1;
    }
    return bits_x != bits_y ? bits_y - bits_x : x < y ? -1 : x > y;
}

/* Finds for each node the innermost untyped of the spec that it is in. Padding is an untyped, too, but nothing is
 * in it. */
static uint32_t *find_within(struct verify *v)
{
    uint32_t *within = memory_zeroed(v->num_nodes, sizeof(*within)),
             *sorted = memory_zeroed(v->num_nodes, sizeof(*sorted));
    uint32_t open = NO_NODE, count = 0;
    for (uint32_t i = 0; i < v->num_nodes; i++) {
        within[i] = NO_NODE;
        if (v->nodes[i].flags & NODE_CANDIDATE) {
            sorted[count++] = i;
        }
    }
    qsort_r(sorted, count, sizeof(*sorted), compare_positions, v);
    for (uint32_t i = 0; i < count; i++) {
        const struct node *n = &v->nodes[sorted[i]];
        while (open != NO_NODE && (n->paddr - v->nodes[open].paddr) >> v->nodes[open].bits) {
            open = within[open];
        }
        within[sorted[i]] = open;
        if (n->type == CAP_UNTYPED) {
            open = sorted[i];
        }
    }
    free(sorted);
    return within;
}

/* Not if two are there, one in the other. */
static uint32_t untyped_node(const struct verify *v, uint64_t paddr, unsigned bits)
{
    uint32_t found = NO_NODE;
    for (uint32_t i = 0; i < v->num_nodes; i++) {
        const struct node *n = &v->nodes[i];
        if (n->type == CAP_UNTYPED && n->paddr == paddr && n->bits == bits && n->flags & NODE_CANDIDATE) {
            if (found != NO_NODE) {
                return NO_NODE;
            }
            found = i;
        }
    }
    return found;
}

static void match_untypeds(struct verify *v)
{
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        if (capdl_object_kind(v->spec, i) == CAPDL_KIND_UT && capdl_object_flags(v->spec, i) & CAPDL_OBJECT_HAS_PADDR) {
            match_pair(v, i, untyped_node(v, capdl_object_paddr(v->spec, i), capdl_object_size_bits(v->spec, i)));
        }
    }
    match_follow(v);
}

void match_by_colour(struct verify *v)
{
    static const struct {
        unsigned rounds;
        enum pairing pairing;
    } steps[] = {{8, UNIQUE_ONES}, {8, ALL}, {3, UNIQUE_ONES}, {1, UNIQUE_ONES}, {1, ALL}, {0, ALL}};
    v->sizes_of_sc = sizes_given(v);
    widen_candidates(v);
    match_untypeds(v);
    uint32_t *within = find_within(v);
    for (size_t s = 0; s < sizeof(steps) / sizeof(steps[0]); s++) {
        struct colours spec, nodes;
        colours_init(&spec, v, v->spec->num_objects);
        colours_init(&nodes, v, v->num_nodes);
        nodes.within = within;
        for (uint32_t i = 0; i < spec.count; i++) {
            spec.now[i] = spec_colour(v, i);
        }
        for (uint32_t i = 0; i < nodes.count; i++) {
            nodes.now[i] = node_colour(v, i);
        }
        for (unsigned round = 0; round < steps[s].rounds; round++) {
            turn(&spec, spec_edges);
            turn(&nodes, node_edges);
        }
        pair_colours(v, &spec, &nodes, steps[s].pairing);
        free(spec.now);
        free(spec.next);
        free(nodes.now);
        free(nodes.next);
    }
    free(within);
}
