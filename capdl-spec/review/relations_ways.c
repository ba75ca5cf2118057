/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages, signals, faults and control. */
#include "relations_ways.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "relations_havings.h"
#include "relations_list.h"
#include "relations_parties.h"
#include "uses.h"

/* ---- Messages ---- */

static bool signals(const struct having *having)
{
    return capdl_relation_is_subject(having) && having->rights & CAPDL_RIGHT_WRITE;
}

static bool is_answered(const struct having *having)
{
    return having->rights & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY);
}

static bool calls(const struct having *having)
{
    return signals(having) && is_answered(having);
}

static bool sends(const struct having *having)
{
    return signals(having) && !is_answered(having);
}

static bool transfers(const struct having *having)
{
    return signals(having) && having->rights & CAPDL_RIGHT_GRANT;
}

static void send_to_receivers(struct relation_finder *f, enum capdl_relation_kind kind, capdl_relation_fits *fits,
                              uint32_t object)
{
    capdl_relation_choose(&f->from, &f->here, fits);
    capdl_relation_choose(&f->to, &f->here, capdl_relation_receives);
    capdl_relation_add_all(f, kind, object);
}

void capdl_relation_endpoint(struct relation_finder *f, uint32_t object)
{
    send_to_receivers(f, CAPDL_RELATION_CALL, calls, object);
    send_to_receivers(f, CAPDL_RELATION_SEND, sends, object);
    send_to_receivers(f, CAPDL_RELATION_TRANSFER, transfers, object);
}

void capdl_relation_notification(struct relation_finder *f, uint32_t object)
{
    capdl_relation_find_bound(f, object, &f->here);
    send_to_receivers(f, CAPDL_RELATION_NOTIFY, signals, object);
}

/* ---- Faults ---- */

struct fault {
    uint32_t endpoint;
    struct having from;
};

struct faults {
    struct fault *list;
    size_t count, capacity;
};

static int fault_compare(const void *left, const void *right)
{
    const struct fault *a = left, *b = right;
    if (a->endpoint != b->endpoint) {
        return a->endpoint < b->endpoint ? -1 : 1;
    }
    return a->from.holder < b->from.holder ? -1 : a->from.holder > b->from.holder;
}

static void add_fault(struct relation_finder *f, struct faults *faults, uint32_t tcb, const struct capdl_cap *handler,
                      uint64_t slot)
{
    struct having from = capdl_relation_thread_having(f, tcb, slot);
    if (!handler || handler->object == CAPDL_NO_OBJECT || !capdl_cap_can_call(handler) || from.who == REVIEW_NONE) {
        return;
    }
    from.rights = handler->rights;
    from.badge = handler->data;
    faults->list = capdl_spec_grow(faults->list, &faults->capacity, faults->count + 1, sizeof(*faults->list));
    faults->list[faults->count++] = (struct fault){handler->object, from};
}

/* Of each endpoint at once: thousands of threads may have one. */
void capdl_relation_faults(struct relation_finder *f)
{
    struct faults faults = {NULL};
    for (uint32_t i = 0; i < f->spec->num_objects; i++) {
        if (capdl_object_kind(f->spec, i) == CAPDL_KIND_TCB) {
            add_fault(f, &faults, i, capdl_spec_cap_at(f->spec, i, CAPDL_TCB_SLOT_FAULT_EP), CAPDL_TCB_SLOT_FAULT_EP);
            add_fault(f, &faults, i, capdl_spec_cap_at(f->spec, i, CAPDL_TCB_SLOT_TEMP_FAULT_EP),
                      CAPDL_TCB_SLOT_TEMP_FAULT_EP);
            add_fault(f, &faults, i, capdl_review_fault_handler(&f->world, i, NULL), 0);
        }
    }
    if (faults.count) {
        qsort(faults.list, faults.count, sizeof(*faults.list), fault_compare);
    }
    for (size_t i = 0, end; i < faults.count; i = end) {
        f->others.count = f->here.count = 0;
        for (end = i; end < faults.count && faults.list[end].endpoint == faults.list[i].endpoint; end++) {
            capdl_relation_have(&f->others, faults.list[end].from);
        }
        capdl_relation_find_havings(&f->world, faults.list[i].endpoint, &f->here);
        capdl_relation_choose(&f->from, &f->others, capdl_relation_is_subject);
        capdl_relation_choose(&f->to, &f->here, capdl_relation_receives);
        capdl_relation_add_all(f, CAPDL_RELATION_FAULT, faults.list[i].endpoint);
    }
    free(faults.list);
}

/* ---- Control ---- */

static bool is_held(const struct having *having)
{
    return having->held;
}

