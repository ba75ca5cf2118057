/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A spec as relations between subjects, devices and parts of the machine. Each object is looked at once, with all that
 * have it: who sends into it is related to who receives from it.
 */
#include "relations.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "normal_form.h"
#include "shared_memory.h"
#include "subjects.h"
#include "uses.h"
#include "words.h"

/* Relations that a list may have, and that are gathered before those that say the same are made one. */
#define MOST_RELATIONS ((size_t)4000000)
#define MOST_GATHERED ((size_t)1000000)

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

/* ---- One of each ---- */

uint32_t capdl_relation_array_of(const struct capdl_spec *spec, uint32_t object)
{
    uint32_t first = capdl_object_index(spec, object) == CAPDL_NO_INDEX
                         ? object
                         : capdl_spec_find(spec, capdl_object_name(spec, object), 0);
    return first == CAPDL_NO_OBJECT ? object : first;
}

static void relation_drop(struct capdl_relation *relation)
{
    free(relation->from_places);
    free(relation->to_places);
}

static int relation_compare_in(const struct capdl_spec *spec, const struct capdl_relation *a,
                               const struct capdl_relation *b)
{
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
    first = a->object == CAPDL_NO_OBJECT ? a->object : capdl_relation_array_of(spec, a->object);
    second = b->object == CAPDL_NO_OBJECT ? b->object : capdl_relation_array_of(spec, b->object);
    return first < second ? -1 : first > second;
}

static int relation_order(const void *left, const void *right, void *spec)
{
    const struct capdl_relation *a = left, *b = right;
    int order = relation_compare_in(spec, a, b);
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
    if (r->count) {
        qsort_r(r->list, r->count, sizeof(*r->list), relation_order, (void *)(uintptr_t)spec);
    }
    for (size_t i = 0; i < r->count; i++) {
        struct capdl_relation *last = kept ? &r->list[kept - 1] : NULL;
        if (last && relation_compare_in(spec, last, &r->list[i]) == 0) {
            last->bytes += r->list[i].object == frame ? 0 : r->list[i].bytes;
            last->rights |= r->list[i].rights;
            frame = r->list[i].object;
            relation_drop(&r->list[i]);
        } else {
            frame = r->list[i].object;
            r->list[kept++] = r->list[i];
        }
    }
    r->count = kept;
}

/* ---- Relations ---- */

/* Thousands of frames that dozens share are many relations before they are united, and few after. */
static bool make_room(struct relation_finder *f)
{
    if (f->relations->count >= f->unite_at) {
        unite_relations(f->spec, f->relations);
        f->unite_at = f->relations->count + MOST_GATHERED;
    }
    f->relations->incomplete |= f->relations->count >= MOST_RELATIONS;
    return !f->relations->incomplete;
}

