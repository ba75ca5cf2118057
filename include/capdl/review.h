/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reviewing systems: who may do what, and what a change does to that. A spec is lifted to subjects: threads that share
 * an address space and a CSpace. What a subject holds, maps and can reach is compared as sets, so that renamed objects,
 * other slots and another order do not count as differences.
 *
 * For this header and those built on it (relations.h, survey.h, picture.h, policy.h):
 *   specs      were read or built without errors, and do not change while something made of them is used
 *   objects    are ids of the spec, CAPDL_NO_OBJECT for none
 *   rights     are sets of enum capdl_right
 *   addresses  and sizes are in bytes
 *   results    are structures that a function fills, whatever is in them before, and another function frees
 *   errors     none, unless a function says so, but running out of memory: see capdl_try in capdl/spec.h
 */
#ifndef CAPDL_REVIEW_H
#define CAPDL_REVIEW_H

#include <capdl/spec.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Gravest first: a smaller number is graver. */
enum capdl_rank {
#define CAPDL_RANK(id, number, word, meaning) CAPDL_RANK_##id = (number),
#include <capdl/ranks.def>
#undef CAPDL_RANK
};

/* The word for it in policies and JSON, which is stable, and what it means, for people. Static strings. */
const char *capdl_rank_word(enum capdl_rank);
const char *capdl_rank_meaning(enum capdl_rank);

/* RENAMED: the same object has another name, and nothing else changed. */
enum capdl_change { CAPDL_GAINED, CAPDL_LOST, CAPDL_CHANGED, CAPDL_RENAMED };

/* Somebody who has an object. */
struct capdl_other {
    char *name;
    char *rights;   /* in the letters of the language; NULL where there are none */
    uint64_t badge; /* 0: none */
};

/* From each of the first to each of the second, other than itself. */
struct capdl_flow_pairs {
    char **from, **to;
    size_t num_from, num_to;
};

/* What is found of one edit. Strings are owned by the finding; those that may be NULL say so. */
struct capdl_finding {
    enum capdl_rank rank;
    enum capdl_change change;
    char id[17];          /* the same in every run and for every order of the spec */
    char *subject;        /* the subject, several separated by commas; "system" if none in particular */
    char **subjects;      /* all of them */
    size_t num_subjects;  /* 0 for "system" */
    char *text;           /* one sentence, no full stop */
    char *object;         /* its name, with the range of its array; NULL */
    enum capdl_kind kind; /* of it; COUNT when there is none */
    char *role;           /* of it: "stack of vault", "4 KiB at physical 0x9000000"; NULL */
    bool knows_others;    /* `others` are all who have the object, beside the subjects: none is nobody */
    struct capdl_other *others;
    size_t num_others, all_others; /* those listed, and how many they are */
    char **path; /* of a flow through others, or past the subjects: the shortest way, with both ends */
    size_t num_path;
    struct capdl_flow_pairs *pairs; /* between whom data can flow now, or can bypass the subjects */
    size_t num_pairs;
    bool bypassed;                      /* the subjects no longer stand between the pairs */
    char *field, *before, *after;       /* what changed, from what to what; NULL */
    uint64_t address, size;             /* in the address space of the subject; size 0: none */
    char *where;                        /* the slot that shows it; NULL when the sentence says all */
    struct capdl_pos old_pos, new_pos;  /* where it is written; line 0: nowhere */
    bool certain;                       /* false: which object of the old system it is was guessed */
    struct capdl_finding *consequences; /* of the same edit, gravest first */
    size_t num_consequences;
};

/* Gravest first, then by subject and text. A finding is as grave as its gravest consequence. */
struct capdl_findings {
    struct capdl_finding *list;
    size_t count, capacity;
    bool same_flows; /* no information can pass that could not before: all ways were searched */
};

/* Of a program: what a linker calls an object. */
struct capdl_variable {
    char name[64];
    uint64_t address, size;
};

/*
 * What the caller knows beyond the specs. Each function may be NULL, is called with its context, and is not asked again
 * once the call that was given the options has returned. Texts that they return need to live until the next call.
 */
struct capdl_diff_options {
    /*
     * A number for the contents of a frame: equal numbers mean equal contents, also across the two specs, 0 all zero.
     * NULL: fills are compared as they are written.
     */
    uint64_t (*content)(void *context, const struct capdl_spec *, uint32_t frame);
    /* Digest of the contents with these numbers, in `text`, which it returns. */
    const char *(*digest)(void *context, const uint64_t *contents, size_t count, char text[65]);
    /* SHA-256 of the bytes of all these frames, in this order, in `text`, which it returns; NULL: it cannot be known.
     */
    const char *(*memory)(void *context, const struct capdl_spec *, const uint32_t *frames, size_t count,
                          char text[65]);
    /* How many bytes of two frames of one size differ, and the offsets of the first and last that do. */
    uint64_t (*difference)(void *context, const struct capdl_spec *old, uint32_t old_frame,
                           const struct capdl_spec *new_spec, uint32_t new_frame, uint64_t *first, uint64_t *last);
    /* `count` bytes of a frame from an offset on, all in one page of 4 KiB, and whether any of them comes from a
       program's file rather than from the spec or image. False: they are not known. */
    bool (*bytes)(void *context, const struct capdl_spec *, uint32_t frame, uint64_t offset, size_t count,
                  uint8_t *bytes, bool *program);
    /* The variable at an address of the program whose file fills a frame; false: none is known. May be NULL. */
    bool (*variable)(void *context, const struct capdl_spec *, uint32_t frame, uint64_t address,
                     struct capdl_variable *);
    void *context;
    /* The device at a physical address, as a short name; NULL: none is known. */
    const char *(*device)(void *device_context, uint64_t start, uint64_t size);
    void *device_context;
};

/*
 * Prepares a spec for a comparison with another form of it, such as an image: start-up arguments beyond the
 * registers become words on the stack, as they are in an image, the X of frame capabilities that are held rather than
 * mapped is dropped, as the kernel does, and a notification is bound with R. The spec says the same as before.
 */
void capdl_review_settle(struct capdl_spec *);
/* False if that may change something. */
bool capdl_review_is_settled(const struct capdl_spec *);
/*
 * Compares two specs, of one architecture or of two. The options may be NULL. The findings own all that they say; free
 * them with capdl_findings_free. There is no finding if and only if capdl_review_lines writes the same for both. If all
 * findings have the rank LAYOUT, authority, programs and behaviour are the same.
 */
void capdl_diff(const struct capdl_spec *before, const struct capdl_spec *after, const struct capdl_diff_options *,
                struct capdl_findings *);
/* Whether a spec has a subject of this name, as findings name it. */
bool capdl_review_has_subject(const struct capdl_spec *, const char *name);
/* Writes a system as lines that say all of it, in an order that does not depend on the text it was read from. The
   options may be NULL. */
void capdl_review_lines(const struct capdl_spec *, const struct capdl_diff_options *, FILE *);
/* Frees what the findings own and the list, not the structure itself. */
void capdl_findings_free(struct capdl_findings *);

/* Prints every object and capability as a graph in the DOT language of Graphviz; capdl/picture.h draws subjects. */
void capdl_graph_write(const struct capdl_spec *, FILE *);

#ifdef __cplusplus
}
#endif

#endif
