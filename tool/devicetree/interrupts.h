/* SPDX-License-Identifier: BSD-2-Clause */
/* Who interrupts, by which of the kernel's numbers. */
#ifndef TOOL_DEVICETREE_INTERRUPTS_H
#define TOOL_DEVICETREE_INTERRUPTS_H

#include "devicetree/tree.h"

/* Reads who interrupts, sorted. */
void interrupts_read(struct devicetree *);
/* The first with a number, and how many there are. */
const struct interrupt *interrupts_find(const struct devicetree *, int64_t number, size_t *count);

#endif
