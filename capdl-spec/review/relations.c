/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A spec as relations between subjects, devices and parts of the machine. Each object is looked at once, with all that
 * have it: who sends into it is related to who receives from it.
 */
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "relations_havings.h"
#include "relations_list.h"
#include "relations_machine.h"
#include "relations_memory.h"
#include "relations_parties.h"
#include "relations_ways.h"
#include "shared_memory.h"
#include "subjects.h"
#include "words.h"

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
        .spec = spec, .relations = relations, .domains = spec->domains.has_schedule, .unite_at = RELATIONS_GATHERED};
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
    capdl_relation_unite(spec, relations);
    free(f.here.list);
    free(f.others.list);
    free(f.from.list);
    free(f.to.list);
    free(f.groups);
    free(f.device_party);
    capdl_review_memory_free(&f.memory);
    capdl_review_world_free(&f.world);
}
