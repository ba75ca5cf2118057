/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What was derived from what: children of untypeds, the relations in cdt and child_of, and no others, as whoever holds
 * a parent can revoke what was derived from it.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "verify/private.h"

/* Whether an object is in an untyped of the spec, perhaps in one of its descendants. */
static bool is_within(const struct verify *v, uint32_t object, uint32_t untyped)
{
    for (uint32_t left = v->spec->num_objects; object != CAPDL_NO_OBJECT && left > 0; left--) {
        object = capdl_object_parent(v->spec, object);
        if (object == untyped) {
            return true;
        }
    }
    return false;
}

/* Walks everything derived from an untyped of the spec, which must be its children in the spec. Notes their
 * untyped. */
static void see_children(struct verify *v, uint32_t untyped, uint8_t *seen)
{
    const struct slot *parent = v->nodes[v->match[untyped]].untyped;
    for (const struct slot *slot = parent->next; slot && slot_is_parent(v->kernel, parent, slot); slot = slot->next) {
        uint32_t node = state_node(v, slot), child = node == NO_NODE ? CAPDL_NO_OBJECT : v->nodes[node].match;
        char label[LABEL_SIZE];
        if (child == CAPDL_NO_OBJECT) {
            if (slot->cap.type != CAP_UNTYPED) { /* untypeds that nobody gets fill the gaps between children */
                differ(v, untyped, "has %s as a child, which is not in the spec", cap_label(v, slot, label));
            }
        } else if (!is_within(v, child, untyped)) {
            differ(v, untyped, "has %s as a child, which is not in the spec", object_label(v, child, label));
        } else if (capdl_object_parent(v->spec, child) == untyped) {
            seen[child] = true;
        }
    }
}

static void compare_covers(struct verify *v)
{
    const struct capdl_spec *spec = v->spec;
    uint8_t *seen = memory_zeroed(spec->num_objects, 1);
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_UT && v->match[i] != NO_NODE) {
            see_children(v, i, seen);
        }
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        uint32_t parent = capdl_object_parent(spec, i);
        if (parent != CAPDL_NO_OBJECT && v->match[i] != NO_NODE && !seen[i]) {
            char label[LABEL_SIZE];
            differ(v, i, "was not made from %s", object_label(v, parent, label));
        }
    }
    free(seen);
}

static const struct slot *slot_of(const struct verify *v, const struct capdl_slot_ref *ref)
{
    uint32_t node = v->match[ref->container];
    const struct node *n = node == NO_NODE ? NULL : &v->nodes[node];
    if (n && n->type == CAP_CNODE && ref->slot >> n->bits == 0) {
        return &((const struct cnode *)n->object)->slots[ref->slot];
    }
    return n && n->type == CAP_THREAD ? state_tcb_slot(v, n->object, ref->slot) : NULL;
}

static void compare_declared(struct verify *v, const struct capdl_derivation *d)
{
    const struct slot *parent = slot_of(v, &d->parent), *child = slot_of(v, &d->child);
    const struct slot *at = parent ? parent->next : NULL;
    while (at && at != child && slot_is_parent(v->kernel, parent, at)) {
        at = at->next;
    }
    if (!parent || !child || at != child || !slot_is_parent(v->kernel, parent, child)) {
        char label[LABEL_SIZE];
        differ(v, d->child.container,
               "has in slot 0x%" PRIx64 " a capability that is not derived from the one in slot 0x%" PRIx64 " of %s",
               d->child.slot, d->parent.slot, object_label(v, d->parent.container, label));
    }
}

/* A capability in a CNode of the spec. */
struct given {
    const struct slot *slot;
    struct capdl_slot_ref ref;
};

struct given_list {
    struct given *list;
    size_t count;
};

