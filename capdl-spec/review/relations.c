/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A spec as relations between subjects, devices and parts of the machine. Each object is looked at once, with all that
 * have it: who sends into it is related to who receives from it.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <capdl/relations.h>

#include "private.h"

/* Relations that a list may have, and that are gathered before those that say the same are made one. */
#define MOST_RELATIONS ((size_t)4000000)
#define MOST_GATHERED ((size_t)1000000)

/* Somebody who has an object, and by which slot. who: a subject, or with USE_DEVICE a device. */
struct having {
    uint32_t who;
    uint8_t rights;
    bool held; /* in a CNode, not only mapped */
    uint64_t badge;
    uint32_t holder;
    uint64_t slot;
};

struct havings {
    struct having *list;
    size_t count, capacity;
};

struct finder {
    const struct capdl_spec *spec;
    struct world world;
    struct memory memory;
    struct capdl_relations *relations;
    size_t unite_at;             /* as many relations */
    uint32_t *device_party;      /* per object: its party, or REVIEW_NONE */
    struct havings here, others; /* of the object that is looked at */
};

const char *capdl_relation_word(enum capdl_relation_kind kind)
{
    static const char *const words[] = {
#define CAPDL_RELATION(id, word, flow, sentence) [CAPDL_RELATION_##id] = (word),
#include <capdl/relations.def>
#undef CAPDL_RELATION
    };

    return words[kind];
}

enum capdl_relation_flow capdl_relation_flow(enum capdl_relation_kind kind)
{
    static const uint8_t flows[] = {
#define CAPDL_RELATION(id, word, flow, sentence) [CAPDL_RELATION_##id] = CAPDL_FLOW_##flow,
#include <capdl/relations.def>
#undef CAPDL_RELATION
    };

    return (enum capdl_relation_flow)flows[kind];
}

const char *capdl_relation_sentence(enum capdl_relation_kind kind)
{
    static const char *const sentences[] = {
#define CAPDL_RELATION(id, word, flow, sentence) [CAPDL_RELATION_##id] = (sentence),
#include <capdl/relations.def>
#undef CAPDL_RELATION
    };

    return sentences[kind];
}

/* ---- Parties ---- */

static uint32_t party_add(struct finder *f, struct capdl_party party)
{
    struct capdl_relations *r = f->relations;

    r->parties = capdl_spec_grow(r->parties, &r->party_capacity, r->num_parties + (size_t)1, sizeof(*r->parties));
    r->parties[r->num_parties] = party;
    return r->num_parties++;
}

static char *object_name(const struct capdl_spec *spec, uint32_t object)
{
    char label[REVIEW_LABEL];

    return capdl_review_format("%s", capdl_object_label(spec, object, label, sizeof(label)));
}

static uint32_t device_party(struct finder *f, uint32_t object)
{
    if (f->device_party[object] == REVIEW_NONE) {
        f->device_party[object] =
            party_add(f, (struct capdl_party){CAPDL_PARTY_DEVICE, object_name(f->spec, object), .object = object});
    }
    return f->device_party[object];
}

static uint32_t who_party(struct finder *f, uint32_t who)
{
    return who & USE_DEVICE ? device_party(f, who & ~USE_DEVICE) : who;
}

static char *number_name(enum capdl_party_kind kind, uint64_t first, uint64_t last)
{
    if (kind == CAPDL_PARTY_MEMORY) {
        return capdl_review_format("0x%" PRIx64 "+0x%" PRIx64, first, last - first + 1);
    }
    if (kind == CAPDL_PARTY_SMC) {
        return last > first ? capdl_review_format("*") : capdl_review_format("0x%" PRIx64, first);
    }
    return kind == CAPDL_PARTY_PORTS ? capdl_review_format("0x%" PRIx64 "..0x%" PRIx64, first, last)
                                     : capdl_review_format("%" PRIu64, first);
}

/* Parties that are numbers are few kinds of few values per subject; those of one object come one after the other. */
static uint32_t number_party(struct finder *f, enum capdl_party_kind kind, uint64_t first, uint64_t last,
                             uint32_t object)
{
    return party_add(f, (struct capdl_party){kind, number_name(kind, first, last), true, first, last, object});
}

