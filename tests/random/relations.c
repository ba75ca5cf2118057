/* SPDX-License-Identifier: BSD-2-Clause */
/* Random relations between capabilities: children of originals and of badges, capabilities that map a page, chains of
 * CNodes. */
#include <string.h>

#include "generate.h"

/* A free slot of a CNode; false: taken. */
static bool take_any(struct generator *g, const struct thing *cnode, uint64_t *slot)
{
    *slot = rng_below(&g->r, UINT64_C(1) << cnode->bits);
    return slot_take(g, cnode, *slot);
}

static bool is_signal(const struct thing *t)
{
    return t->kind == THING_ENDPOINT || t->kind == THING_NOTIFICATION;
}

/* A capability and where it is. */
struct given {
    const struct thing *cnode;
    uint64_t slot;
    unsigned badge;
};

static void add_child(struct generator *g, const struct thing *what, struct given parent, const char *parameters,
                      struct given *child)
{
    child->cnode = thing_any(g, THING_CNODE);
    if (!take_any(g, child->cnode, &child->slot)) {
        child->cnode = NULL;
        return;
    }
    line_add(g, SECTION_CAPS, "%s { %llu: %s%s - child_of (%s, %llu) }", child->cnode->name,
             (unsigned long long)child->slot, what->name, parameters, parent.cnode->name,
             (unsigned long long)parent.slot);
}

/* A copy with a badge or without; and a copy of that, which is a child of it if there is a badge. */
static void add_signal_children(struct generator *g, const struct thing *what, struct given parent)
{
    char parameters[80];
    struct given child, grandchild;
    unsigned badge = (unsigned)rng_below(&g->r, 3) * 77;
    if (badge) {
        snprintf(parameters, sizeof(parameters), " (RWGP, badge: %u)", badge);
    } else {
        snprintf(parameters, sizeof(parameters), " (%s)", pick_rights(g));
    }
    add_child(g, what, parent, parameters, &child);
    if (child.cnode && badge && rng_chance(&g->r, 2)) {
        snprintf(parameters, sizeof(parameters), " (%s, badge: %u)", pick_rights(g), badge);
        add_child(g, what, child, parameters, &grandchild);
    }
}

/* An object whose original goes to a CNode, with copies for others. */
static void add_family(struct generator *g)
{
    static const enum thing_kind kinds[] = {THING_ENDPOINT, THING_NOTIFICATION, THING_TCB,   THING_CNODE,
                                            THING_FRAME,    THING_SC,           THING_REPLY, THING_VCPU};
    struct thing *what = thing_any(g, kinds[rng_below(&g->r, sizeof(kinds) / sizeof(kinds[0]))]);
    struct given parent = {.cnode = thing_any(g, THING_CNODE)}, child;
    if (!what || what->original || (what->kind == THING_FRAME && what->used) ||
        !take_any(g, parent.cnode, &parent.slot)) {
        return;
    }
    what->original = true;
    const char *all = is_signal(what) ? " (RWGP)" : what->kind == THING_FRAME ? " (RW)" : "";
    line_add(g, SECTION_CAPS, "%s { %llu: %s%s }", parent.cnode->name, (unsigned long long)parent.slot, what->name,
             all);
    for (uint64_t i = rng_between(&g->r, 1, 3); i > 0; i--) {
        if (is_signal(what)) {
            add_signal_children(g, what, parent);
        } else {
            add_child(g, what, parent, what->kind == THING_FRAME ? " (R)" : "", &child);
        }
    }
}

/* The capability by which a frame is mapped, in a CNode. */
static void add_mapping(struct generator *g)
{
    struct thing *frame = thing_any(g, THING_FRAME);
    const struct thing *cnode = thing_any(g, THING_CNODE);
    uint64_t slot;
    if (!frame || !frame->mapped || frame->original || frame->used || !take_any(g, cnode, &slot)) {
        return;
    }
    frame->used = true; /* a mapping is named once */
    bool writes = frame->table_rights & 1;
    line_add(g, SECTION_CAPS, "%s { %llu: %s (%s, mapping: (%s, %llu)) }", cnode->name, (unsigned long long)slot,
             frame->name, writes || rng_chance(&g->r, 2) ? "RW" : "R", frame->table,
             (unsigned long long)frame->table_slot);
}

/* CNodes in CNodes, as deep as 64 bits of address go. */
static void add_chain(struct generator *g)
{
    const struct thing *above = thing_any(g, THING_CNODE);
    unsigned left = 64 - above->bits;
    for (uint64_t i = rng_between(&g->r, 2, 6); i > 0; i--) {
        struct thing *next = thing_any(g, THING_CNODE);
        uint64_t slot;
        if (next->original || next->bits > left || !take_any(g, above, &slot)) {
            return;
        }
        unsigned guard = (unsigned)rng_below(&g->r, (left - next->bits) / 4 + 1);
        line_add(g, SECTION_CAPS, "%s { %llu: %s (guard: %u, guard_size: %u) }", above->name, (unsigned long long)slot,
                 next->name, guard ? (unsigned)rng_below(&g->r, 2) : 0, guard);
        left -= next->bits + guard;
        above = next;
    }
}

void relations_generate(struct generator *g)
{
    while (rng_chance(&g->r, 2)) {
        add_mapping(g);
    }
    while (rng_chance(&g->r, 3)) {
        add_family(g);
    }
    if (rng_chance(&g->r, 6)) {
        add_chain(g);
    }
}
