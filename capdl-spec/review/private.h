/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the review share.
 *
 *     match.c     which object of the old spec is which of the new one
 *     subjects.c  threads -> subjects, and whose an object is
 *     facts.c     a spec -> what is so in it, as a sorted list of facts
 *     judge.c     facts of one spec only -> findings
 *     shared_memory.c  which frames are the same memory, and who shares it
 *     flows.c     who can influence whom, directly and through others
 *     findings.c  findings as text
 *     diff.c      the whole comparison
 *     graph.c     a spec as a picture
 *
 * Both specs use the same numbers: an object is its number in the new spec, one that is only in the old spec is its
 * number there behind those of the new. Subjects likewise.
 */
#ifndef CAPDL_REVIEW_PRIVATE_H
#define CAPDL_REVIEW_PRIVATE_H

#include <capdl/review.h>

#include "model/model.h"

enum { REVIEW_NONE = UINT32_MAX };
#define FINDING_NO_OBJECT UINT64_MAX

struct subject {
    uint32_t tcb; /* the first of its threads, as an object of its spec */
    uint32_t cspace, vspace;
    char *label;
};

/* A spec and its subjects. All numbers are those of the spec itself. */
struct world {
    const struct capdl_spec *spec;
    struct subject *subjects;
    uint32_t num_subjects;
    uint32_t
        *owner; /* per object: subject whose thread, CSpace, page table or scheduling context it is; or REVIEW_NONE */
    /* In which numbers the comparison knows them. */
    uint32_t *object_number, *subject_number;
};

void capdl_review_world_init(struct world *, const struct capdl_spec *);
void capdl_review_world_free(struct world *);
/* 0, 1, 2, ...; to be freed. */
uint32_t *capdl_review_identity(uint32_t count);
/* Per number of the comparison: the object of this spec that has it, or REVIEW_NONE. To be freed. */
uint32_t *capdl_review_world_numbers(const struct world *);

/* What the capability in a slot refers to, or REVIEW_NONE. */
uint32_t capdl_review_target(const struct capdl_spec *, uint32_t container, uint64_t slot);

/* match.c: number of the object of `new` that each object of `old` is, or REVIEW_NONE. */
uint32_t *capdl_review_match(const struct capdl_spec *old, const struct capdl_spec *new);

enum relation {
    RELATION_OBJECT,   /* exists */
    RELATION_HOLD,     /* subject holds a capability to object; detail: badge, value: rights */
    RELATION_MAP,      /* subject can reach a frame; detail: 0, value: rights and caching */
    RELATION_DMA,      /* detail: a device can reach the frame `object`; value: rights */
    RELATION_HANDLER,  /* thread `object` has the fault (detail 0) or timeout (1) handler endpoint `value` */
    RELATION_BADGE,    /* ... with this badge */
    RELATION_BOUND,    /* TCB slot `detail` of thread `object` holds `value` */
    RELATION_NUMBER,   /* object has the attribute `detail` with this value */
    RELATION_CONTENT,  /* frame is filled with that */
    RELATION_IRQ,      /* interrupt number `object`: the interrupt object is `value` */
    RELATION_SIGNAL,   /* interrupt object signals notification `detail` with badge `value` */
    RELATION_SCHEDULE, /* entry `object` of the domain schedule; detail: 0 domain, 1 duration, 2 unit */
    RELATION_DERIVED,  /* the capability to `object` that `subject` (an object) holds in slot `detail`: `value` is its
                          parent's holder */
};

struct fact {
    uint32_t relation;
    uint32_t subject; /* or REVIEW_NONE */
    uint64_t object;  /* an object, where the relation has no number */
    uint64_t detail;
    uint64_t value;
    uint32_t holder; /* not compared: object of the spec, and its slot, that show it; or REVIEW_NONE */
    uint64_t slot;
};

struct facts {
    struct fact *list;
    size_t count, capacity;
};

enum { MAP_UNCACHED = 16 }; /* beside the rights */

/* Attributes that are one number: rank when it changes, and words for it. */
struct attribute {
    enum capdl_rank rank;
    const char *text;
};
struct attribute capdl_review_attribute(enum capdl_kind, uint64_t detail);
/* Whether it says where a frame lies. */
bool capdl_review_is_address(const struct fact *);

/* Everything that is so in a spec, sorted and without repetition. */
void capdl_review_facts(struct facts *, const struct world *, const struct capdl_diff_options *);

/*
 * Frames as memory: two with the same physical address are the same memory. By number, of all objects of both specs.
 */
struct memory {
    uint32_t *first; /* frame that stands for this memory */
    uint32_t
        *sharer; /* of the frame that stands for it: the subject that can reach it, REVIEW_NONE, or MEMORY_SHARED */
    bool *fixed; /* has a physical address */
};
enum { MEMORY_SHARED = UINT32_MAX - 1 };

void capdl_review_memory_init(struct memory *, const struct facts *, uint32_t num_objects);
void capdl_review_memory_free(struct memory *);
/* Whether more than one subject can reach it. */
bool capdl_review_memory_shared(const struct memory *, uint64_t object);
bool capdl_review_memory_fixed(const struct memory *, uint64_t object);

/* Two specs under comparison. */
struct review {
    struct world old, new;
    uint32_t *matched; /* per object of the old spec */
    bool *in_old;      /* per object of the new spec */
    struct memory old_memory, new_memory;
    struct facts old_facts, new_facts;
    struct raw_finding *raw;
    size_t num_raw, capacity_raw;
};

/* A finding before its words are put together: "SUBJECT VERB OBJECT TAIL". Those that differ by the index of an array's
   element only become one. */
struct raw_finding {
    enum capdl_rank rank;
    uint32_t subject;          /* or REVIEW_NONE */
    uint64_t object;           /* or FINDING_NO_OBJECT */
    const char *verb;          /* a constant */
    char *tail;                /* owned; may be empty */
    const struct world *world; /* of holder */
    uint32_t holder;
    uint64_t slot;
};

enum { REVIEW_LABEL = 160 };
const char *capdl_review_object(const struct review *, uint64_t object, char *buffer);
const char *capdl_review_subject(const struct review *, uint32_t subject);
/* "R", "WX", "-": in the letters of the language. Returns text. */
const char *capdl_review_rights(enum capdl_kind, uint64_t rights, char text[8]);
enum capdl_kind capdl_review_kind(const struct review *, uint64_t object);

void capdl_review_add(struct review *, enum capdl_rank, const struct world *, const struct fact *, const char *verb,
                      const char *tail, ...) CAPDL_PRINTF(6, 7);
/* Turns what was found into sentences. */
void capdl_review_write(struct review *, struct capdl_findings *);

void capdl_review_judge(struct review *);

/* a can influence b by way of an object; all are numbers of the comparison. */
struct flow {
    uint32_t a, b;
    uint64_t by;
};

struct flows {
    struct flow *list; /* by a, then b; one of each */
    size_t count, capacity;
};

void capdl_review_flows(struct flows *, const struct facts *, const struct world *, const struct memory *);
/* Finds what can flow in the new system and could not in the old one. */
void capdl_review_judge_flows(struct review *);

#endif
