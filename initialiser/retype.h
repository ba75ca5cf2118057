/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef INITIALISER_RETYPE_H
#define INITIALISER_RETYPE_H

#include "initialiser.h"

/* Consecutive slots for new capabilities: from `offset` on in the CNode at `index` of our CSpace; depth 0: in
   the initial CNode. */
struct destination {
    uint64_t index, depth, offset;
};

/* Where the capabilities of our slots from this one on are, as far as one CNode has them. */
struct destination slot_destination(uint64_t slot);

/* Makes a step's objects (type, argument, count) out of an untyped. */
void retype(unsigned source_kind, uint64_t source, const struct capdl_retype *step, const struct destination *);

#endif
