/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two systems under comparison: the types that the files of the review share.
 *
 *     normal_form.c    an object as fields, a capability without what means nothing
 *     attributes.c     what fields are called, how grave another value is, and how it is written
 *     canonical.c      a system as lines to be hashed
 *     settle.c         what a spec and its image say in different words becomes one
 *     match.c          which object of the old spec is which of the new one: two ways, the better one is taken
 *     pairing.c        objects that look alike are paired, and what hangs on them with them
 *     compare.c        matched systems -> edits: all that is in one of them only
 *     subjects.c       threads -> subjects, and whose an object is
 *     uses.c           who reaches a CNode or page table, and at which pointer or address
 *     shared_memory.c  which frames are the same memory, and who shares it
 *     judge*.c         an edit -> a finding: rank and words; slot_findings.c for those of slots
 *     field_notes.c    what another value of a field means, and who else has it
 *     gain_rank.c      how grave it is that somebody has a capability
 *     effects.c        what a capability lets one do, in words
 *     others.c         who else reaches an object, and with which badge
 *     window_note.c    what else lies in the memory of a frame or untyped
 *     parties.c        who has an object, by which capabilities
 *     roles.c          what an object is to whom, in words
 *     words.c          objects, subjects, rights and sizes in words
 *     lists.c          lists of numbers
 *     domain_share.c   how much of the time the schedule gives to a domain
 *     flow_graph.c     who tells whom: an edge for each way that data, answers and faults take
 *     flows.c          who can influence whom, directly and through others
 *     flow_findings.c  searches for flows, counted, and what they find in words
 *     mediators.c      who no longer stands between whom
 *     dominators.c     whom all that flows from one to another has to pass
 *     belongings.c     what a new or gone protection domain has to itself
 *     renumber.c       numbers that all move by the same distance
 *     one_edit*.c      which findings are of one edit of a source, by what ties.c has
 *     findings.c       what edits are judged to be
 *     finding_list.c   the list of findings that they become
 *     finding_groups.c which of them become one
 *     finding_text.c   findings as sentences
 *     finding_fields.c findings as fields, for programs
 *     diff.c           the whole comparison
 *     relations*.c     a spec as relations between subjects, devices and the machine
 *     policy*.c        policies: read, compared with relations, written
 *     graph.c          every object and capability as a graph
 *     picture*.c       subjects and what relates them as a picture
 *
 * Both specs use the same numbers: an object is its number in the new spec, one that is only in the old spec is its
 * number there after those of the new. Subjects likewise.
 */
#ifndef CAPDL_REVIEW_COMPARISON_H
#define CAPDL_REVIEW_COMPARISON_H

#include <capdl/review.h>

#include "model/model.h"

struct holder {
    uint32_t container, number; /* its number-th capability */
};

enum { REVIEW_NONE = UINT32_MAX };

#define FINDING_NO_OBJECT UINT64_MAX

struct subject {
    uint32_t tcb; /* the first of its threads, as an object of its spec */
    uint32_t cspace, vspace;
    uint64_t guard; /* of the CSpace */
    uint8_t guard_size;
    uint32_t num_threads;
    char *label;
};

/* Who reaches a container: a subject or, with USE_DEVICE, a device (an object). `address` is what the pointer or
   virtual address of its first slot begins with; slot s has address | s << shift. A CNode that no pointer resolves to,
   because guards and slot bits on the way are too many, is not listed. */
struct use {
    uint32_t who;
    uint8_t shift;
    uint64_t address;
};

#define USE_DEVICE (UINT32_C(1) << 31)

/* A spec and its subjects. All numbers are those of the spec itself. */
struct world {
    const struct capdl_spec *spec;
    uint64_t *content; /* per object: number of what a frame is filled with */
    uint64_t *irqs;    /* interrupt numbers by object: object i has those from first_irq[i] on */
    size_t *first_irq;
    struct use *uses; /* by container: container i has those from first_use[i] on */
    size_t *first_use;
    size_t *first_holder; /* per object: of `holders`, the capabilities to it */
    struct holder *holders;
    struct subject *subjects;
    uint32_t num_subjects;
    uint32_t
        *owner; /* per object: subject whose thread, CSpace, page table or scheduling context it is; or REVIEW_NONE */
    /* In which numbers the comparison knows them. */
    uint32_t *object_number, *subject_number;
};

/* ---- canonical.c ---- */
#define REVIEW_DEFAULT UINT64_MAX

