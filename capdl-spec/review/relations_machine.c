/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupts, ports, SMC, priorities and domains, and what is no object. */
#include "relations_machine.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "relations_havings.h"
#include "relations_list.h"
#include "relations_parties.h"

static void relate_all(struct relation_finder *f, enum capdl_relation_kind kind, const struct havings *havings,
                       uint32_t to, uint32_t object)
{
    for (size_t i = 0; i < havings->count; i++) {
        if (!(havings->list[i].who & USE_DEVICE)) {
            capdl_relation_add(f, kind, &havings->list[i], to, NULL, object);
        }
    }
}

/* Whoever has the interrupt handles it, and whoever receives its signals. */
void capdl_relation_interrupt(struct relation_finder *f, uint32_t object)
{
    struct capdl_caps caps = capdl_object_caps(f->spec, object);
    size_t first = f->world.first_irq[object], end = f->world.first_irq[object + 1];
    uint32_t party;
    f->others.count = 0;
    for (uint32_t i = 0; i < caps.count; i++) {
        if (caps.list[i].kind == CAPDL_KIND_NOTIFICATION) {
            capdl_relation_find_havings(&f->world, caps.list[i].object, &f->others);
            capdl_relation_find_bound(f, caps.list[i].object, &f->others);
        }
    }
    for (size_t i = 0; i < f->others.count; i++) {
        if (capdl_relation_receives(&f->others.list[i])) {
            capdl_relation_have(&f->here, f->others.list[i]);
        }
    }
    if (!f->here.count) {
        return;
    }
    if (first == end) {
        party = capdl_relation_party_add(
            f,
            (struct capdl_party){CAPDL_PARTY_INTERRUPT, capdl_relation_object_name(f->spec, object), .object = object});
        relate_all(f, CAPDL_RELATION_INTERRUPT, &f->here, party, object);
    }
    for (size_t i = first; i < end; i++) {
        party = capdl_relation_number_party(f, CAPDL_PARTY_INTERRUPT, f->world.irqs[i], f->world.irqs[i], object);
        relate_all(f, CAPDL_RELATION_INTERRUPT, &f->here, party, object);
    }
}

void capdl_relation_smc(struct relation_finder *f, uint32_t object)
{
    for (size_t i = 0; i < f->here.count; i++) {
        const struct having *from = &f->here.list[i];
        uint32_t to = from->badge ? capdl_relation_number_party(f, CAPDL_PARTY_SMC, from->badge, from->badge, object)
                                  : capdl_relation_number_party(f, CAPDL_PARTY_SMC, 0, UINT64_MAX, object);
        capdl_relation_add(f, CAPDL_RELATION_SMC, from, to, NULL, object);
    }
}

void capdl_relation_ports(struct relation_finder *f, uint32_t object)
{
    uint64_t first = capdl_object_number(f->spec, object, CAPDL_NUMBER_PORTS_FIRST);
    uint64_t last = capdl_object_number(f->spec, object, CAPDL_NUMBER_PORTS_LAST);
    if (f->here.count) {
        relate_all(f, CAPDL_RELATION_PORT, &f->here,
                   capdl_relation_number_party(f, CAPDL_PARTY_PORTS, first, last, object), object);
    }
}

void capdl_relation_thread(struct relation_finder *f, uint32_t tcb)
{
    const struct capdl_tcb *thread = capdl_tcb_values(f->spec, tcb);
    struct having from = {.who = f->world.owner[tcb], .holder = CAPDL_NO_OBJECT};
    uint64_t most = thread->max_prio > thread->prio ? thread->max_prio : thread->prio;
    if (from.who == REVIEW_NONE) {
        return;
    }
    capdl_relation_add(f, CAPDL_RELATION_PRIORITY, &from,
                       capdl_relation_number_party(f, CAPDL_PARTY_PRIORITY, most, most, tcb), NULL, tcb);
    if (f->domains) {
        capdl_relation_add(f, CAPDL_RELATION_DOMAIN, &from,
                           capdl_relation_number_party(f, CAPDL_PARTY_DOMAIN, thread->dom, thread->dom, tcb), NULL,
                           tcb);
    }
}

/* Capabilities to what is no object. */
void capdl_relation_control_caps(struct relation_finder *f, uint32_t container)
{
    struct capdl_caps caps = capdl_object_caps(f->spec, container);
    for (uint32_t i = 0; i < caps.count; i++) {
        const struct capdl_cap *cap = &caps.list[i];
        for (size_t j = f->world.first_use[container];
             cap->object == CAPDL_NO_OBJECT && j < f->world.first_use[container + 1]; j++) {
            struct having from = {f->world.uses[j].who, cap->rights, true, 0, container, cap->slot};
            capdl_relation_add(f, CAPDL_RELATION_HOLD, &from, capdl_relation_kind_party(f, (enum capdl_kind)cap->kind),
                               NULL, CAPDL_NO_OBJECT);
        }
    }
}
