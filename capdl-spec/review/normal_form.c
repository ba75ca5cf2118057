/* SPDX-License-Identifier: BSD-2-Clause */
/* What an object is, as a list of numbers; what a capability is, without what has no effect. */
#include "normal_form.h"

#include <stdlib.h>

#include <capdl/architecture.h>

static void add(struct fields *fields, uint32_t field, uint64_t value)
{
    fields->list = capdl_spec_grow(fields->list, &fields->capacity, fields->count + 1, sizeof(*fields->list));
    fields->list[fields->count++] = (struct field_value){field, value};
}

/* A thread with neither CSpace nor address space is not started, whatever the spec says. */
static void add_tcb(struct fields *fields, const struct capdl_tcb *tcb, bool bare)
{
    size_t last = tcb->num_init;
    for (unsigned i = 0; i < CAPDL_TCB_FIELD_COUNT; i++) {
        if (capdl_tcb_field_type((enum capdl_tcb_field)i) != CAPDL_TCB_LIST) {
            add(fields, FIELD_TCB + i,
                i == CAPDL_TCB_FIELD_RESUME && bare ? 0 : capdl_tcb_get(tcb, (enum capdl_tcb_field)i));
        }
    }
    while (last && tcb->init[last - 1] == 0) {
        last--; /* what is not given is 0 */
    }
    for (size_t i = 0; i < last; i++) {
        add(fields, FIELD_LIST + (uint32_t)i, tcb->init[i]);
    }
}

static void add_sc(struct fields *fields, const struct capdl_sc *given)
{
    static const struct capdl_sc defaults;
    const struct capdl_sc *sc = given ? given : &defaults;
    add(fields, FIELD_PERIOD, sc->period);
    add(fields, FIELD_BUDGET, sc->budget);
    add(fields, FIELD_REFILLS, sc->refills);
    add(fields, FIELD_FLAGS, sc->flags);
    add(fields, FIELD_DATA, sc->data);
}

static void add_numbers(struct fields *fields, enum capdl_kind kind, const struct capdl_numbers *numbers)
{
    for (unsigned i = 0; numbers && i < CAPDL_NUMBER_COUNT; i++) {
        bool otherwise = kind == CAPDL_KIND_LEFTOVER && i == CAPDL_NUMBER_LEFTOVER_DEVICES && !numbers->value[i];
        if (numbers->has >> i & 1 && !otherwise) {
            add(fields, FIELD_NUMBER + i, numbers->value[i]);
        }
    }
}

static void add_irqs(struct fields *fields, const struct world *world, uint32_t id)
{
    for (size_t i = world->first_irq[id]; i < world->first_irq[id + 1]; i++) {
        add(fields, FIELD_IRQ, world->irqs[i]);
    }
}

static int field_compare(const void *left, const void *right)
{
    const struct field_value *a = left, *b = right;
    if (a->field != b->field) {
        return a->field < b->field ? -1 : 1;
    }
    return a->value < b->value ? -1 : a->value > b->value;
}

void capdl_review_fields(const struct world *world, uint32_t id, struct fields *fields)
{
    const struct capdl_spec *spec = world->spec;
    enum capdl_kind kind = capdl_object_kind(spec, id);
    unsigned flags = capdl_object_flags(spec, id);
    fields->count = 0;
    if (capdl_object_size_bits(spec, id)) {
        add(fields, FIELD_SIZE, capdl_object_size_bits(spec, id));
    }
    if (flags & CAPDL_OBJECT_HAS_PADDR) {
        add(fields, FIELD_PADDR, capdl_object_paddr(spec, id));
    }
    if (flags & CAPDL_OBJECT_CONTIGUOUS) {
        add(fields, FIELD_CONTIGUOUS, 1);
    }
    if (world->content[id]) {
        add(fields, FIELD_CONTENT, world->content[id]);
    }
    if (kind == CAPDL_KIND_TCB) {
        add_tcb(fields, capdl_tcb_values(spec, id),
                !capdl_spec_cap_at(spec, id, CAPDL_TCB_SLOT_CSPACE) &&
                    !capdl_spec_cap_at(spec, id, CAPDL_TCB_SLOT_VSPACE));
    } else if (kind == CAPDL_KIND_SC) {
        add_sc(fields, capdl_object_sc(spec, id));
    } else if (capdl_kind_has(kind, CAPDL_TRAIT_NUMBERS)) {
        add_numbers(fields, kind, capdl_object_numbers(spec, id));
        add_irqs(fields, world, id);
    }
    if (fields->count) {
        qsort(fields->list, fields->count, sizeof(*fields->list), field_compare);
    }
}

static uint64_t low_bits(uint64_t value, unsigned bits)
{
    return bits >= 64 ? value : value & ((UINT64_C(1) << bits) - 1);
}

struct plain_cap capdl_review_cap(const struct capdl_spec *spec, const struct capdl_cap *cap)
{
    struct plain_cap plain = {.object = cap->object, .kind = cap->kind, .mapping_container = CAPDL_NO_OBJECT};
    const struct capdl_cap_extra *extra = capdl_cap_extra(spec, cap);
    if (capdl_kind_has(cap->kind, CAPDL_TRAIT_RIGHTS)) {
        plain.rights = cap->rights & CAPDL_RIGHTS_ALL;
    }
    if (capdl_kind_has(cap->kind, CAPDL_TRAIT_BADGE) || cap->kind == CAPDL_KIND_SCHED_CONTROL) {
        plain.data = cap->data;
    }
    if (cap->kind == CAPDL_KIND_CNODE) {
        plain.guard_size = cap->guard_size;
        plain.data = low_bits(cap->data, cap->guard_size);
    }
    plain.flags = cap->flags & (CAPDL_CAP_REPLY | CAPDL_CAP_MASTER_REPLY);
    if (capdl_architecture(spec->arch)->cache_attribute) {
        plain.flags |= cap->flags & CAPDL_CAP_UNCACHED;
    }
    if (cap->flags & CAPDL_CAP_HAS_MAPPING) {
        plain.mapping_container = extra->mapping_container;
        plain.mapping_slot = extra->mapping_slot;
    }
    return plain;
}

uint64_t capdl_review_domain_start(const struct capdl_domains *domains)
{
    if (!domains->num_schedule) {
        return REVIEW_DEFAULT;
    }
    return domains->start_kind == CAPDL_DOMAIN_START_NONE    ? REVIEW_DEFAULT - 1
           : domains->start_kind == CAPDL_DOMAIN_START_INDEX ? domains->start_index
                                                             : 0;
}

uint32_t capdl_review_target(const struct capdl_spec *spec, uint32_t tcb, uint64_t slot)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(spec, tcb, slot);
    return cap ? cap->object : REVIEW_NONE;
}
