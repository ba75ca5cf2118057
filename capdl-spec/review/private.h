/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the review share.
 *
 *     canonical.c      an object as fields, a capability without what means nothing; a system as lines to be hashed
 *     settle.c         what a spec and its image say in different words becomes one
 *     match.c          which object of the old spec is which of the new one: two ways, the better one is taken
 *     pairing.c        objects that look alike are paired, and what hangs on them with them
 *     compare.c        matched systems -> edits: all that is in one of them only
 *     subjects.c       threads -> subjects, and whose an object is
 *     uses.c           who reaches a CNode or page table, and at which pointer or address
 *     shared_memory.c  which frames are the same memory, and who shares it
 *     judge*.c         an edit -> a finding: rank and words
 *     field_notes.c    what another value of a field means, and who else has it
 *     gain_rank.c      how grave it is that somebody has a capability
 *     effects.c        what a capability lets one do, in words
 *     others.c         who else reaches an object, and with which badge
 *     window_note.c    what else lies in the memory of a frame or untyped
 *     roles.c          what an object is to whom, in words
 *     lists.c          lists of numbers
 *     flow_graph.c     who tells whom: an edge for each way that data, answers and faults take
 *     flows.c          who can influence whom, directly and through others
 *     mediators.c      who no longer stands between whom
 *     dominators.c     whom all that flows from one to another has to pass
 *     belongings.c     what a new or gone protection domain has to itself
 *     renumber.c       numbers that all move by the same distance
 *     one_edit*.c      which findings are of one edit of a source
 *     findings.c       what edits are judged to be, and the list of findings that they become
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
#ifndef CAPDL_REVIEW_PRIVATE_H
#define CAPDL_REVIEW_PRIVATE_H

#include <capdl/review.h>

#include "lists.h"
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

void capdl_review_world_init(struct world *, const struct capdl_spec *, const struct capdl_diff_options *);
/* Only what capdl_review_fields needs. Freed the same way. */
void capdl_review_world_init_fields(struct world *, const struct capdl_spec *, const struct capdl_diff_options *);
/* uses.c: fills in uses and holders. */
void capdl_review_find_uses(struct world *);
/* The capability of the number-th holder. */
const struct capdl_cap *capdl_review_held(const struct world *, size_t number);
/* The capability that the fault handler pointer of a thread names, or NULL; `cnode` as in capdl_spec_lookup. */
const struct capdl_cap *capdl_review_fault_handler(const struct world *, uint32_t tcb, uint32_t *cnode);
unsigned capdl_review_table_shift(const struct capdl_spec *, uint32_t table, unsigned depth);
void capdl_review_world_free(struct world *);
/* 0, 1, 2, ...; to be freed. */
uint32_t *capdl_review_identity(uint32_t count);

/* What the capability in a slot refers to, or REVIEW_NONE. */
uint32_t capdl_review_target(const struct capdl_spec *, uint32_t container, uint64_t slot);

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

/* What an object is, all but its name, its untyped and its capabilities. */
void capdl_review_fields(const struct world *, uint32_t object, struct fields *);
/* "prio", "ioapic_pin": as in the language where it has a word for it. */
const char *capdl_review_field_word(enum capdl_kind, uint32_t field);

/* A capability without what has no effect, such as rights where there are none. */
struct plain_cap {
    uint32_t object; /* of its spec */
    uint8_t kind, rights, flags, guard_size;
    uint64_t data;
    uint32_t mapping_container;
    uint64_t mapping_slot;
};

struct plain_cap capdl_review_cap(const struct capdl_spec *, const struct capdl_cap *);
/* REVIEW_DEFAULT, REVIEW_DEFAULT - 1 for none, or an index. */
uint64_t capdl_review_domain_start(const struct capdl_domains *);

/* ---- settle.c ---- */

/* The capability that maps an address of an address space, and the offset in its frame; or NULL. */
const struct capdl_cap *capdl_review_page_at(const struct capdl_spec *, uint32_t root, uint64_t address,
                                             uint64_t *offset);

/* ---- match.c, pairing.c ---- */

/* Number of the object of `new` that each object of `old` is, or REVIEW_NONE. `guessed`, per object of `old`: others
   would have done as well. To be freed. */
uint32_t *capdl_review_match(struct world *old, struct world *new, bool **guessed);
/* Numbers the objects of both for a comparison. */
bool capdl_review_same_name(const struct capdl_spec *old, uint32_t a, const struct capdl_spec *new, uint32_t b);

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

