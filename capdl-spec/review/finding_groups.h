/* SPDX-License-Identifier: BSD-2-Clause */
/* Which findings become one: the same said of neighbours in an array, or of several subjects. */
#ifndef CAPDL_REVIEW_FINDING_GROUPS_H
#define CAPDL_REVIEW_FINDING_GROUPS_H

#include "comparison.h"

/* Raw findings that become one: the same said of the elements first .. last of an array. */
struct group {
    struct raw_finding *first, *last;
    uint32_t root;   /* number of the group it follows from, or REVIEW_NONE */
    uint32_t number; /* of the finding it becomes */
    bool cut;        /* what its sentence says of others does not hold for all */
};

/* Orders texts; NULL is as "". */
int capdl_finding_compare_texts(const char *, const char *);

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

#endif
