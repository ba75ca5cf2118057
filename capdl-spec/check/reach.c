/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which threads can use which objects, now or later. A thread reaches its CSpace and the CNodes to which there are
 * capabilities in what it reaches: it can copy from there. Where threads can hand capabilities to each other or make
 * new objects, they may do anything with what one of them has, so they are taken together as a group.
 */
#include <stdlib.h>

#include "reach.h"

#include "per_object.h"

struct worklist {
    uint32_t *items;
    size_t count, capacity;
};

static bool is_system(const struct checker *c)
{
    const struct capdl_spec *spec = c->spec;
    for (uint32_t i = 0; capdl_check_has_kind(c, CAPDL_KIND_TCB) && i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_TCB && capdl_spec_cap_at(spec, i, CAPDL_TCB_SLOT_CSPACE) &&
            capdl_spec_cap_at(spec, i, CAPDL_TCB_SLOT_VSPACE)) {
            return true;
        }
    }
    return false;
}

/* Notes who reaches an object: none, one, several. Returns whether that changed. */
static bool join(uint32_t *by, uint32_t who)
{
    uint32_t now = !*by || *by == who ? who : CHECK_SEVERAL;
    if (now == *by) {
        return false;
    }
    *by = now;
    return true;
}

static void push(struct worklist *list, uint32_t cnode)
{
    list->items = capdl_spec_grow(list->items, &list->capacity, list->count + 1, sizeof(*list->items));
    list->items[list->count++] = cnode;
}

static void reach_from(struct checker *c, struct worklist *list)
{
    while (list->count) {
        uint32_t cnode = list->items[--list->count];
        struct capdl_caps caps = capdl_object_caps(c->spec, cnode);
        for (uint32_t i = 0; i < caps.count; i++) {
            if (caps.list[i].kind == CAPDL_KIND_CNODE && join(&c->reach.by[caps.list[i].object], c->reach.by[cnode])) {
                push(list, caps.list[i].object);
            }
        }
    }
}

static const struct capdl_cap *cspace_of(const struct checker *c, uint32_t thread)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(c->spec, thread, CAPDL_TCB_SLOT_CSPACE);
    return cap && cap->kind == CAPDL_KIND_CNODE ? cap : NULL;
}

static void find_reached(struct checker *c)
{
    struct worklist list = {NULL};
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        const struct capdl_cap *cspace = capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB ? cspace_of(c, i) : NULL;
        if (cspace && join(&c->reach.by[cspace->object], i + 1)) {
            push(&list, cspace->object);
            reach_from(c, &list);
        }
    }
    free(list.items);
}

uint32_t capdl_check_group(const struct checker *c, uint32_t object)
{
    uint32_t *above = c->reach.above; /* 1 + the object above it in its group, 0: it stands for the group */
    while (above[object]) {
        uint32_t next = above[object] - 1;
        if (above[next]) {
            above[object] = above[next];
        }
        object = next;
    }
    return object;
}

static void unite(struct checker *c, uint32_t a, uint32_t b)
{
    a = capdl_check_group(c, a);
    b = capdl_check_group(c, b);
    if (a != b) {
        c->reach.above[a < b ? b : a] = (a < b ? a : b) + 1;
    }
}

/* Calls visit for each capability to an object in a CNode. */
static void each_held(struct checker *c, void (*visit)(struct checker *, uint32_t cnode, const struct capdl_cap *))
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; capdl_object_kind(c->spec, i) == CAPDL_KIND_CNODE && j < caps.count; j++) {
            if (caps.list[j].object != CAPDL_NO_OBJECT) {
                visit(c, i, &caps.list[j]);
            }
        }
    }
}

static void join_held(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    uint16_t *what = &c->reach.what[cap->object];
    if (cap->kind == CAPDL_KIND_CNODE || cap->kind == CAPDL_KIND_TCB) {
        unite(c, cnode, cap->object);
        *what |= CHECK_HELD;
    } else if (cap->kind == CAPDL_KIND_EP && cap->rights & CAPDL_RIGHT_GRANT) {
        *what |= CHECK_GRANTS;
    }
}

/* Capabilities travel through an endpoint, from senders to receivers and, with replies, back. */
static void join_granting(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    if (cap->kind == CAPDL_KIND_EP && c->reach.what[cap->object] & CHECK_GRANTS) {
        unite(c, cnode, cap->object);
    }
}

static void join_threads(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        const struct capdl_cap *cspace = capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB ? cspace_of(c, i) : NULL;
        if (cspace) {
            unite(c, i, cspace->object);
        }
    }
}