/* Pairs objects with equal hashes of which there is one on each side; then, twins_too, the others. */
void capdl_review_pair_equal(struct pairing *, bool twins_too);
/* Pairs what hangs on pairs. */
void capdl_review_pair_neighbours(struct pairing *);

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

/* All that differs; returns how much. edits may be NULL. */
size_t capdl_review_compare(const struct world *old, const struct world *new, struct edits *);

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

void capdl_review_memory_init(struct memory *, const struct world *, uint32_t num_objects);
void capdl_review_memory_free(struct memory *);
/* Whether more than one subject can reach it. */
bool capdl_review_memory_shared(const struct memory *, uint64_t object);
bool capdl_review_memory_fixed(const struct memory *, uint64_t object);

/* ---- roles.c: what an object is to whom ---- */

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

const struct parties *capdl_review_parties(struct review *, const struct world *, uint32_t object);
/* The first entry of a subject or device, or NULL. */
const struct party *capdl_review_party_of(const struct parties *, uint32_t who);
/* "client", "I/O device 'nic'", or "SMMU device 'gpu'" of a stream id. Returns text or a name that stays. */
const char *capdl_review_who_label(const struct review *, uint32_t who, char text[REVIEW_LABEL]);
/* "client", "client and other", "client, app[0..7], third and 2997 more": a dozen names. To be
   freed. */
char *capdl_review_names(const struct review *, const uint32_t *who, size_t count);
/* The same of labels, as many as `most`; elements of an array are one. To be freed. */
char *capdl_review_label_list(const char *const *labels, size_t count, size_t most);
/* What an object is besides its kind: "code of client", "device page at 0x9000000"; may be empty. Returns text. */
const char *capdl_review_role(struct review *, const struct world *, uint32_t object, char text[REVIEW_LABEL]);
/* "code", "stack", "IPC buffer" and whose (a subject of the spec); NULL for another page. */
const char *capdl_review_frame_role(const struct world *, uint32_t frame, uint32_t *subject);
/* The object of this spec that has the number, or REVIEW_NONE. */
uint32_t capdl_review_local(const struct review *, const struct world *, uint64_t object);
/* The subject to which it belongs (number of the comparison), or REVIEW_NONE. */
uint32_t capdl_review_owner(const struct world *, uint32_t object);
/* Subjects and devices that reach a container, each once. To be freed. */
uint32_t *capdl_review_users(const struct world *, uint32_t container, size_t *count);
/* Subjects that have a capability to a CNode, or to one that has one and so on: with it they can copy, move, delete and
   revoke what the CNode holds, even if no pointer of theirs leads into it. To be freed. */
uint32_t *capdl_review_keepers(const struct world *, uint32_t cnode, size_t *count);
/* Numbers of the comparison of a use. */
uint32_t capdl_review_who(const struct world *, const struct use *);
/* "4 KiB" */
const char *capdl_review_size(uint64_t bytes, char text[32]);
/* "'s thread 'worker'" where the subject has several; else "". To be freed. */
char *capdl_review_thread(const struct world *, uint32_t tcb);
/* The hash of texts, one after the other; a text that is not there counts as an empty one. */
uint64_t capdl_review_hash(uint64_t before, const char *text);
#define REVIEW_HASH UINT64_C(0xcbf29ce484222325) /* before the first */
/* A sentence, to be freed. */
char *capdl_review_format(const char *format, ...) CAPDL_PRINTF(1, 2);

const char *capdl_review_object(const struct review *, uint64_t object, char *buffer);
const char *capdl_review_subject(const struct review *, uint32_t subject);
/* "R", "WX", "-": in the letters of the language. Returns text. */
const char *capdl_review_rights(enum capdl_kind, uint64_t rights, char text[8]);
enum capdl_kind capdl_review_kind(const struct review *, uint64_t object);
/* Whether both systems have it; from 2^32 on, it stands for the kernel (a control capability), which both have. */
bool capdl_review_in_both(const struct review *, uint64_t object);
uint64_t capdl_review_target_number(const struct world *, const struct capdl_cap *);

/* ---- judge*.c ---- */

/* A new finding of the edit that is being judged; text is formatted. Pointers are good until the next one. */
struct raw_finding *capdl_review_add(struct review *, enum capdl_rank, enum capdl_change, uint64_t object,
                                     const char *text, ...) CAPDL_PRINTF(5, 6);