static uint32_t kind_party(struct finder *f, enum capdl_kind kind)
{
    return party_add(f, (struct capdl_party){CAPDL_PARTY_KIND, capdl_review_format("%s", capdl_kind_keyword(kind)),
                                             true, kind, kind, CAPDL_NO_OBJECT});
}

/* ---- Relations ---- */

static void unite_relations(const struct capdl_spec *, struct capdl_relations *);

/* Thousands of frames that dozens share are many relations before they are united, and few after. */
static bool make_room(struct finder *f)
{
    if (f->relations->count >= f->unite_at) {
        unite_relations(f->spec, f->relations);
        f->unite_at = f->relations->count + MOST_GATHERED;
    }
    f->relations->incomplete |= f->relations->count >= MOST_RELATIONS;
    return !f->relations->incomplete;
}

static void relate(struct finder *f, enum capdl_relation_kind kind, const struct having *from, uint32_t to,
                   const struct having *other, uint32_t object)
{
    struct capdl_relations *r = f->relations;
    bool frame = object != CAPDL_NO_OBJECT && capdl_object_kind(f->spec, object) == CAPDL_KIND_FRAME;
    uint32_t party = who_party(f, from->who);

    if (party == to || !make_room(f)) {
        return;
    }
    r->list = capdl_spec_grow(r->list, &r->capacity, r->count + 1, sizeof(*r->list));
    r->list[r->count++] = (struct capdl_relation){
        .kind = kind,
        .from = party,
        .to = to,
        .object = object,
        .bytes = frame ? UINT64_C(1) << capdl_object_size_bits(f->spec, object) : 0,
        .badge = from->badge,
        .rights = from->rights,
        .from_holder = from->holder,
        .from_slot = from->slot,
        .to_holder = other ? other->holder : CAPDL_NO_OBJECT,
        .to_slot = other ? other->slot : 0,
    };
}

static void have(struct havings *havings, struct having having)
{
    havings->list = capdl_spec_grow(havings->list, &havings->capacity, havings->count + 1, sizeof(*havings->list));
    havings->list[havings->count++] = having;
}

/* Adds all who have an object. */
static void find_havings(const struct world *world, uint32_t object, struct havings *havings)
{
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t container = world->holders[i].container;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        struct plain_cap plain = capdl_review_cap(world->spec, cap);
        bool held = capdl_object_kind(world->spec, container) == CAPDL_KIND_CNODE;

        for (size_t j = world->first_use[container]; j < world->first_use[container + 1]; j++) {
            have(havings, (struct having){world->uses[j].who, plain.rights, held,
                                          cap->kind == CAPDL_KIND_CNODE ? 0 : plain.data, container, cap->slot});
        }
    }
}

static struct having thread_having(const struct finder *f, uint32_t tcb, uint64_t slot)
{
    return (struct having){.who = f->world.owner[tcb], .holder = tcb, .slot = slot};
}

/* ---- Messages ---- */

static bool receives(const struct having *having)
{
    return !(having->who & USE_DEVICE) && having->rights & CAPDL_RIGHT_READ;
}

static void relate_endpoint(struct finder *f, uint32_t object, const struct having *from)
{
    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *to = &f->here.list[i];
        bool call = from->rights & (CAPDL_RIGHT_GRANT | CAPDL_RIGHT_GRANT_REPLY);

        if (!receives(to)) {
            continue;
        }
        relate(f, call ? CAPDL_RELATION_CALL : CAPDL_RELATION_SEND, from, to->who, to, object);
        if (from->rights & CAPDL_RIGHT_GRANT) {
            relate(f, CAPDL_RELATION_TRANSFER, from, to->who, to, object);
        }
    }
}

static void look_at_endpoint(struct finder *f, uint32_t object)
{
    for (size_t i = 0; i < f->here.count; i++) {
        if (!(f->here.list[i].who & USE_DEVICE) && f->here.list[i].rights & CAPDL_RIGHT_WRITE) {
            struct having from = f->here.list[i];
            relate_endpoint(f, object, &from);
        }
    }
}

