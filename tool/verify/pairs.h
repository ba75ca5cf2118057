/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects of the spec paired with nodes of the kernel, and what follows from a pair. */
#ifndef TOOL_VERIFY_PAIRS_H
#define TOOL_VERIFY_PAIRS_H

#include "verify/private.h"

/* Pairs the two if they can be the same thing and neither is paired yet. */
bool match_pair(struct verify *, uint32_t object, uint32_t node);
/* Pairs what the capabilities of an object lead to. */
void match_along(struct verify *, uint32_t object);
/* The same for all that have been paired since, until nothing follows. */
void match_follow(struct verify *);

#endif