/* Who is concerned: subjects as a list (copied), or one. */
void capdl_review_concern(struct raw_finding *, const uint32_t *subjects, size_t count);
/* What \5 (number 0) or \6 stands for; copied. */
void capdl_review_others_are(struct raw_finding *, unsigned number, const uint32_t *list, size_t count);
/* ---- finding_fields.c: what programs read of a finding, beside its sentence ---- */

void capdl_review_fill_fields(struct review *, const struct raw_finding *, struct capdl_finding *);
void capdl_review_free_fields(struct capdl_finding *);
/* The name of a subject or device; to be freed. */
char *capdl_review_who_name(const struct review *, uint32_t who);

/* Turns what was found into sentences. */
void capdl_review_write(struct review *, struct capdl_findings *);

void capdl_review_judge(struct review *);
/* judge_names.c: all that is only called otherwise, in one line. */
void capdl_review_judge_names(struct review *);
void capdl_review_judge_object(struct review *, const struct edit *);
void capdl_review_judge_cover(struct review *, const struct edit *);
void capdl_review_judge_schedule(struct review *, const struct edit *);
void capdl_review_judge_arch(struct review *, const struct edit *);
void capdl_review_judge_derived(struct review *, const struct edit *);
void capdl_review_judge_field(struct review *, const struct edit *);
void capdl_review_judge_content(struct review *, const struct edit *);
void capdl_review_judge_held(struct review *, const struct edit *);
/* ---- time_notes.c: who runs before whom; all to be freed ---- */

char *capdl_review_priority_note(const struct review *, const struct edit *);
char *capdl_review_max_priority_note(struct review *, const struct edit *);
/* "; there x waits while it runs": of the core on which a thread is now, and of the domain. */
char *capdl_review_core_note(const struct review *, uint32_t tcb);
char *capdl_review_domain_note(const struct review *, const struct edit *);
/* How long a subject may run, of a budget or period that is another one; NULL: nobody runs on it, or it has no period.
 */
char *capdl_review_budget_text(const struct review *, const struct edit *);
/* Of the time that the schedule gives to a domain; 100 without one. */
double capdl_review_domain_percent(const struct capdl_spec *, uint64_t domain);
char *capdl_review_budget_note(const struct review *, const struct edit *);

/* field_notes.c: the end of a sentence about another value, or "". To be freed. */
char *capdl_review_field_note(struct review *, const struct edit *, enum capdl_kind);
/* "; device 'x' has it, too": who else has a number. To be freed. */
char *capdl_review_twin_note(struct review *, const struct edit *);
/* Eight bytes of a frame that differ. */
struct changed_word {
    uint64_t offset, old, new;
    bool program; /* any that differs comes from a program's file in both systems */
};
enum { MOST_CHANGED_WORDS = 16 };
/* How many words differ between a frame of the old and one of the new system; SIZE_MAX: more than that, or not known.
 */
size_t capdl_review_changed_words(const struct review *, uint32_t was, uint32_t now,
                                  struct changed_word list[MOST_CHANGED_WORDS]);
/* Whether a frame of the new system is filled from a program's file, at least in part. */
bool capdl_review_is_program(const struct review *, uint32_t frame);
void capdl_review_judge_mapped(struct review *, const struct edit *);
void capdl_review_judge_slot(struct review *, const struct edit *);
/* The size of a CNode, and its guard, in a slot of a CNode or TCB. */
void capdl_review_judge_cnode_size(struct review *, const struct edit *);
void capdl_review_judge_guard(struct review *, const struct edit *, const uint32_t *users, size_t count);
/* Whether a subject or device (USE_DEVICE; numbers of the comparison) reaches the same frames at the same addresses
   with the same rights in both systems, by whatever tables. */
bool capdl_review_same_map(const struct review *, uint32_t who);
/* "frame 'a', frame 'b[0..7]' and 3 more": all that it reaches, by address. To be freed. */
char *capdl_review_reach(const struct review *, const struct world *, uint32_t who);
/* ": at the first one it stops for good", or who can resume it: of a thread whose faults nobody handles. To be freed.
 */