/* What a group has, noted at the object that stands for it. */
static void note_supply(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    uint16_t *group = &c->reach.what[capdl_check_group(c, cnode)];
    if (cap->kind == CAPDL_KIND_UT || cap->kind == CAPDL_KIND_LEFTOVER) {
        *group |= CHECK_GROUP_MAKES;
    } else if (cap->kind == CAPDL_KIND_RTREPLY) {
        *group |= CHECK_GROUP_REPLIES;
    } else if (cap->kind == CAPDL_KIND_TCB) {
        *group |= CHECK_GROUP_CONTROLS;
    } else if ((cap->kind == CAPDL_KIND_EP || cap->kind == CAPDL_KIND_NOTIFICATION) && cap->rights & CAPDL_RIGHT_READ) {
        *group |= CHECK_GROUP_WAITS;
    }
}

static void note_use(struct checker *c, uint32_t cnode, const struct capdl_cap *cap)
{
    uint16_t *what = &c->reach.what[cap->object];
    if (!c->reach.by[cnode] || (cap->kind != CAPDL_KIND_EP && cap->kind != CAPDL_KIND_NOTIFICATION)) {
        return;
    }
    if (cap->rights & CAPDL_RIGHT_READ) {
        *what |= CHECK_RECEIVED;
        if (cap->kind == CAPDL_KIND_EP) {
            join(&c->reach.by[cap->object], c->reach.by[cnode]);
        }
        if (c->reach.what[capdl_check_group(c, cnode)] & (CHECK_GROUP_REPLIES | CHECK_GROUP_MAKES)) {
            *what |= CHECK_ANSWERED;
        }
    }
    if (capdl_cap_can_call(cap)) {
        *what |= CHECK_ASKED;
    }
}

/* A bound notification reaches a thread that waits for anything; the kernel sends faults as one that calls. */
static void note_slot(struct checker *c, uint32_t thread, const struct capdl_cap *cap)
{
    bool handler = cap->slot == CAPDL_TCB_SLOT_FAULT_EP || cap->slot == CAPDL_TCB_SLOT_TEMP_FAULT_EP;
    if (handler && cap->kind == CAPDL_KIND_EP) {
        c->reach.what[cap->object] |= CHECK_ASKED;
    } else if (cap->slot == CAPDL_TCB_SLOT_BOUND_NOTIFICATION && cap->kind == CAPDL_KIND_NOTIFICATION &&
               c->reach.what[capdl_check_group(c, thread)] & (CHECK_GROUP_WAITS | CHECK_GROUP_MAKES)) {
        c->reach.what[cap->object] |= CHECK_RECEIVED;
    }
}

static void note_slots(struct checker *c)
{
    for (uint32_t i = 0; i < c->spec->num_objects; i = capdl_check_next(c, i)) {
        struct capdl_caps caps = capdl_object_caps(c->spec, i);
        for (uint32_t j = 0; capdl_object_kind(c->spec, i) == CAPDL_KIND_TCB && j < caps.count; j++) {
            note_slot(c, i, &caps.list[j]);
        }
    }
}

/* Without a kernel, objects that only MCS kernels have tell. */
static bool is_mcs(const struct capdl_spec *spec)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_SC || capdl_object_kind(spec, i) == CAPDL_KIND_RTREPLY) {
            return true;
        }
    }
    return false;
}

static void find_reach(struct checker *c)
{
    c->reach.known = true;
    c->reach.mcs = is_mcs(c->spec);
    c->reach.by = capdl_check_zeros(c, sizeof(*c->reach.by));
    c->reach.above = capdl_check_zeros(c, sizeof(*c->reach.above));
    c->reach.what = capdl_check_zeros(c, sizeof(*c->reach.what));
    c->reach.said = capdl_check_zeros(c, sizeof(*c->reach.said));
    find_reached(c);
    join_threads(c);
    each_held(c, join_held);
    each_held(c, join_granting);
    each_held(c, note_supply);
    each_held(c, note_use);
    note_slots(c);
}

bool capdl_check_has_reach(struct checker *c)
{
    if (c->diags->num_errors || (!c->reach.known && !is_system(c))) {
        return false;
    }
    if (!c->reach.known) {
        find_reach(c);
    }
    return true;
}

void capdl_check_free_reach(struct checker *c)
{
    if (c->reach.known) {
        capdl_check_zeros_free(c, c->reach.by, sizeof(*c->reach.by));
        capdl_check_zeros_free(c, c->reach.above, sizeof(*c->reach.above));
        capdl_check_zeros_free(c, c->reach.what, sizeof(*c->reach.what));
        capdl_check_zeros_free(c, c->reach.said, sizeof(*c->reach.said));
    }
}
