/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files share that make findings of what edits were judged to be. */
#ifndef CAPDL_REVIEW_FINDINGS_H
#define CAPDL_REVIEW_FINDINGS_H

#include "private.h"

/* Raw findings that become one: the same said of the elements first .. last of an array. */
struct group {
    struct raw_finding *first, *last;
    uint32_t root;   /* number of the group it follows from, or REVIEW_NONE */
    uint32_t number; /* of the finding it becomes */
    bool cut;        /* what its sentence says of others does not hold for all */
};

/* An object as the spec shows it in which it is best called by its name; false if it is what the kernel has from the
   start. */
bool capdl_finding_object(const struct review *, uint64_t object, const struct capdl_spec **, uint32_t *id);
/* Orders texts; NULL is as "". */
int capdl_finding_compare_texts(const char *, const char *);

/* ---- finding_groups.c ---- */

/* An element of an array, or one of several objects that tools number themselves: 'rx_dma_000000007'. */
struct element {
    const char *name;
    size_t length;
    uint32_t index; /* or CAPDL_NO_INDEX */
    bool array;
};

struct element capdl_finding_element(const struct review *, const struct raw_finding *);
/* The length of a finding's text without what it says of others. */
size_t capdl_finding_main_length(const struct raw_finding *);
/* Joins what can be said at once; returns how many groups are left. joined: which group each was joined to. */
size_t capdl_finding_join(struct review *, struct group *, size_t count, uint32_t *joined);

/* ---- finding_ways.c ---- */

/* Leaves out ways that others of the same finding say, or say when they hold in both directions; returns how many are
 * left.
 */
size_t capdl_finding_join_ways(struct group *, size_t count);

/* ---- finding_text.c: all to be freed ---- */

char *capdl_finding_sentence(const struct review *, const struct group *);
/* "worker[0..3]", or NULL: the objects of a group. */
char *capdl_finding_objects(const struct review *, const struct group *);
/* "slot 3 of cnode", or NULL. */
char *capdl_finding_where(const struct review *, const struct raw_finding *);

#endif
