/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reviewing systems: who may do what, and what a change does to that. A spec is lifted to subjects: threads that share
 * an address space and a CSpace. What a subject holds, maps and can reach is compared as sets, so that renamed objects,
 * other slots and another order are no differences of authority.
 */
#ifndef CAPDL_REVIEW_H
#define CAPDL_REVIEW_H

#include <capdl/spec.h>

/* Gravest first. */
enum capdl_rank {
#define CAPDL_RANK(id, number, word, meaning) CAPDL_RANK_##id = (number),
#include <capdl/ranks.def>
#undef CAPDL_RANK
};

const char *capdl_rank_word(enum capdl_rank);
const char *capdl_rank_meaning(enum capdl_rank);

struct capdl_finding {
    enum capdl_rank rank;
    char *subject; /* who is concerned; NULL: nobody in particular */
    char *text;    /* one sentence, no full stop */
    char *where;   /* the capability or mapping that shows it; NULL when the sentence says all */
};

/* Gravest first, then by subject and text. Owns its strings. */
struct capdl_findings {
    struct capdl_finding *list;
    size_t count, capacity;
};

struct capdl_diff_options {
    /*
     * A number for the contents of a frame: equal numbers mean equal contents, also across the two specs, 0 all zero.
     * NULL: fills are compared as they are written.
     */
    uint64_t (*content)(void *context, const struct capdl_spec *, uint32_t frame);
    void *context;
};

/* Compares two complete specs, of one architecture or of two. Both must outlive the findings. Only findings of rank
   LAYOUT, or none: authority, programs and behaviour are the same. */
void capdl_diff(const struct capdl_spec *old, const struct capdl_spec *new, const struct capdl_diff_options *,
                struct capdl_findings *);
void capdl_findings_free(struct capdl_findings *);

/* Prints a spec as a graph in the DOT language of Graphviz: subjects, and what connects them with each other and with
   devices. objects: every object and every capability instead. */
void capdl_graph_write(const struct capdl_spec *, FILE *, bool objects);

#endif