static void relation_put(struct relation_finder *f, enum capdl_relation_kind kind, const struct having *from,
                         uint32_t party, uint32_t to, const struct having *other, uint32_t object)
{
    struct capdl_relations *r = f->relations;
    bool frame = object != CAPDL_NO_OBJECT && capdl_object_kind(f->spec, object) == CAPDL_KIND_FRAME;
    if (!make_room(f)) {
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

void capdl_relation_add(struct relation_finder *f, enum capdl_relation_kind kind, const struct having *from,
                        uint32_t to, const struct having *other, uint32_t object)
{
    uint32_t party = capdl_relation_who_party(f, from->who);
    if (party != to) {
        relation_put(f, kind, from, party, to, other, object);
    }
}

void capdl_relation_have(struct havings *havings, struct having having)
{
    havings->list = capdl_spec_grow(havings->list, &havings->capacity, havings->count + 1, sizeof(*havings->list));
    havings->list[havings->count++] = having;
}

/* Adds all who have an object. */
void capdl_relation_find_havings(const struct world *world, uint32_t object, struct havings *havings)
{
    for (size_t i = world->first_holder[object]; i < world->first_holder[object + 1]; i++) {
        uint32_t container = world->holders[i].container;
        const struct capdl_cap *cap = capdl_review_held(world, i);
        struct plain_cap plain = capdl_review_cap(world->spec, cap);
        bool held = capdl_object_kind(world->spec, container) == CAPDL_KIND_CNODE;
        for (size_t j = world->first_use[container]; j < world->first_use[container + 1]; j++) {
            capdl_relation_have(havings,
                                (struct having){world->uses[j].who, plain.rights, held,
                                                cap->kind == CAPDL_KIND_CNODE ? 0 : plain.data, container, cap->slot});
        }
    }
}

static int having_compare(const void *left, const void *right)
{
    const struct having *a = left, *b = right;
    if (a->who != b->who) {
        return a->who < b->who ? -1 : 1;
    }
    if (a->holder != b->holder) {
        return a->holder < b->holder ? -1 : 1;
    }
    return a->slot < b->slot ? -1 : a->slot > b->slot;
}

void capdl_relation_choose(struct havings *chosen, const struct havings *all, capdl_relation_fits *fits)
{
    size_t kept = 0;
    chosen->count = 0;
    for (size_t i = 0; i < all->count; i++) {
        if (!fits || fits(&all->list[i])) {
            capdl_relation_have(chosen, all->list[i]);
        }
    }
    if (chosen->count > 1) {
        qsort(chosen->list, chosen->count, sizeof(*chosen->list), having_compare);
    }
    for (size_t i = 0; i < chosen->count; i++) {
        struct having *last = kept ? &chosen->list[kept - 1] : NULL;
        if (last && last->who == chosen->list[i].who) {
            last->rights |= chosen->list[i].rights;
        } else {
            chosen->list[kept++] = chosen->list[i];
        }
    }
    chosen->count = kept;
}

/* Many with many: one relation, of two groups. What an array's elements say alike is one at once. */
static void relate_groups(struct relation_finder *f, enum capdl_relation_kind kind, uint32_t object)
{
    struct capdl_relations *r = f->relations;
    struct capdl_place *from_places, *to_places;
    uint32_t from = capdl_relation_group_party(f, &f->from, &from_places);
    uint32_t to = capdl_relation_group_party(f, &f->to, &to_places);
    size_t before = r->count;
    uint8_t rights = 0;
    for (size_t i = 0; i < f->from.count; i++) {
        rights |= f->from.list[i].rights;
    }
    f->from.list[0].rights = rights;
    f->from.list[0].badge = 0;
    relation_put(f, kind, &f->from.list[0], from, to, &f->to.list[0], object);
    if (r->count == before) {
        free(from_places);
        free(to_places);
        return;
    }
    r->list[before].from_places = from_places;
    r->list[before].to_places = to_places;
    if (before && relation_compare_in(f->spec, &r->list[before - 1], &r->list[before]) == 0 &&
        r->list[before - 1].object != object) {
        r->list[before - 1].bytes += r->list[before].bytes;
        r->list[before - 1].rights |= rights;
        relation_drop(&r->list[before]);
        r->count--;
    }
}

void capdl_relation_add_all(struct relation_finder *f, enum capdl_relation_kind kind, uint32_t object)
{
    enum { FEW = 8 }; /* so pairs are at most this often as many as parties */

    if (f->from.count > FEW && f->to.count > FEW) {
        relate_groups(f, kind, object);
        return;
    }
    for (size_t i = 0; i < f->from.count; i++) {
        for (size_t j = 0; j < f->to.count; j++) {
            capdl_relation_add(f, kind, &f->from.list[i], capdl_relation_who_party(f, f->to.list[j].who),
                               &f->to.list[j], object);
        }
    }
}

/* ---- Every object ---- */

typedef void look(struct relation_finder *, uint32_t object);

static void look_at_shared(struct relation_finder *f, uint32_t object)
{
    capdl_relation_shared(f, object);
    capdl_relation_control_caps(f, object);
}

static void look_at_thread(struct relation_finder *f, uint32_t tcb)
{
    capdl_relation_owned(f, tcb);
    capdl_relation_thread(f, tcb);
}

/* What relates those who have an object of this kind; NULL: nothing, or what is found elsewhere. */
static look *look_of_kind(enum capdl_kind kind)
{
    switch (kind) {
    case CAPDL_KIND_EP:
        return capdl_relation_endpoint;
    case CAPDL_KIND_NOTIFICATION:
        return capdl_relation_notification;
    case CAPDL_KIND_RTREPLY:
    case CAPDL_KIND_CNODE:
        return look_at_shared;
    case CAPDL_KIND_IRQ:
    case CAPDL_KIND_IOAPIC_IRQ:
    case CAPDL_KIND_MSI_IRQ:
    case CAPDL_KIND_ARM_IRQ:
    case CAPDL_KIND_RISCV_IRQ:
        return capdl_relation_interrupt;
    case CAPDL_KIND_SMC:
        return capdl_relation_smc;
    case CAPDL_KIND_IO_PORTS:
        return capdl_relation_ports;
    case CAPDL_KIND_IO_DEVICE:
    case CAPDL_KIND_ARM_IO_DEVICE:
    case CAPDL_KIND_STREAMID:
    case CAPDL_KIND_CONTEXTBANK:
    case CAPDL_KIND_IO_PT:
        return capdl_relation_device;
    case CAPDL_KIND_TCB:
        return look_at_thread;
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
        return capdl_relation_owned;
    case CAPDL_KIND_FRAME:
    case CAPDL_KIND_PROGRAM:
    case CAPDL_KIND_IRQ_CONTROL:
    case CAPDL_KIND_ASID_CONTROL:
    case CAPDL_KIND_IO_SPACE_MASTER:
    case CAPDL_KIND_IO_PORT_CONTROL:
    case CAPDL_KIND_STREAMID_CONTROL:
    case CAPDL_KIND_CONTEXTBANK_CONTROL:
    case CAPDL_KIND_DOMAIN:
    case CAPDL_KIND_SCHED_CONTROL:
    case CAPDL_KIND_COUNT:
        break;
    }
    return NULL;
}

static void look_at(struct relation_finder *f, uint32_t object)
{
    look *relate = look_of_kind(capdl_object_kind(f->spec, object));

    if (relate) {
        f->here.count = 0;
        capdl_relation_find_havings(&f->world, object, &f->here);
        relate(f, object);
    }
}

void capdl_relations_find(const struct capdl_spec *spec, struct capdl_relations *relations)
{
    struct relation_finder f = {
        .spec = spec, .relations = relations, .domains = spec->domains.has_schedule, .unite_at = MOST_GATHERED};
    size_t size = (spec->num_objects + (size_t)1) * sizeof(*f.device_party);
    *relations = (struct capdl_relations){.list = NULL};
    capdl_review_world_init(&f.world, spec, NULL);
    f.world.object_number = capdl_review_identity(spec->num_objects);
    f.world.subject_number = capdl_review_identity(f.world.num_subjects);
    capdl_review_memory_init(&f.memory, &f.world, spec->num_objects);
    f.device_party = capdl_spec_realloc(NULL, size);
    memset(f.device_party, 0xff, size);
    for (uint32_t i = 0; i < f.world.num_subjects; i++) {
        capdl_relation_party_add(&f, (struct capdl_party){CAPDL_PARTY_SUBJECT,
                                                          capdl_review_format("%s", f.world.subjects[i].label),
                                                          .object = f.world.subjects[i].tcb});
    }
    relations->num_subjects = f.world.num_subjects;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        const struct capdl_tcb *tcb = capdl_object_kind(spec, i) == CAPDL_KIND_TCB ? capdl_object_tcb(spec, i) : NULL;
        f.domains |= tcb && tcb->dom;
    }
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        look_at(&f, i);
    }
    capdl_relation_untypeds(&f);
    capdl_relation_faults(&f);
    capdl_relation_memory(&f);
    capdl_relation_fixed_memory(&f);
    capdl_relation_unite_parties(relations);
    unite_relations(spec, relations);
    free(f.here.list);
    free(f.others.list);
    free(f.from.list);
    free(f.to.list);
    free(f.groups);
    free(f.device_party);
    capdl_review_memory_free(&f.memory);
    capdl_review_world_free(&f.world);
}

void capdl_relations_free(struct capdl_relations *relations)
{
    for (uint32_t i = 0; i < relations->num_parties; i++) {
        free(relations->parties[i].name);
        free(relations->parties[i].members);
    }
    for (size_t i = 0; i < relations->count; i++) {
        relation_drop(&relations->list[i]);
    }
    free(relations->parties);
    free(relations->list);
}