/* Threads to which a notification is bound receive from it, too. */
static void find_bound(struct finder *f, uint32_t object, struct havings *havings)
{
    for (size_t i = f->world.first_holder[object]; i < f->world.first_holder[object + 1]; i++) {
        uint32_t container = f->world.holders[i].container;
        uint64_t slot = capdl_review_held(&f->world, i)->slot;

        if (capdl_object_kind(f->spec, container) == CAPDL_KIND_TCB && slot == CAPDL_TCB_SLOT_BOUND_NOTIFICATION) {
            struct having bound = thread_having(f, container, slot);
            bound.rights = CAPDL_RIGHT_READ;
            have(havings, bound);
        }
    }
}

static void look_at_notification(struct finder *f, uint32_t object)
{
    find_bound(f, object, &f->here);
    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];

        for (size_t j = 0; from->rights & CAPDL_RIGHT_WRITE && !(from->who & USE_DEVICE) && j < f->here.count; j++) {
            if (receives(&f->here.list[j])) {
                relate(f, CAPDL_RELATION_NOTIFY, from, f->here.list[j].who, &f->here.list[j], object);
            }
        }
    }
}

static void relate_faults(struct finder *f, uint32_t tcb, const struct capdl_cap *handler, uint64_t slot)
{
    struct having from = thread_having(f, tcb, slot);

    if (!handler || handler->object == CAPDL_NO_OBJECT || !capdl_cap_can_call(handler) || from.who == REVIEW_NONE) {
        return;
    }
    from.rights = handler->rights;
    from.badge = handler->data;
    f->others.count = 0;
    find_havings(&f->world, handler->object, &f->others);
    for (size_t i = 0; i < f->others.count; i++) {
        if (receives(&f->others.list[i])) {
            relate(f, CAPDL_RELATION_FAULT, &from, f->others.list[i].who, &f->others.list[i], handler->object);
        }
    }
}

/* ---- Memory ---- */

struct window {
    uint64_t first, last;
    uint32_t object, who;
    bool write;
    struct having by;
};

static int window_compare(const void *left, const void *right)
{
    const struct window *a = left, *b = right;

    if (a->who != b->who) {
        return a->who < b->who ? -1 : 1;
    }
    if (a->write != b->write) {
        return a->write ? -1 : 1;
    }
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    return a->last < b->last ? -1 : a->last > b->last;
}

static uint32_t array_of(const struct capdl_spec *spec, uint32_t object)
{
    uint32_t first = capdl_object_index(spec, object) == CAPDL_NO_INDEX
                         ? object
                         : capdl_spec_find(spec, capdl_object_name(spec, object), 0);

    return first == CAPDL_NO_OBJECT ? object : first;
}

/* Windows of one subject that touch and belong to one array are one. */
static size_t join_windows(const struct capdl_spec *spec, struct window *list, size_t count)
{
    size_t kept = 0;

    qsort(list, count, sizeof(*list), window_compare);
    for (size_t i = 0; i < count; i++) {
        struct window *last = kept ? &list[kept - 1] : NULL;

        if (last && last->who == list[i].who && last->write == list[i].write && list[i].first <= last->last + 1 &&
            last->last != UINT64_MAX && array_of(spec, last->object) == array_of(spec, list[i].object)) {
            last->last = list[i].last > last->last ? list[i].last : last->last;
        } else {
            list[kept++] = list[i];
        }
    }
    return kept;
}

static void look_at_fixed_memory(struct finder *f)
{
    struct window *list = NULL;
    size_t count = 0, capacity = 0;

    for (uint32_t i = 0; i < f->spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(f->spec, i);

        if ((kind != CAPDL_KIND_FRAME && kind != CAPDL_KIND_UT) ||
            !(capdl_object_flags(f->spec, i) & CAPDL_OBJECT_HAS_PADDR)) {
            continue;
        }
        f->here.count = 0;
        find_havings(&f->world, i, &f->here);
        for (size_t j = 0; j < f->here.count; j++) {
            const struct having *by = &f->here.list[j];
            uint64_t first = capdl_object_paddr(f->spec, i);

            list = capdl_spec_grow(list, &capacity, count + 1, sizeof(*list));
            list[count++] =
                (struct window){first,
                                first + ((UINT64_C(1) << capdl_object_size_bits(f->spec, i)) - 1),
                                i,
                                by->who,
                                kind == CAPDL_KIND_UT || by->rights & CAPDL_RIGHT_WRITE || by->who & USE_DEVICE,
                                *by};
        }
    }
    count = count ? join_windows(f->spec, list, count) : 0;
    for (size_t i = 0; i < count; i++) {
        if (!(list[i].who & USE_DEVICE)) {
            uint32_t to = number_party(f, CAPDL_PARTY_MEMORY, list[i].first, list[i].last, list[i].object);
            relate(f, list[i].write ? CAPDL_RELATION_DRIVE : CAPDL_RELATION_WATCH, &list[i].by, to, NULL,
                   list[i].object);
        }
    }
    free(list);
}