enum field {
    FIELD_SIZE,
    FIELD_PADDR,
    FIELD_CONTIGUOUS,
    FIELD_CONTENT,
    FIELD_TCB, /* + enum capdl_tcb_field */
    FIELD_PERIOD = FIELD_TCB + CAPDL_TCB_FIELD_COUNT,
    FIELD_BUDGET,
    FIELD_REFILLS,
    FIELD_FLAGS,
    FIELD_DATA,
    FIELD_IRQ,                                      /* an interrupt number; there may be several */
    FIELD_NUMBER,                                   /* + enum capdl_number */
    FIELD_LIST = FIELD_NUMBER + CAPDL_NUMBER_COUNT, /* + the place in the list of a TCB */
};

struct field_value {
    uint32_t field;
    uint64_t value;
};

struct fields {
    struct field_value *list; /* by field, then value */
    size_t count, capacity;
};

/* A capability without what has no effect, such as rights where there are none. */
struct plain_cap {
    uint32_t object; /* of its spec */
    uint8_t kind, rights, flags, guard_size;
    uint64_t data;
    uint32_t mapping_container;
    uint64_t mapping_slot;
};

struct link {
    uint32_t other;
    uint64_t fine, coarse; /* what kind of link it is, with and without slots of CNodes */
};

/* One of the two systems while they are matched. */
struct side {
    const struct world *world;
    uint32_t num_objects;
    size_t *first_out, *first_in; /* per object */
    struct link *out, *in;
    uint64_t *base;    /* per object: what it is */
    uint64_t *bare[2]; /* per object: its capabilities to no object, with and without slots of CNodes */
    uint64_t *hash;    /* ... with its neighbours, at the level that is looked at */
    uint32_t *partner; /* per object, or REVIEW_NONE */
};

/* In what two objects are alike: themselves and all around, themselves, or only their kind. */
enum alike { ALIKE_AROUND, ALIKE_ITSELF, ALIKE_KIND };

struct pairing {
    struct side old, new;
    uint32_t *queue; /* objects of `old` whose neighbours are still to be looked at */
    size_t queued, capacity;
    bool *guessed;
    bool coarse;      /* slots of CNodes do not count */
    enum alike reach; /* in what neighbours of a pair, in the same slot, must be alike to be one */
};

/* ---- compare.c ---- */
enum edit_kind {
    EDIT_ARCH,
    EDIT_OBJECT,   /* only in one */
    EDIT_FIELD,    /* field, old_value, new_value */
    EDIT_COVER,    /* the untyped it is in: old_value, new_value are objects or REVIEW_NONE */
    EDIT_CAP,      /* old and new: of the slots old_slot and new_slot of the containers */
    EDIT_DERIVED,  /* of the capability `new`: values are 1 if it is derived there */
    EDIT_SCHEDULE, /* field 0: schedule, 1: start, 2: index shift */
};

struct edit {
    enum edit_kind kind;
    uint32_t field;
    uint64_t object; /* what is edited, or the container */
    bool has_old, has_new;
    uint64_t old_value, new_value;
    const struct capdl_cap *old, *new;
    uint32_t old_holder, new_holder; /* of old and new, in their specs */
    bool same;                       /* old and new are the same but for their slots */
    uint64_t parent_slot;            /* of a derivation: in the CNode old_value */
};

struct edits {
    struct edit *list;
    size_t count, capacity;
};

/*
 * Frames as memory, by number, of all objects of both specs. Frames at the same physical addresses are one memory, for
 * which the first of them stands; a larger one is a window on those that lie in it.
 */
struct memory {
    uint32_t *first;  /* frame that stands for this memory */
    uint32_t *window; /* of the frame that stands for it: the next larger one in which it lies, or REVIEW_NONE */
    uint32_t
        *sharer; /* of the frame that stands for it: the subject that can reach it, REVIEW_NONE, or MEMORY_SHARED */
    bool *fixed; /* has a physical address */
    uint32_t *placed; /* frames with physical addresses, by these, windows before what is in them */
    size_t num_placed;
};

enum { MEMORY_SHARED = UINT32_MAX - 1 };

/* A subject or, with USE_DEVICE, a device (numbers of the comparison) that has a capability to an object. */
struct party {
    uint32_t who;
    uint8_t rights;
    bool mapped;
    uint64_t badge, address;
};

struct parties {
    struct party *list; /* by who, badge and rights; one of each */
    size_t count;
    bool known;
};

/* A finding before its words are put together. Those that say the same of neighbours in an array, or of several
   subjects, become one. */
