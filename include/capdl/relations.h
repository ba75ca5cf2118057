/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A system as people draw it: subjects (threads that share an address space and a CSpace), devices that have DMA, parts
 * of the machine, and what relates them. Pictures, policies and reports are made from this one list.
 *
 *     struct capdl_relations r;
 *     capdl_relations_find(&spec, &r);
 *     for (size_t i = 0; i < r.count; i++) {
 *         const struct capdl_relation *l = &r.list[i];
 *         ... r.parties[l->from].name, capdl_relation_word(l->kind), r.parties[l->to].name ...
 *     }
 *     capdl_relations_free(&r);
 *
 * The list is sorted by from, to, kind and object, so what relates two parties stands together; of an array of objects
 * there is one entry. Where many send to many, or share memory, `from` and `to` are groups: each member of the one is
 * so related to each member of the other, apart from itself. Memory and time are thus linear in those who share.
 */
#ifndef CAPDL_RELATIONS_H
#define CAPDL_RELATIONS_H

#include <capdl/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

enum capdl_relation_kind {
#define CAPDL_RELATION(id, word, flow, sentence) CAPDL_RELATION_##id,
#include <capdl/relations.def>
#undef CAPDL_RELATION
    CAPDL_RELATION_COUNT
};

enum capdl_relation_flow { CAPDL_FLOW_NEVER = 0, CAPDL_FLOW_FORTH = 1, CAPDL_FLOW_BACK = 2, CAPDL_FLOW_BOTH = 3 };

/* The word for it in policies and JSON, which is stable: a static string. */
const char *capdl_relation_word(enum capdl_relation_kind);
/* In which direction data flows: from `from` to `to` is FORTH. */
enum capdl_relation_flow capdl_relation_flow(enum capdl_relation_kind);
/* A sentence: a format for printf with two %s, the names of `from` and `to`. A static string. */
const char *capdl_relation_sentence(enum capdl_relation_kind);

enum capdl_party_kind {
    CAPDL_PARTY_SUBJECT,
    CAPDL_PARTY_DEVICE,    /* reaches memory by itself: behind an IOMMU */
    CAPDL_PARTY_MEMORY,    /* physical addresses first to last */
    CAPDL_PARTY_INTERRUPT, /* first: its number, where the spec gives one */
    CAPDL_PARTY_PORTS,     /* first to last */
    CAPDL_PARTY_SMC,       /* function; 0 to UINT64_MAX: every one */
    CAPDL_PARTY_KIND,      /* a kind of capability, by its keyword */
    CAPDL_PARTY_DOMAIN,    /* first: its number */
    CAPDL_PARTY_PRIORITY,  /* first: the highest that a thread has or may give */
    CAPDL_PARTY_GROUP,     /* subjects or devices that have the same */
};

struct capdl_party {
    enum capdl_party_kind kind;
    char *name;    /* owned; of a subject its label, of a number its text: "0x9000000+0x1000", "33" */
    bool numbered; /* first and last are set */
    uint64_t first, last;
    uint32_t object;   /* first thread of a subject, the device, a frame; or CAPDL_NO_OBJECT */
    uint32_t *members; /* owned; of a group: its parties, in order */
    uint32_t num_members;
};

/* A slot of a container, which may be CAPDL_NO_OBJECT: nowhere. */
struct capdl_place {
    uint32_t holder;
    uint64_t slot;
};

struct capdl_relation {
    enum capdl_relation_kind kind;
    uint32_t from, to; /* indices in `parties` */
    uint32_t object;   /* endpoint, notification, first frame of an array, TCB, ...; CAPDL_NO_OBJECT: none */
    uint64_t bytes;    /* of frames, all of the array */
    uint64_t badge;    /* of one capability by which it is so; 0: none */
    uint8_t rights;    /* enum capdl_right, of all such capabilities of `from` */
    /* A slot that shows it, on either side: the container, or CAPDL_NO_OBJECT. */
    uint32_t from_holder, to_holder;
    uint64_t from_slot, to_slot;
    /* Owned; the same for each member of a group, in their order; NULL of a party that is none. */
    struct capdl_place *from_places, *to_places;
};

struct capdl_relations {
    struct capdl_party *parties; /* the subjects first */
    uint32_t num_parties, num_subjects;
    struct capdl_relation *list;
    size_t count;
    bool incomplete;                 /* there are more than millions: the rest is left out */
    size_t party_capacity, capacity; /* private */
};

/* Fills the list, which capdl_relations_free empties; the spec must outlive it. */
void capdl_relations_find(const struct capdl_spec *, struct capdl_relations *);
void capdl_relations_free(struct capdl_relations *);
/*
 * The members of a group, or a party that is none as its only member: indices in `parties`. `party` points to `from` or
 * `to` of a relation, or to another index. What it returns lives as long as the list and *party.
 */
const uint32_t *capdl_relations_members(const struct capdl_relations *, const uint32_t *party, uint32_t *count);

#ifdef __cplusplus
}
#endif

#endif
