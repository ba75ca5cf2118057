/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How relations are found: relations.c goes through the objects and has each looked at once, with all that have it.
 *
 *     relations_parties.c   who and what is related: subjects, devices, numbers, and groups of those that have the same
 *     relations_ways.c      messages, signals, faults and control
 *     relations_memory.c    memory that is shared, and memory with addresses
 *     relations_machine.c   interrupts, ports, SMC, threads' priorities, what one holds
 */
#ifndef CAPDL_REVIEW_RELATIONS_H
#define CAPDL_REVIEW_RELATIONS_H

#include <capdl/relations.h>

#include "comparison.h"

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

struct relation_finder {
    const struct capdl_spec *spec;
    struct world world;
    struct memory memory;
    struct capdl_relations *relations;
    bool domains;                /* whether it matters which one a thread is in */
    size_t unite_at;             /* as many relations */
    uint32_t *device_party;      /* per object: its party, or REVIEW_NONE */
    size_t *placed_at;           /* per frame that stands for a place: of the memory's placed ones, which it is */
    struct havings here, others; /* of the object that is looked at */
    struct havings from, to;     /* of these, those to be related */
    uint32_t *groups;            /* parties that are groups, open addressing; REVIEW_NONE: empty */
    size_t groups_mask, num_groups;
};

/* ---- relations_parties.c ---- */

uint32_t capdl_relation_party_add(struct relation_finder *, struct capdl_party);
/* To be freed. */
char *capdl_relation_object_name(const struct capdl_spec *, uint32_t object);
uint32_t capdl_relation_who_party(struct relation_finder *, uint32_t who);
uint32_t capdl_relation_number_party(struct relation_finder *, enum capdl_party_kind, uint64_t first, uint64_t last,
                                     uint32_t object);
uint32_t capdl_relation_kind_party(struct relation_finder *, enum capdl_kind);
/* Havings of several, one of each: the group of them, and in their order a slot of each. */
uint32_t capdl_relation_group_party(struct relation_finder *, const struct havings *, struct capdl_place **places);
/* Gives parties that are the same one number, and groups their names. */
void capdl_relation_unite_parties(struct capdl_relations *);

/* ---- relations.c ---- */

void capdl_relation_have(struct havings *, struct having);
/* Adds all who have an object. */
void capdl_relation_find_havings(const struct world *, uint32_t object, struct havings *);
/* A relation of one with one; other: where the second one has it, or NULL. */
void capdl_relation_add(struct relation_finder *, enum capdl_relation_kind, const struct having *from, uint32_t to,
                        const struct having *other, uint32_t object);
typedef bool capdl_relation_fits(const struct having *);
/* Those of a list that fit, into f->from or f->to. */
void capdl_relation_choose(struct havings *chosen, const struct havings *all, capdl_relation_fits *);
/* Each of f->from with each of f->to, other than itself. */
void capdl_relation_add_all(struct relation_finder *, enum capdl_relation_kind, uint32_t object);
/* The first element of the array that an object is of, or itself. */
uint32_t capdl_relation_array_of(const struct capdl_spec *, uint32_t object);

/* ---- relations_ways.c, relations_memory.c, relations_machine.c: what relates those in f->here ---- */

void capdl_relation_endpoint(struct relation_finder *, uint32_t object);
void capdl_relation_notification(struct relation_finder *, uint32_t object);
/* The capability of those who hold an object lets them control all others who have it, or use it as their CNode. */
void capdl_relation_shared(struct relation_finder *, uint32_t object);
void capdl_relation_owned(struct relation_finder *, uint32_t object);
void capdl_relation_device(struct relation_finder *, uint32_t object);
/* What lies in untypeds is gone when their holders revoke it. */
void capdl_relation_untypeds(struct relation_finder *);
void capdl_relation_faults(struct relation_finder *);
/* Adds threads to which a notification is bound: they receive from it, too. */
void capdl_relation_find_bound(struct relation_finder *, uint32_t object, struct havings *);
bool capdl_relation_receives(const struct having *);
bool capdl_relation_is_subject(const struct having *);
void capdl_relation_memory(struct relation_finder *);
void capdl_relation_fixed_memory(struct relation_finder *);
void capdl_relation_interrupt(struct relation_finder *, uint32_t object);
void capdl_relation_smc(struct relation_finder *, uint32_t object);
void capdl_relation_ports(struct relation_finder *, uint32_t object);
void capdl_relation_thread(struct relation_finder *, uint32_t tcb);
/* Capabilities to what is no object. */
void capdl_relation_control_caps(struct relation_finder *, uint32_t container);

#endif