static void relate_memory(struct finder *f, const struct having *from, const struct having *to, uint32_t frame)
{
    if (to->who & USE_DEVICE || from->who == to->who) {
        return;
    }
    if (!(from->who & USE_DEVICE)) {
        if (from->rights & CAPDL_RIGHT_WRITE) {
            relate(f, CAPDL_RELATION_WRITE, from, to->who, to, frame);
        }
        return;
    }
    if (from->rights & CAPDL_RIGHT_WRITE) {
        relate(f, CAPDL_RELATION_DMA, from, to->who, to, frame);
    }
    if (from->rights & CAPDL_RIGHT_READ) {
        relate(f, CAPDL_RELATION_DMA_READ, from, to->who, to, frame);
    }
}

/* Memory of nobody that a device reaches matters where it has an address. */
static void relate_device_memory(struct finder *f, uint32_t frame)
{
    uint64_t first = capdl_object_paddr(f->spec, frame);
    uint64_t last = first + ((UINT64_C(1) << capdl_object_size_bits(f->spec, frame)) - 1);

    if (!(capdl_object_flags(f->spec, frame) & CAPDL_OBJECT_HAS_PADDR)) {
        return;
    }
    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];

        if (from->who & USE_DEVICE && from->rights & CAPDL_RIGHT_WRITE) {
            relate(f, CAPDL_RELATION_DMA, from, number_party(f, CAPDL_PARTY_MEMORY, first, last, frame), NULL, frame);
        }
        if (from->who & USE_DEVICE && from->rights & CAPDL_RIGHT_READ) {
            relate(f, CAPDL_RELATION_DMA_READ, from, number_party(f, CAPDL_PARTY_MEMORY, first, last, frame), NULL,
                   frame);
        }
    }
}

/* All frames that are the same memory; `others` has who reaches any of them, `frame` is one of them. */
static void look_at_memory(struct finder *f, uint32_t frame)
{
    bool owned = false;

    f->here.count = 0;
    find_havings(&f->world, frame, &f->here);
    for (size_t i = 0; i < f->others.count; i++) {
        owned |= !(f->others.list[i].who & USE_DEVICE);
    }
    for (size_t i = 0; f->others.count > 1 && i < f->here.count; i++) {
        for (size_t j = 0; j < f->others.count && !f->relations->incomplete; j++) {
            relate_memory(f, &f->here.list[i], &f->others.list[j], frame);
        }
    }
    if (!owned) {
        relate_device_memory(f, frame);
    }
}

static const uint32_t *memory_first; /* of the sort below */

static int memory_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;

    if (memory_first[a] != memory_first[b]) {
        return memory_first[a] < memory_first[b] ? -1 : 1;
    }
    return a < b ? -1 : a > b;
}

static void look_at_frames(struct finder *f)
{
    uint32_t *frames = capdl_spec_realloc(NULL, (f->spec->num_objects + (size_t)1) * sizeof(*frames));
    size_t count = 0, end;

    for (uint32_t i = 0; i < f->spec->num_objects; i++) {
        if (capdl_object_kind(f->spec, i) == CAPDL_KIND_FRAME) {
            frames[count++] = i;
        }
    }
    memory_first = f->memory.first;
    qsort(frames, count, sizeof(*frames), memory_compare);
    for (size_t i = 0; i < count; i = end) {
        f->others.count = 0;
        for (end = i; end < count && f->memory.first[frames[end]] == f->memory.first[frames[i]]; end++) {
            find_havings(&f->world, frames[end], &f->others);
        }
        for (size_t j = i; j < end; j++) {
            look_at_memory(f, frames[j]);
        }
    }
    free(frames);
}

/* ---- Control ---- */

