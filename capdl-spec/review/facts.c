/* SPDX-License-Identifier: BSD-2-Clause */
/* A spec as facts: who holds what, and who can reach which memory. */
#include <stdlib.h>
#include <string.h>

#include "private.h"

static struct fact *fact_add(struct facts *facts, const struct world *world, enum relation relation, uint32_t subject,
                             uint64_t object)
{
    facts->list = capdl_spec_grow(facts->list, &facts->capacity, facts->count + 1, sizeof(*facts->list));
    facts->list[facts->count] = (struct fact){
        .relation = relation,
        .subject = subject == REVIEW_NONE ? REVIEW_NONE : world->subject_number[subject],
        .object = object,
        .holder = REVIEW_NONE,
    };
    return &facts->list[facts->count++];
}

/* What the capabilities of a CNode or page table are to a subject. */
static void gather_container(struct facts *facts, const struct world *world, uint32_t subject, uint32_t container)
{
    struct capdl_caps caps = capdl_object_caps(world->spec, container);
    bool cnode = capdl_object_kind(world->spec, container) == CAPDL_KIND_CNODE;

    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        struct fact *fact;

        if (!cnode && cap->kind != CAPDL_KIND_FRAME) {
            continue;
        }
        fact = fact_add(facts, world, cnode ? RELATION_HOLD : RELATION_MAP, subject,
                        capdl_review_target_number(world, cap));
        fact->detail = cnode && cap->kind != CAPDL_KIND_CNODE ? cap->data : 0;
        fact->value = cap->rights | (!cnode && cap->flags & CAPDL_CAP_UNCACHED ? MAP_UNCACHED : 0u);
        fact->holder = container;
        fact->slot = cap->slot;
    }
}

static void gather_slots(struct facts *facts, const struct world *world, uint32_t id)
{
    struct capdl_caps caps = capdl_object_caps(world->spec, id);
    enum capdl_kind kind = capdl_object_kind(world->spec, id);

    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        bool timeout = cap->slot == CAPDL_TCB_SLOT_TEMP_FAULT_EP;

        if (capdl_kind_class(kind) == CAPDL_CLASS_INTERRUPT) {
            struct fact *fact = fact_add(facts, world, RELATION_SIGNAL, REVIEW_NONE, world->object_number[id]);
            fact->detail = capdl_review_target_number(world, cap);
            fact->value = cap->data;
        } else if (kind == CAPDL_KIND_TCB && (cap->slot == CAPDL_TCB_SLOT_FAULT_EP || timeout)) {
            struct fact *fact = fact_add(facts, world, RELATION_HANDLER, REVIEW_NONE, world->object_number[id]);
            fact->detail = timeout;
            fact->value = capdl_review_target_number(world, cap);
        }
    }
}

static int fact_compare(const void *left, const void *right)
{
    const struct fact *a = left, *b = right;
    const uint64_t keys[][2] = {{a->relation, b->relation},
                                {a->subject, b->subject},
                                {a->object, b->object},
                                {a->detail, b->detail},
                                {a->value, b->value}};

    for (unsigned i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        if (keys[i][0] != keys[i][1]) {
            return keys[i][0] < keys[i][1] ? -1 : 1;
        }
    }
    return 0;
}

/* Several capabilities to one thing count as one with the rights of all. */
static void facts_unite(struct facts *facts)
{
    size_t count = 0;

    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->list[i];
        struct fact *last = count ? &facts->list[count - 1] : NULL;
        bool same = last && last->relation == fact->relation && last->subject == fact->subject &&
                    last->object == fact->object && last->detail == fact->detail;
        bool rights = fact->relation == RELATION_HOLD || fact->relation == RELATION_MAP;

        if (same && (rights || last->value == fact->value)) {
            last->value |= fact->value;
        } else {
            facts->list[count++] = *fact;
        }
    }
    facts->count = count;
}

void capdl_review_facts(struct facts *facts, const struct world *world)
{
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        for (size_t j = world->first_use[i]; j < world->first_use[i + 1]; j++) {
            if (!(world->uses[j].who & USE_DEVICE)) {
                gather_container(facts, world, world->uses[j].who, i);
            }
        }
        gather_slots(facts, world, i);
    }
    if (facts->count) {
        qsort(facts->list, facts->count, sizeof(*facts->list), fact_compare);
    }
    facts_unite(facts);
}
