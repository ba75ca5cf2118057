/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a plan leaves over, the same on the host and on the target: unused untypeds, the space after the objects in
 * others, and the padding.
 */
#ifndef CAPDL_BLOB_LEFTOVERS_H
#define CAPDL_BLOB_LEFTOVERS_H

#include <capdl/leftovers.h>

#include "plan.h"

/* Where an untyped comes from: in `source` of its entry until it is given, with a number in `number`. */
enum capdl_leftover_source {
    CAPDL_LEFTOVER_WHOLE,   /* the untyped of this number */
    CAPDL_LEFTOVER_TAIL,    /* still to be made of it; pieces of one untyped in ascending order of their sizes */
    CAPDL_LEFTOVER_PADDING, /* in this slot */
    CAPDL_LEFTOVER_OWN,     /* in this slot, made for these leftovers */
};

/* The sizes of leftovers number i: index it with the keys of the first leftovers. */
static inline const uint64_t *capdl_leftovers_sizes(const struct capdl_blob *blob, unsigned i)
{
    return blob->sizes + i * CAPDL_LEFT_KEYS;
}

struct capdl_leftover_list {
    struct capdl_leftover_untyped *untypeds; /* room for as many as there are slots, at most for a whole description */
    uint64_t count;
    uint64_t left_out; /* those without a slot or an entry: the smallest ones */
};

/* Lists the untypeds of these leftovers; the list is empty before. All steps of the plan must have been taken; they are
   taken again. */
void capdl_leftovers_list(struct capdl_leftover_list *, struct capdl_plan *, const uint64_t *sizes);

#endif