static int compare_given(const void *a, const void *b)
{
    const struct given *x = a, *y = b;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

static struct given_list collect_given(const struct verify *v)
{
    struct given_list all = {NULL};
    size_t capacity = 0;
    for (uint32_t i = 0; i < v->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(v->spec, i);
        for (uint32_t k = 0; capdl_object_kind(v->spec, i) == CAPDL_KIND_CNODE && k < caps.count; k++) {
            struct capdl_slot_ref ref = {i, caps.list[k].slot};
            const struct slot *slot = slot_of(v, &ref);
            if (slot) {
                all.list = memory_grow(all.list, &capacity, all.count + 1, sizeof(*all.list));
                all.list[all.count++] = (struct given){slot, ref};
            }
        }
    }
    if (all.count > 0) {
        qsort(all.list, all.count, sizeof(*all.list), compare_given);
    }
    return all;
}

static bool same_slot(const struct capdl_slot_ref *a, const struct capdl_slot_ref *b)
{
    return a->container == b->container && a->slot == b->slot;
}

static const struct capdl_derivation *derivation_of(const struct verify *v, const struct capdl_slot_ref *child)
{
    for (size_t i = 0; i < v->spec->num_derivations; i++) {
        if (same_slot(&v->spec->derivations[i].child, child)) {
            return &v->spec->derivations[i];
        }
    }
    return NULL;
}

/* Whether the spec says that the child is derived from the parent, perhaps through others. */
static bool is_declared(const struct verify *v, const struct capdl_slot_ref *parent, const struct capdl_slot_ref *child)
{
    const struct capdl_derivation *d = derivation_of(v, child);
    for (size_t left = v->spec->num_derivations; d && left > 0; left--) {
        if (same_slot(&d->parent, parent)) {
            return true;
        }
        d = derivation_of(v, &d->parent);
    }
    return false;
}

static bool is_declared_parent(const struct verify *v, const struct capdl_slot_ref *parent)
{
    for (size_t i = 0; i < v->spec->num_derivations; i++) {
        if (same_slot(&v->spec->derivations[i].parent, parent)) {
            return true;
        }
    }
    return false;
}

/* Untypeds and the control capabilities that the kernel does not copy are parents of what they give out. */
static bool is_parent_by_nature(const struct cap *cap)
{
    return cap->type == CAP_UNTYPED || cap->type == CAP_IRQ_CONTROL || cap->type == CAP_IO_PORT_CONTROL ||
           cap->type == CAP_STREAM_CONTROL || cap->type == CAP_BANK_CONTROL;
}

/* Besides copies in CNodes, derived capabilities may be in a thread or an interrupt, or map a page. */
static bool matters(const struct verify *v, const struct slot *child)
{
    for (const struct tcb *thread = v->kernel->threads; thread; thread = thread->all_next) {
        if (thread != v->kernel->initial && child >= thread->slots && child < thread->slots + TCB_SLOTS) {
            return true;
        }
    }
    bool interrupt = child >= v->kernel->irq_slots && child < v->kernel->irq_slots + MAX_IRQS;
    return interrupt || (child->cap.type == CAP_FRAME && child->cap.asid != 0);
}

static void compare_undeclared(struct verify *v, const struct given_list *all, const struct given *parent)
{
    char label[LABEL_SIZE];
    for (const struct slot *at = parent->slot->next; at && slot_is_parent(v->kernel, parent->slot, at); at = at->next) {
        const struct given key = {.slot = at},
                           *child = bsearch(&key, all->list, all->count, sizeof(key), compare_given);
        if (child && !is_declared(v, &parent->ref, &child->ref)) {
            differ(v, child->ref.container,
                   "has in slot 0x%" PRIx64 " a capability derived from the one in slot 0x%" PRIx64
                   " of %s, which is not in the spec: the holder of that one can revoke it",
                   child->ref.slot, parent->ref.slot, object_label(v, parent->ref.container, label));
        } else if (!child && !is_declared_parent(v, &parent->ref) && matters(v, at)) {
            differ(v, parent->ref.container,
                   "has in slot 0x%" PRIx64
                   " a capability from which %s was derived for another holder, so it can be revoked",
                   parent->ref.slot, cap_label(v, at, label));
        }
    }
}

void compare_derivations(struct verify *v)
{
    compare_covers(v);
    for (size_t i = 0; i < v->spec->num_derivations; i++) {
        compare_declared(v, &v->spec->derivations[i]);
    }
    struct given_list all = collect_given(v);
    for (size_t i = 0; i < all.count; i++) {
        if (!is_parent_by_nature(&all.list[i].slot->cap)) {
            compare_undeclared(v, &all, &all.list[i]);
        }
    }
    free(all.list);
}
