/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the parts of the payload are in it, and how much memory it takes. */
#ifndef TOOL_PACK_PAYLOAD_PARTS_H
#define TOOL_PACK_PAYLOAD_PARTS_H

#include "plan.h"

/* Offsets of the payload's parts. */
struct parts {
    uint64_t regions, memory, externals, tree, stored, end;
};

struct parts payload_parts(const struct plan *);
uint64_t payload_memory_size(const struct plan *); /* loader, payload and workspace */

#endif
