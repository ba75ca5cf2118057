/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef INITIALISER_RETYPE_H
#define INITIALISER_RETYPE_H

#include "initialiser.h"

/* Consecutive slots for new capabilities: in the CNode found from a capability pointer, from `offset` on. Depth 0: that CNode itself. */
struct destination {
    uint64_t root, index, depth, offset;
};

/* Where the capabilities of our slots from this one on are, as far as one CNode has them. */
struct destination slot_destination(uint64_t slot);

/* What is made, beside where from and where to. */
struct product {
    uint64_t type, argument, count;
};

/* Makes objects out of an untyped. */
void retype(unsigned source_kind, uint64_t source, struct product, struct destination);

#endif