/* Whoever has this capability controls everybody else who uses the object, or whose it is. */
static void look_at_shared(struct finder *f, uint32_t object)
{
    const struct world *world = &f->world;
    bool cnode = capdl_object_kind(f->spec, object) == CAPDL_KIND_CNODE;

    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];

        for (size_t j = 0; from->held && !cnode && j < f->here.count; j++) {
            if (f->here.list[j].held && f->here.list[j].who != from->who) {
                relate(f, CAPDL_RELATION_CONTROL, from, f->here.list[j].who, &f->here.list[j], object);
            }
        }
        for (size_t j = world->first_use[object]; from->held && cnode && j < world->first_use[object + 1]; j++) {
            if (world->uses[j].who != from->who) {
                relate(f, CAPDL_RELATION_CONTROL, from, world->uses[j].who, NULL, object);
            }
        }
    }
}

static bool hold_counts(const struct finder *f, uint32_t object, uint32_t who)
{
    enum capdl_kind kind = capdl_object_kind(f->spec, object);
    uint32_t owner = f->world.owner[object];

    return kind != CAPDL_KIND_FRAME && kind != CAPDL_KIND_CNODE && (owner == REVIEW_NONE || kind == CAPDL_KIND_UT) &&
           !(who & USE_DEVICE);
}

/* Control of an object is control of whose it is; of nobody's, a kind that one holds. */
static void look_at_owned(struct finder *f, uint32_t object)
{
    uint32_t owner = f->world.owner[object];
    uint32_t party = REVIEW_NONE;

    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];

        if (!from->held || from->who & USE_DEVICE) {
            continue;
        }
        if (owner != REVIEW_NONE) {
            relate(f, CAPDL_RELATION_CONTROL, from, owner, NULL, object);
        } else if (hold_counts(f, object, from->who)) {
            party = party == REVIEW_NONE ? kind_party(f, capdl_object_kind(f->spec, object)) : party;
            relate(f, CAPDL_RELATION_HOLD, from, party, NULL, object);
        }
    }
}

static void look_at_device(struct finder *f, uint32_t object)
{
    const struct world *world = &f->world;
    bool device = capdl_kind_class(capdl_object_kind(f->spec, object)) == CAPDL_CLASS_DEVICE;

    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];

        if (!from->held) {
            continue;
        }
        if (device) {
            relate(f, CAPDL_RELATION_CONTROL, from, device_party(f, object), NULL, object);
        }
        for (size_t j = world->first_use[object]; j < world->first_use[object + 1]; j++) {
            if (world->uses[j].who & USE_DEVICE) {
                relate(f, CAPDL_RELATION_CONTROL, from, who_party(f, world->uses[j].who), NULL, object);
            }
        }
    }
}

/* What lies in an untyped is gone when its holder revokes it. */
static void relate_children(struct finder *f, uint32_t object)
{
    enum { MOST_NESTED = 64 };
    uint32_t untyped = capdl_object_parent(f->spec, object), owner = f->world.owner[object];

    for (unsigned depth = 0; owner != REVIEW_NONE && untyped != CAPDL_NO_OBJECT && depth < MOST_NESTED; depth++) {
        f->others.count = 0;
        find_havings(&f->world, untyped, &f->others);
        for (size_t i = 0; i < f->others.count; i++) {
            if (f->others.list[i].held && !(f->others.list[i].who & USE_DEVICE)) {
                relate(f, CAPDL_RELATION_CONTROL, &f->others.list[i], owner, NULL, untyped);
            }
        }
        untyped = capdl_object_parent(f->spec, untyped);
    }
}

/* ---- The machine ---- */

static void relate_all(struct finder *f, enum capdl_relation_kind kind, const struct havings *havings, uint32_t to,
                       uint32_t object)
{
    for (size_t i = 0; i < havings->count; i++) {
        if (!(havings->list[i].who & USE_DEVICE)) {
            relate(f, kind, &havings->list[i], to, NULL, object);
        }
    }
}

