/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How relations are found: relations.c goes through the objects and has each looked at once, with all that have it.
 *
 *     relations_parties.c   who and what is related: subjects, devices, numbers, and groups of those that have the same
 *     relations_list.c      the list of relations: adding to it, one with one and many with many
 *     relations_havings.c   who has an object
 *     relations_ways.c      messages, signals, faults and control
 *     relations_memory.c    memory that is shared, and memory with addresses
 *     relations_machine.c   interrupts, ports, SMC, threads' priorities, what one holds
 */
#ifndef CAPDL_REVIEW_RELATION_FINDER_H
#define CAPDL_REVIEW_RELATION_FINDER_H

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

#endif