char *capdl_review_stop_note(struct review *, uint32_t tcb);
/* Who handled faults in the old system, by this capability or none. To be freed. */
char *capdl_review_former_handler(struct review *, const struct capdl_cap *);
/* "server through endpoint 'x' (WG)": a fault handler, or "nobody" and why. To be freed. */
char *capdl_review_handler_text(struct review *, const struct world *, const struct capdl_cap *, bool badge);
/* What threads' pointers to fault handlers lead to. */
void capdl_review_judge_handlers(struct review *);

/* ---- gain_rank.c, effects.c, others.c, window_note.c ---- */

/* How grave it is that the subjects have this capability of the new system; NULL rank: see below. */
enum capdl_rank capdl_review_gain_rank(struct review *, const uint32_t *subjects, size_t count,
                                       const struct capdl_cap *);
/* The same of receiving from an endpoint or notification of the new system. */
enum capdl_rank capdl_review_receive_rank(struct review *, const uint32_t *subjects, size_t count, uint32_t object);
/* Whether a subject has a capability of the kind and data of `cap`, which leads to no object. */
bool capdl_review_has_control(const struct world *, uint32_t subject, const struct capdl_cap *cap);
/* Rights, and those that they include: G lets its holder be answered, as P does. */
uint8_t capdl_review_allows(uint8_t kind, uint8_t rights);
/* A capability in a CNode that a subject names, to an object of the same system, with which it can do all that `want`
   lets it, whatever a CNode's guard; the next one after `after` if that is given. Or NULL. */
const struct capdl_cap *capdl_review_holds(const struct world *, uint32_t who, uint32_t object,
                                           const struct plain_cap *want, const struct capdl_cap *after);
/* How grave it is, at least BEHAVIOUR, that subjects can name what a CNode of the new system holds. */
enum capdl_rank capdl_review_contents_rank(struct review *, uint32_t cnode, const uint32_t *users, size_t count);
/* The objects to which a CNode of the new system has capabilities, named as in findings. To be freed. */
char *capdl_review_list_contents(const struct review *, uint32_t cnode);
/* Rights a subject has by `new` and had by no capability of the old system. `together`: it had each of them, but not by
   one capability. */
uint8_t capdl_review_gained(struct review *, uint32_t subject, const struct capdl_cap *, bool *together);
enum capdl_rank capdl_review_memory_rank(struct review *, const uint32_t *subjects, size_t count, uint32_t frame,
                                         uint8_t gained, uint8_t now);
/* "call \1 (WP, badge 0x1), which server serves": what a capability lets one do. To be freed. */
char *capdl_review_deed(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                        const struct capdl_cap *);
/* Who has the same capability to what the kernel has from the start, other than the subjects; to be freed. */
char *capdl_review_control_holders(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                                   const struct capdl_cap *, size_t *num);
/* "; frame 'uart' lies there, too: server can write it", or "": what else of the spec lies in the memory of a frame or
   untyped. *rank becomes that of reaching this, if it is graver. To be freed. */
char *capdl_review_window_note(struct review *, uint32_t object, enum capdl_rank *rank, const uint32_t *subjects,
                               size_t count);
/* "frame 'a', frame 'b[0..7]' and 3 more", or "" for none: objects of one system, in order. To be freed. */
char *capdl_review_list(const struct review *, const struct world *, const uint32_t *objects, size_t count);
/* The edit that exchanges its slot with that of the one being judged, which then counts as told; NULL if there is
   none. */
const struct edit *capdl_review_exchange(struct review *, const struct edit *);
/* "; x has that badge, too ...; nobody has badge 0x2 any more; y receives there": of a badge that was another one. To
   be freed. */
char *capdl_review_badge_change(struct review *, const uint32_t *subjects, size_t count, const struct capdl_cap *,
                                uint64_t before);