/* Whoever has the interrupt handles it, and whoever receives its signals. */
static void look_at_interrupt(struct finder *f, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(f->spec, object);
    size_t first = f->world.first_irq[object], end = f->world.first_irq[object + 1];
    uint32_t party;

    f->others.count = 0;
    for (uint32_t i = 0; i < caps.count; i++) {
        if (caps.list[i].kind == CAPDL_KIND_NOTIFICATION) {
            find_havings(&f->world, caps.list[i].object, &f->others);
            find_bound(f, caps.list[i].object, &f->others);
        }
    }
    for (size_t i = 0; i < f->others.count; i++) {
        if (receives(&f->others.list[i])) {
            have(&f->here, f->others.list[i]);
        }
    }
    if (!f->here.count) {
        return;
    }
    if (first == end) {
        party =
            party_add(f, (struct capdl_party){CAPDL_PARTY_INTERRUPT, object_name(f->spec, object), .object = object});
        relate_all(f, CAPDL_RELATION_INTERRUPT, &f->here, party, object);
    }
    for (size_t i = first; i < end; i++) {
        party = number_party(f, CAPDL_PARTY_INTERRUPT, f->world.irqs[i], f->world.irqs[i], object);
        relate_all(f, CAPDL_RELATION_INTERRUPT, &f->here, party, object);
    }
}

static void look_at_smc(struct finder *f, uint32_t object)
{
    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];
        uint32_t to = from->badge ? number_party(f, CAPDL_PARTY_SMC, from->badge, from->badge, object)
                                  : number_party(f, CAPDL_PARTY_SMC, 0, UINT64_MAX, object);

        relate(f, CAPDL_RELATION_SMC, from, to, NULL, object);
    }
}

static void look_at_ports(struct finder *f, uint32_t object)
{
    uint64_t first = capdl_object_number(f->spec, object, CAPDL_NUMBER_PORTS_FIRST);
    uint64_t last = capdl_object_number(f->spec, object, CAPDL_NUMBER_PORTS_LAST);

    if (f->here.count) {
        relate_all(f, CAPDL_RELATION_PORT, &f->here, number_party(f, CAPDL_PARTY_PORTS, first, last, object), object);
    }
}

static void look_at_thread(struct finder *f, uint32_t tcb, bool domains)
{
    const struct capdl_tcb *thread = capdl_object_tcb(f->spec, tcb);
    struct having from = thread_having(f, tcb, 0);
    uint32_t cnode = tcb;
    const struct capdl_cap *handler = capdl_review_fault_handler(&f->world, tcb, &cnode);
    uint64_t most;

    thread = thread ? thread : &capdl_tcb_defaults;
    most = thread->max_prio > thread->prio ? thread->max_prio : thread->prio;
    relate_faults(f, tcb, capdl_spec_cap_at(f->spec, tcb, CAPDL_TCB_SLOT_FAULT_EP), CAPDL_TCB_SLOT_FAULT_EP);
    relate_faults(f, tcb, capdl_spec_cap_at(f->spec, tcb, CAPDL_TCB_SLOT_TEMP_FAULT_EP), CAPDL_TCB_SLOT_TEMP_FAULT_EP);
    relate_faults(f, tcb, handler, 0);
    if (from.who == REVIEW_NONE) {
        return;
    }
    from.holder = CAPDL_NO_OBJECT;
    relate(f, CAPDL_RELATION_PRIORITY, &from, number_party(f, CAPDL_PARTY_PRIORITY, most, most, tcb), NULL, tcb);
    if (domains) {
        relate(f, CAPDL_RELATION_DOMAIN, &from, number_party(f, CAPDL_PARTY_DOMAIN, thread->dom, thread->dom, tcb),
               NULL, tcb);
    }
}

/* Capabilities to what is no object. */
static void look_at_control_caps(struct finder *f, uint32_t container)
{
    struct capdl_caps caps = capdl_object_caps(f->spec, container);

    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];

        for (size_t j = f->world.first_use[container];
             cap->object == CAPDL_NO_OBJECT && j < f->world.first_use[container + 1]; j++) {
            struct having from = {f->world.uses[j].who, cap->rights, true, 0, container, cap->slot};
            relate(f, CAPDL_RELATION_HOLD, &from, kind_party(f, (enum capdl_kind)cap->kind), NULL, CAPDL_NO_OBJECT);
        }
    }
}

