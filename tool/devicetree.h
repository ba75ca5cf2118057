/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_DEVICETREE_H
#define TOOL_DEVICETREE_H

#include <capdl/spec.h>

/*
 * Compares the physical addresses and interrupts of a spec with a flattened device tree: findings of the check
 * "device-tree". A tree that is none is an error. The bytes must be aligned to 8.
 */
void devicetree_check(const struct capdl_spec *, struct capdl_diags *, const char *name, const void *tree, size_t size);

#endif