void capdl_relation_shared(struct relation_finder *f, uint32_t object)
{
    const struct world *world = &f->world;
    capdl_relation_choose(&f->from, &f->here, is_held);
    if (capdl_object_kind(f->spec, object) != CAPDL_KIND_CNODE) {
        capdl_relation_choose(&f->to, &f->here, is_held);
    } else {
        f->others.count = 0;
        for (size_t i = world->first_use[object]; i < world->first_use[object + 1]; i++) {
            capdl_relation_have(&f->others, (struct having){.who = world->uses[i].who, .holder = CAPDL_NO_OBJECT});
        }
        capdl_relation_choose(&f->to, &f->others, capdl_relation_is_subject);
    }
    capdl_relation_add_all(f, CAPDL_RELATION_CONTROL, object);
}

static bool hold_counts(const struct relation_finder *f, uint32_t object, uint32_t who)
{
    enum capdl_kind kind = capdl_object_kind(f->spec, object);
    uint32_t owner = f->world.owner[object];
    return kind != CAPDL_KIND_FRAME && kind != CAPDL_KIND_CNODE && (owner == REVIEW_NONE || kind == CAPDL_KIND_UT) &&
           !(who & USE_DEVICE);
}

/* Control of an object is control of whose it is; of nobody's, a kind that one holds. */
void capdl_relation_owned(struct relation_finder *f, uint32_t object)
{
    uint32_t owner = f->world.owner[object];
    uint32_t party = REVIEW_NONE;
    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];
        if (!from->held || from->who & USE_DEVICE) {
            continue;
        }
        if (owner != REVIEW_NONE) {
            capdl_relation_add(f, CAPDL_RELATION_CONTROL, from, owner, NULL, object);
        } else if (hold_counts(f, object, from->who)) {
            party = party == REVIEW_NONE ? capdl_relation_kind_party(f, capdl_object_kind(f->spec, object)) : party;
            capdl_relation_add(f, CAPDL_RELATION_HOLD, from, party, NULL, object);
        }
    }
}

void capdl_relation_device(struct relation_finder *f, uint32_t object)
{
    const struct world *world = &f->world;
    f->others.count = 0;
    if (capdl_kind_class(capdl_object_kind(f->spec, object)) == CAPDL_CLASS_DEVICE) {
        capdl_relation_have(&f->others, (struct having){.who = USE_DEVICE | object, .holder = CAPDL_NO_OBJECT});
    }
    for (size_t i = world->first_use[object]; i < world->first_use[object + 1]; i++) {
        if (world->uses[i].who & USE_DEVICE) {
            capdl_relation_have(&f->others, (struct having){.who = world->uses[i].who, .holder = CAPDL_NO_OBJECT});
        }
    }
    capdl_relation_choose(&f->from, &f->here, is_held);
    capdl_relation_choose(&f->to, &f->others, NULL);
    capdl_relation_add_all(f, CAPDL_RELATION_CONTROL, object);
}

/* ---- Untypeds ---- */

struct child {
    uint32_t untyped, owner;
};

static int child_compare(const void *left, const void *right)
{
    const struct child *a = left, *b = right;
    if (a->untyped != b->untyped) {
        return a->untyped < b->untyped ? -1 : 1;
    }
    return a->owner < b->owner ? -1 : a->owner > b->owner;
}

/* Untypeds that somebody has, with whose objects lie in them, however deep. */
static struct child *find_children(const struct relation_finder *f, size_t *count)
{
    enum { MOST_NESTED = 64 };
    struct child *list = NULL;
    size_t capacity = 0;

    *count = 0;
    for (uint32_t i = 0; i < f->spec->num_objects; i++) {
        uint32_t untyped = capdl_object_parent(f->spec, i), owner = f->world.owner[i];
        for (unsigned depth = 0; owner != REVIEW_NONE && untyped != CAPDL_NO_OBJECT && depth < MOST_NESTED; depth++) {
            if (f->world.first_holder[untyped] < f->world.first_holder[untyped + 1]) {
                list = capdl_spec_grow(list, &capacity, *count + 1, sizeof(*list));
                list[(*count)++] = (struct child){untyped, owner};
            }
            untyped = capdl_object_parent(f->spec, untyped);
        }
    }
    if (*count) {
        qsort(list, *count, sizeof(*list), child_compare);
    }
    return list;
}

static bool is_held_by_subject(const struct having *having)
{
    return having->held && capdl_relation_is_subject(having);
}

void capdl_relation_untypeds(struct relation_finder *f)
{
    size_t count;
    struct child *list = find_children(f, &count);
    for (size_t i = 0, end; i < count; i = end) {
        f->others.count = f->here.count = 0;
        for (end = i; end < count && list[end].untyped == list[i].untyped; end++) {
            capdl_relation_have(&f->others, (struct having){.who = list[end].owner, .holder = CAPDL_NO_OBJECT});
        }
        capdl_relation_find_havings(&f->world, list[i].untyped, &f->here);
        capdl_relation_choose(&f->from, &f->here, is_held_by_subject);
        capdl_relation_choose(&f->to, &f->others, NULL);
        capdl_relation_add_all(f, CAPDL_RELATION_CONTROL, list[i].untyped);
    }
    free(list);
}