static void look_at(struct finder *f, uint32_t object, bool domains)
{
    enum capdl_kind kind = capdl_object_kind(f->spec, object);

    f->here.count = 0;
    if (kind != CAPDL_KIND_FRAME) {
        find_havings(&f->world, object, &f->here);
    }
    switch (kind) {
    case CAPDL_KIND_EP:
        look_at_endpoint(f, object);
        break;
    case CAPDL_KIND_NOTIFICATION:
        look_at_notification(f, object);
        break;
    case CAPDL_KIND_RTREPLY:
    case CAPDL_KIND_CNODE:
        look_at_shared(f, object);
        look_at_control_caps(f, object);
        break;
    case CAPDL_KIND_IRQ:
    case CAPDL_KIND_IOAPIC_IRQ:
    case CAPDL_KIND_MSI_IRQ:
    case CAPDL_KIND_ARM_IRQ:
    case CAPDL_KIND_RISCV_IRQ:
        look_at_interrupt(f, object);
        break;
    case CAPDL_KIND_SMC:
        look_at_smc(f, object);
        break;
    case CAPDL_KIND_IO_PORTS:
        look_at_ports(f, object);
        break;
    case CAPDL_KIND_IO_DEVICE:
    case CAPDL_KIND_ARM_IO_DEVICE:
    case CAPDL_KIND_STREAMID:
    case CAPDL_KIND_CONTEXTBANK:
    case CAPDL_KIND_IO_PT:
        look_at_device(f, object);
        break;
    case CAPDL_KIND_TCB:
        look_at_owned(f, object);
        look_at_thread(f, object, domains);
        break;
    case CAPDL_KIND_UT:
    case CAPDL_KIND_ASID_POOL:
    case CAPDL_KIND_SC:
    case CAPDL_KIND_PT:
    case CAPDL_KIND_PD:
    case CAPDL_KIND_PUD:
    case CAPDL_KIND_PGD:
    case CAPDL_KIND_PDPT:
    case CAPDL_KIND_PML4:
    case CAPDL_KIND_EPT_PML4:
    case CAPDL_KIND_EPT_PDPT:
    case CAPDL_KIND_EPT_PD:
    case CAPDL_KIND_EPT_PT:
    case CAPDL_KIND_VCPU:
    case CAPDL_KIND_ARM_SGI_SIGNAL:
    case CAPDL_KIND_LEFTOVER:
        look_at_owned(f, object);
        break;
    case CAPDL_KIND_FRAME:
    case CAPDL_KIND_PROGRAM:
    case CAPDL_KIND_IRQ_CONTROL:
    case CAPDL_KIND_ASID_CONTROL:
    case CAPDL_KIND_IO_SPACE_MASTER:
    case CAPDL_KIND_IO_PORT_CONTROL:
    case CAPDL_KIND_DOMAIN:
    case CAPDL_KIND_SCHED_CONTROL:
    case CAPDL_KIND_COUNT:
        break;
    }
    relate_children(f, object);
}

/* ---- One of each ---- */

static const struct capdl_party *sorted_parties; /* of the sorts below */
static const struct capdl_spec *sorted_spec;

static int party_compare(const void *left, const void *right)
{
    uint32_t i = *(const uint32_t *)left, j = *(const uint32_t *)right;
    const struct capdl_party *a = &sorted_parties[i], *b = &sorted_parties[j];
    bool subject = a->kind == CAPDL_PARTY_SUBJECT, device = a->kind == CAPDL_PARTY_DEVICE;
    int names;

    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    if (subject || device) {
        return i < j ? -1 : i > j;
    }
    if (a->first != b->first) {
        return a->first < b->first ? -1 : 1;
    }
    if (a->last != b->last) {
        return a->last < b->last ? -1 : 1;
    }
    names = strcmp(a->name, b->name);
    return names ? names : 0;
}

/* Gives parties that are the same one number. */
static void unite_parties(struct capdl_relations *r)
{
    uint32_t *order = capdl_review_identity(r->num_parties), kept = 0, first = 0;
    uint32_t *number = capdl_spec_realloc(NULL, (r->num_parties + (size_t)1) * sizeof(*number));
    struct capdl_party *list = capdl_spec_realloc(NULL, (r->num_parties + (size_t)1) * sizeof(*list));

    sorted_parties = r->parties;
    qsort(order, r->num_parties, sizeof(*order), party_compare);
    for (uint32_t i = 0; i < r->num_parties; i++) {
        if (i && party_compare(&order[first], &order[i]) == 0) {
            free(r->parties[order[i]].name);
        } else {
            first = i;
            list[kept++] = r->parties[order[i]];
        }
        number[order[i]] = kept - 1;
    }
    free(order);
    free(r->parties);
    r->parties = list;
    r->num_parties = kept;
    for (size_t i = 0; i < r->count; i++) {
        r->list[i].from = number[r->list[i].from];
        r->list[i].to = number[r->list[i].to];
    }
    free(number);
}

