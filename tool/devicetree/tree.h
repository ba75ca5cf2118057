/* SPDX-License-Identifier: BSD-2-Clause */
/* A device tree in memory: its nodes in the order of the tree, and sorted what is looked for. */
#ifndef TOOL_DEVICETREE_TREE_H
#define TOOL_DEVICETREE_TREE_H

#include <libfdt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/memory.h"
#include "devicetree/devicetree.h"

/*
 * Bounds on hostile trees. The largest of the boards that seL4 knows has 3,000 nodes, 12 deep. A step is an entry of a
 * ranges or interrupt-map that is looked at: every child may look at all of its parent's.
 */
enum { MOST_NODES = 1 << 17, MOST_DEPTH = 64, MOST_STEPS = 1 << 24, MOST_CELLS = 4, MOST_PATH = 512 };

enum property {
#define PROPERTY(id, name) PROPERTY_##id,
#include "devicetree/properties.def"
#undef PROPERTY
    NUM_PROPERTIES
};

/* A property's value: a number of whole cells, and the bytes; value is null if the node does not have it. */
struct value {
    const fdt32_t *cells;
    size_t count;
    size_t bytes;
};

enum { NO_NODE = -1 };

struct node {
    int32_t parent; /* NO_NODE: the root */
    int32_t end;    /* the first node after its descendants */
    int32_t offset; /* in the flattened tree */
    uint32_t phandle;
    uint8_t depth;
    uint8_t address_cells, size_cells; /* of its children */
    bool working;                      /* neither it nor what it is in is disabled, reserved or failed */
    const char *name;
    struct value properties[NUM_PROPERTIES];
};

enum region_kind { REGION_MEMORY, REGION_DEVICE, REGION_WINDOW };

/* Memory, the registers of a device, or what a bus shows of devices that are found at run time. */
struct region {
    uint64_t start, last;
    uint64_t highest; /* last of all in the subtree of which this is the middle: see regions.c */
    int32_t node;
    enum region_kind kind;
};

enum { NO_NUMBER = -1 };

struct interrupt {
    int64_t number; /* as seL4 counts; NO_NUMBER: of a controller that the kernel does not drive */
    int32_t node;
    int32_t controller;
    bool edge, level; /* neither: the tree does not say */
    bool guessed;
};

/* A node that others name by its phandle. */
struct target {
    uint32_t phandle;
    int32_t node;
};

struct devicetree {
    const void *fdt;
    char *name; /* of the file */
    struct node *nodes;
    size_t num_nodes, capacity_nodes;
    struct target *targets; /* ascending */
    size_t num_targets, capacity_targets;
    struct region *regions; /* ascending */
    size_t num_regions, capacity_regions;
    struct interrupt *interrupts; /* ascending by number; those of one device in its order */
    size_t num_interrupts, capacity_interrupts;
    int32_t strange; /* a controller at the root of interrupts whose specifiers nobody here knows, or NO_NODE */
    bool has_known_controller; /* one whose numbers are the kernel's */
    size_t num_numbers;        /* interrupts that have a number */
    size_t steps;
};

static inline const struct value *node_value(const struct devicetree *tree, int32_t node, enum property property)
{
    return &tree->nodes[node].properties[property];
}
static inline bool node_has(const struct devicetree *tree, int32_t node, enum property property)
{
    return node_value(tree, node, property)->cells != NULL;
}
/* The number in a property of one cell. */
uint32_t node_cell(const struct devicetree *, int32_t node, enum property, uint32_t otherwise);
/* Whether a list of strings holds one that the pattern of fnmatch(3) matches. */
bool node_matches(const struct devicetree *, int32_t node, enum property, const char *pattern);
/* The strings of a property, one after the other: null at the end. What is no string ends the list. */
const char *node_string(const struct devicetree *, int32_t node, enum property, const char *before);
/* Whether one is in the other, or both are one. */
bool nodes_related(const struct devicetree *, int32_t a, int32_t b);
/* Replaces what is not printable ASCII, which is all that a tree's names may hold. */
void tree_printable(char *text);
/* The node's path, cut off where it does not fit. */
const char *node_path(const struct devicetree *, int32_t node, char buffer[MOST_PATH]);
/* The number in the first `count` cells; of more than two, in the last two. */
uint64_t cells_number(const fdt32_t *cells, size_t count);
int32_t target_find(const struct devicetree *, uint32_t phandle);

#endif