/* Who else has an endpoint or notification, of several subjects that have it alike. To be freed. */
char *capdl_review_message_note(struct review *, const uint32_t *subjects, size_t count, const struct capdl_cap *);
/* Who else sends with the badge of a capability, other than the subjects. To be freed. */
uint32_t *capdl_review_badge_sharers(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                                     const struct capdl_cap *, size_t *num);
/* "; x has that badge, too ...": whose badge it is or was. To be freed. */
char *capdl_review_badge_clause(struct review *, const uint32_t *subjects, size_t count, const struct capdl_cap *);
/* Whether the bytes of a program of the subjects differ, as far as the inputs have any. */
bool capdl_review_programs_differ(const struct review *, const uint32_t *subjects, size_t count);
/* The page that a subject (in numbers of the comparison) has at an address, or NULL. */
const struct capdl_cap *capdl_review_mapped_at(const struct world *, uint32_t subject, uint64_t address);
/* Who holds the object, without the subjects: "sup and log", or "". To be freed. */
char *capdl_review_other_holders(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                                 uint32_t object, size_t *num);
/* Whether an address space begins at the table: pages are mapped through its capability only. */
bool capdl_review_is_root(const struct world *, uint32_t table);
/* The subject whose thread runs on a virtual CPU, or REVIEW_NONE. */
uint32_t capdl_review_guest_of(const struct world *, uint32_t vcpu);
/* Per subject, whether it can answer calls. On MCS kernels, which scheduling contexts or reply objects show, that takes
   a reply object, or what one can come by one with. To be freed. */
bool *capdl_review_answerers(const struct world *);
/* Whether a notification is bound to a thread of somebody else: then only that can wait for its signals. */
bool capdl_review_bound_to_other(const struct world *, const uint32_t *subjects, size_t count, uint32_t notification);
/* Whether all who have an object, but the subjects, had it in the old system, with no fewer rights. */
bool capdl_review_had_before(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                             uint32_t object);
/* Who signals or sends to an endpoint or notification, and who receives from it, but one: "nobody" if no one does. To
   be freed. */
char *capdl_review_senders(struct review *, const struct world *, uint32_t object);
char *capdl_review_receivers(struct review *, const struct world *, uint32_t object, uint32_t but);
/* "; so it can see what server writes there", or "": what the users can do to others by rights to a frame that they
   gained. To be freed. */
char *capdl_review_frame_power(struct review *, const uint32_t *users, size_t count, uint32_t frame, uint8_t gained);
/* Who else reaches an object, as the end of a sentence. To be freed. */
#define REVIEW_NOBODY "nobody else reaches it" /* a frame */
char *capdl_review_others(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                          uint32_t object);

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

/* data: without faults and control, by which a supervisor is connected with everybody. */
void capdl_review_flow_graph(struct flow_graph *, const struct review *, const struct world *, bool data);
void capdl_review_flow_graph_free(struct flow_graph *);
/* The subject or device (USE_DEVICE) that a node is, or REVIEW_NONE. */
uint32_t capdl_review_flow_who(const struct flow_graph *, const struct review *, uint32_t node);
/* The object (number of the comparison) that a node stands for, or REVIEW_NONE. */
uint32_t capdl_review_flow_object(const struct flow_graph *, uint32_t node);

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

void capdl_review_search_init(struct flow_search *, uint32_t num_nodes);
void capdl_review_search_free(struct flow_search *);
/* direct: not past other subjects and devices. without: not through this node. */
void capdl_review_search(struct flow_search *, const struct flow_graph *, const struct review *, uint32_t source,
                         bool back, bool direct, uint32_t without);

/* From the last subject or device before it to a node that was found. *through: the object that carries it, or
   REVIEW_NONE. */
enum flow_means capdl_review_flow_means(const struct flow_graph *, const struct review *, const struct flow_search *,
                                        uint32_t node, uint32_t *through);

/* Per node that is reached from one: the nearest of those that every way to it passes; the source of itself. */
struct dominators {
    uint32_t *nearest; /* REVIEW_NONE: not reached */
    uint32_t *order, *rank, *stack, count;
    size_t *next;
    struct dominator_work *work; /* by the number of a node in the order in which they were found */
    uint32_t *number;            /* of each node */
};

void capdl_review_dominators_init(struct dominators *, uint32_t num_nodes);
void capdl_review_dominators_free(struct dominators *);
void capdl_review_dominators_find(struct dominators *, const struct flow_graph *, uint32_t source);

/* Finds what can flow in the new system and could not in the old one, and who no longer stands between whom. */
void capdl_review_judge_flows(struct review *);

/* ---- belongings.c, renumber.c, one_edit.c ---- */

/* Tells in one or two lines what a new or gone protection domain has to itself. */
void capdl_review_fold(struct review *);
/* Tells in one line what only has other numbers, for something before it is new or gone. */
void capdl_review_renumber(struct review *);

/* Findings that are of one edit: of those that follow from no other, `joined` says which they are joined to; here, also
   under which one they are. */
void capdl_review_unite(struct review *, uint32_t *joined);

#endif