static int relation_compare(const void *left, const void *right)
{
    const struct capdl_relation *a = left, *b = right;
    uint32_t first, second;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    if (a->kind != b->kind) {
        return a->kind < b->kind ? -1 : 1;
    }
    first = a->object == CAPDL_NO_OBJECT ? a->object : array_of(sorted_spec, a->object);
    second = b->object == CAPDL_NO_OBJECT ? b->object : array_of(sorted_spec, b->object);
    return first < second ? -1 : first > second;
}

static int relation_order(const void *left, const void *right)
{
    const struct capdl_relation *a = left, *b = right;
    int order = relation_compare(left, right);

    if (order) {
        return order;
    }
    if (a->object != b->object) {
        return a->object < b->object ? -1 : 1;
    }
    if (a->from_holder != b->from_holder) {
        return a->from_holder < b->from_holder ? -1 : 1;
    }
    return a->from_slot < b->from_slot ? -1 : a->from_slot > b->from_slot;
}

static void unite_relations(const struct capdl_spec *spec, struct capdl_relations *r)
{
    size_t kept = 0;
    uint32_t frame = CAPDL_NO_OBJECT;

    sorted_spec = spec;
    if (r->count) {
        qsort(r->list, r->count, sizeof(*r->list), relation_order);
    }
    for (size_t i = 0; i < r->count; i++) {
        struct capdl_relation *last = kept ? &r->list[kept - 1] : NULL;

        if (last && relation_compare(last, &r->list[i]) == 0) {
            last->bytes += r->list[i].object == frame ? 0 : r->list[i].bytes;
            last->rights |= r->list[i].rights;
            frame = r->list[i].object;
        } else {
            frame = r->list[i].object;
            r->list[kept++] = r->list[i];
        }
    }
    r->count = kept;
}

void capdl_relations_find(const struct capdl_spec *spec, struct capdl_relations *relations)
{
    struct finder f = {.spec = spec, .relations = relations, .unite_at = MOST_GATHERED};
    size_t size = (spec->num_objects + (size_t)1) * sizeof(*f.device_party);
    bool domains = spec->domains.has_schedule;

    *relations = (struct capdl_relations){.list = NULL};
    capdl_review_world_init(&f.world, spec, NULL);
    f.world.object_number = capdl_review_identity(spec->num_objects);
    f.world.subject_number = capdl_review_identity(f.world.num_subjects);
    capdl_review_memory_init(&f.memory, &f.world, spec->num_objects);
    f.device_party = capdl_spec_realloc(NULL, size);
    memset(f.device_party, 0xff, size);
    for (uint32_t i = 0; i < f.world.num_subjects; i++) {
        party_add(&f, (struct capdl_party){CAPDL_PARTY_SUBJECT, capdl_review_format("%s", f.world.subjects[i].label),
                                           .object = f.world.subjects[i].tcb});
    }
    relations->num_subjects = f.world.num_subjects;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const struct capdl_tcb *tcb = capdl_object_kind(spec, i) == CAPDL_KIND_TCB ? capdl_object_tcb(spec, i) : NULL;
        domains |= tcb && tcb->dom;
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        look_at(&f, i, domains);
    }
    look_at_frames(&f);
    look_at_fixed_memory(&f);
    unite_parties(relations);
    unite_relations(spec, relations);
    free(f.here.list);
    free(f.others.list);
    free(f.device_party);
    capdl_review_memory_free(&f.memory);
    capdl_review_world_free(&f.world);
}

void capdl_relations_free(struct capdl_relations *relations)
{
    for (uint32_t i = 0; i < relations->num_parties; i++) {
        free(relations->parties[i].name);
    }
    free(relations->parties);
    free(relations->list);
}
