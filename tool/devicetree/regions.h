/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical addresses: memory, the registers of devices, and windows. */
#ifndef TOOL_DEVICETREE_REGIONS_H
#define TOOL_DEVICETREE_REGIONS_H

#include "devicetree/tree.h"

/* Reads memory, registers and windows, sorted. */
void regions_read(struct devicetree *);
/* At most `most` of the regions that have an address from start to last; returns how many. */
size_t regions_touching(const struct devicetree *, uint64_t start, uint64_t last, const struct region **, size_t most);

#endif