struct raw_finding {
    enum capdl_rank rank;
    enum capdl_change change;
    uint32_t *subjects; /* owned; who is concerned: with USE_DEVICE a device */
    size_t num_subjects;
    uint64_t object; /* or FINDING_NO_OBJECT */
    /* Owned; what follows the subjects. \1 stands for the object, \2 for the addresses, \7 for what those were, \3 for
       the object without its role, \4has|have\4 for the verb of one subject or of several, \5 and \6 for the others;
       \16 for the subjects, which then do not come first. */
    char *text;
    uint32_t *others[2]; /* owned; as subjects: \5 and \6, such as senders and receivers; may be NULL */
    size_t num_others[2];
    const struct capdl_cap *message; /* of the new system: what follows "; " is who else has the endpoint; or NULL */
    char *old_value, *new_value;     /* owned; may be NULL */
    const char *field;               /* what these are of; may be NULL */
    uint64_t address, size;          /* in an address space; size 0: none */
    uint64_t old_address;            /* what \7 stands for, if the text has one */
    const struct world *world;       /* of holder */
    uint32_t holder;
    uint64_t slot;
    struct capdl_pos old_pos, new_pos;
    bool guessed;
    uint32_t cause;  /* number of the finding it follows from, or REVIEW_NONE */
    bool flows;      /* from the subjects to those of others[0] */
    bool thread;     /* it is new or gone */
    bool told;       /* by another finding: not listed */
    bool exchange;   /* the other half of what its cause says */
    bool data_only;  /* a program starts with other data; its code is the same */
    bool bypassed;   /* from others[0] to others[1], past the subjects; or, where these are not all pairs, from the
                        sender to the receiver of each of these */
    uint32_t *pairs; /* owned; two words each, by sender; may be NULL */
    size_t num_pairs;
    uint32_t *path; /* owned; subjects and devices of the shortest way, past the subjects if
                       bypassed; may be NULL */
    size_t num_path;
};

/* Two specs under comparison. */
struct review {
    struct world old, new;
    uint32_t *matched; /* per object of the old spec */
    bool *guessed;     /* per object of the old spec */
    uint32_t *old_of;  /* per object of the new spec: the object of the old one, or REVIEW_NONE */
    struct memory old_memory, new_memory;
    struct parties *old_parties, *new_parties; /* per object of that spec, as far as they were asked for */
    struct edits edits;
    uint32_t *finding_of;          /* per edit: its finding, or REVIEW_NONE */
    uint32_t *program;             /* per subject: the finding that it runs another program, or REVIEW_NONE */
    uint64_t *old_code, *new_code; /* per subject: a number for its code; NULL until it is asked for */
    bool *unequal;                 /* per container: the set of its capabilities is another one */
    size_t edit;                   /* that is being judged */
    struct raw_finding *raw;
    size_t num_raw, capacity_raw;
    size_t num_others; /* in the fields of findings so far */
    bool same_flows;   /* no flow is new, and the search was complete */
    const struct capdl_diff_options *options;
};

enum { REVIEW_LABEL = 160 };

/* Eight bytes of a frame that differ. */
struct changed_word {
    uint64_t offset, old, new;
    bool program; /* any that differs comes from a program's file in both systems */
};

enum { MOST_CHANGED_WORDS = 16 };

/*
 * ---- flow_graph.c: who can influence whom ----
 *
 * A graph of subjects and devices, of what they send into and receive from, and between these their CNodes and page
 * tables: so an object that thousands have takes as many links, not their square.
 *
 *     subject -> container, sending -> object -> container, receiving -> subject
 */
struct flow_link {
    uint32_t from, to;
};

struct flow_graph {
    uint32_t num_nodes, num_subjects;
    struct flow_link *links, *back; /* by from, then to; and the other way round */
    size_t count, capacity;
    size_t *first, *first_back;
};

/* How a flow that passes no other subject or device comes about. */
enum flow_means {
    FLOW_SENT,       /* by a message, signal or memory */
    FLOW_ANSWERED,   /* by an answer to a call */
    FLOW_CONTROLLED, /* whoever controls something can change it */
    FLOW_SEEN        /* and see what it does */
};

/* What is reached from a node. */
struct flow_search {
    uint32_t *from;    /* per node: from where it was reached, or REVIEW_NONE */
    uint32_t *reached; /* in the order in which they were */
    uint32_t count;
};

/* Per node that is reached from one: the nearest of those that every way to it passes; the source of itself. */
struct dominators {
    uint32_t *nearest; /* REVIEW_NONE: not reached */
    uint32_t *order, *rank, *stack, count;
    size_t *next;
    struct dominator_work *work; /* by the number of a node in the order in which they were found */
    uint32_t *number;            /* of each node */
};

#endif
