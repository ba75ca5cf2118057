/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Flattened device trees, as the Devicetree Specification (0.4) has them, and what they say about a spec: which
 * physical memory is RAM, which is a device's, and by which of the kernel's numbers devices interrupt.
 */
#ifndef TOOL_DEVICETREE_DEVICETREE_H
#define TOOL_DEVICETREE_DEVICETREE_H

#include <stdio.h>

#include <capdl/profile.h>
#include <capdl/spec.h>

#include "base/file.h"

struct devicetree;

/*
 * Reads the output of dtc -O dtb, `name` being the file in messages. The bytes must be aligned to 8 and stay. Null with
 * an error when they are no sound tree, or one larger than boards have (docs/checks.md). To be freed.
 */
struct devicetree *devicetree_read(const char *name, const void *bytes, size_t size, struct capdl_diags *);
void devicetree_free(struct devicetree *);
/* The tree that a kernel was built with, from its install prefix. Null with an error.
   The bytes are to be released after the tree; without one, there are none. */
struct devicetree *devicetree_of_kernel(const struct capdl_profile *, struct file_bytes *, struct capdl_diags *);

/*
 * Whether a spec of an architecture and, unless null, a kernel can be for the board: an error for another architecture,
 * a kernel that was built for another board, and one that uses memory which the board lacks.
 */
bool devicetree_fits(const struct devicetree *, enum capdl_arch, const struct capdl_profile *, struct capdl_diags *);
/* Whether two trees are of one board or one family: their roots share a compatible string, or one has none. */
bool devicetree_same_board(const struct devicetree *, const struct devicetree *kernel, struct capdl_diags *);
/* The same of a kernel and the tree it was built with; true where it came without one. */
bool devicetree_is_for(const struct devicetree *, const struct capdl_profile *kernel, struct capdl_diags *);

/* Compares the physical addresses and interrupts of a spec with the tree: findings of the check "device-tree". */
void devicetree_check(const struct devicetree *, const struct capdl_spec *, struct capdl_diags *);

/* Warns of registers of devices that are mapped cached or executable: findings of the check "device-cached". Where a
   kernel is given, only within its RAM: image_compile says the same of what that kernel takes for devices. */
void devicetree_check_mappings(const struct devicetree *, const struct capdl_spec *, const struct capdl_profile *kernel,
                               struct capdl_diags *);

/* The name of the device whose registers begin first from `start` on and within `size` bytes, or that `start` lies in,
   such as "pl011@9000000"; null if there is none. Belongs to the tree. */
const char *devicetree_device_at(const struct devicetree *, uint64_t start, uint64_t size);

/* What there is, in order: a device of no registers and no interrupts is none. `json`: as one array. */
void devicetree_list(struct devicetree *, bool json, FILE *);
/* The same of the device that a path, an alias or a label (where dtc -@ kept them) names, and of what is in it; false
   with an error. */
bool devicetree_list_one(struct devicetree *, const char *name, bool json, FILE *, struct capdl_diags *);

#endif
