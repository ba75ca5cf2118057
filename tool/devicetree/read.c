/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads a flattened tree's nodes once, with the properties that matter. */
#include "devicetree/devicetree.h"

#include <stdlib.h>
#include <string.h>

#include "base/fdt_check.h"
#include "devicetree/interrupts.h"
#include "devicetree/regions.h"
#include "devicetree/tree.h"

static enum property property_find(const char *name)
{
    static const char *const names[] = {
#define PROPERTY(id, name) name,
#include "devicetree/properties.def"
#undef PROPERTY
    };
    unsigned i = 0;
    while (i < NUM_PROPERTIES && strcmp(name, names[i]) != 0) {
        i++;
    }
    return (enum property)i;
}

static void properties_read(const void *fdt, struct node *node)
{
    int at;
    fdt_for_each_property_offset(at, fdt, node->offset)
    {
        const char *name;
        int length;
        const void *bytes = fdt_getprop_by_offset(fdt, at, &name, &length);
        enum property property = bytes && name ? property_find(name) : NUM_PROPERTIES;
        if (property < NUM_PROPERTIES && !node->properties[property].cells) {
            node->properties[property] = (struct value){bytes, (size_t)length / sizeof(fdt32_t), (size_t)length};
        }
    }
}

static int target_compare(const void *left, const void *right)
{
    const struct target *a = left, *b = right;
    if (a->phandle != b->phandle) {
        return a->phandle < b->phandle ? -1 : 1;
    }
    return a->node < b->node ? -1 : a->node > b->node;
}

static bool status_is_okay(const struct devicetree *tree, int32_t node)
{
    const char *status = node_string(tree, node, PROPERTY_STATUS, NULL);
    return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

static uint8_t cells_of(const struct devicetree *tree, int32_t node, enum property property, uint32_t otherwise)
{
    uint32_t count = node_cell(tree, node, property, otherwise);
    return count <= MOST_CELLS ? (uint8_t)count : 0;
}

static void node_read(struct devicetree *tree, int32_t index)
{
    struct node *node = &tree->nodes[index];
    properties_read(tree->fdt, node);
    node->address_cells = cells_of(tree, index, PROPERTY_ADDRESS_CELLS, 2);
    node->size_cells = cells_of(tree, index, PROPERTY_SIZE_CELLS, 1);
    node->working = status_is_okay(tree, index) && (index == 0 || tree->nodes[node->parent].working);
    node->phandle = node_cell(tree, index, PROPERTY_PHANDLE, node_cell(tree, index, PROPERTY_OLD_PHANDLE, 0));
    if (node->phandle) {
        tree->targets =
            memory_grow(tree->targets, &tree->capacity_targets, tree->num_targets + 1, sizeof(*tree->targets));
        tree->targets[tree->num_targets++] = (struct target){node->phandle, index};
    }
}

/* Ends the nodes that are as deep as the next one, or deeper. */
static void nodes_end(struct devicetree *tree, const int32_t *way, int depth, int next)
{
    for (; depth >= next; depth--) {
        tree->nodes[way[depth]].end = (int32_t)tree->num_nodes;
    }
}

static bool nodes_read(struct devicetree *tree)
{
    int32_t way[MOST_DEPTH];
    int depth = -1, last = -1;
    for (int offset = fdt_next_node(tree->fdt, -1, &depth); offset >= 0 && depth >= 0;
         offset = fdt_next_node(tree->fdt, offset, &depth)) {
        if (depth >= MOST_DEPTH || tree->num_nodes == MOST_NODES) {
            return false;
        }
        nodes_end(tree, way, last, depth);
        tree->nodes = memory_grow(tree->nodes, &tree->capacity_nodes, tree->num_nodes + 1, sizeof(*tree->nodes));
        way[depth] = (int32_t)tree->num_nodes++;
        tree->nodes[way[depth]] = (struct node){
            .parent = depth ? way[depth - 1] : NO_NODE,
            .offset = offset,
            .depth = (uint8_t)depth,
            .name = fdt_get_name(tree->fdt, offset, NULL),
        };
        node_read(tree, way[depth]);
        last = depth;
    }
    nodes_end(tree, way, last, 0);
    if (tree->num_targets) {
        qsort(tree->targets, tree->num_targets, sizeof(*tree->targets), target_compare);
    }
    return tree->num_nodes > 0;
}

struct devicetree *devicetree_read(const char *name, const void *bytes, size_t size, struct capdl_diags *diags)
{
    if (!fdt_check(bytes, size)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s is not a device tree, or is damaged: expected the output of dtc -O dtb",
                    name);
        return NULL;
    }
    struct devicetree *tree = memory_zeroed(1, sizeof(*tree));
    char *copy = memory_need(strdup(name));
    *tree = (struct devicetree){.fdt = bytes, .name = copy, .strange = NO_NODE};
    bool good = nodes_read(tree);
    if (good) {
        regions_read(tree);
        interrupts_read(tree);
    }
    if (!good || tree->steps > MOST_STEPS) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "%s is not a board's device tree: it has more than %d nodes, %d levels, or %d entries of ranges "
                    "and interrupt maps to try",
                    name, MOST_NODES, MOST_DEPTH, MOST_STEPS);
        devicetree_free(tree);
        return NULL;
    }
    return tree;
}

void devicetree_free(struct devicetree *tree)
{
    if (tree) {
        free(tree->name);
        free(tree->nodes);
        free(tree->targets);
        free(tree->regions);
        free(tree->interrupts);
        free(tree);
    }
}
