/* SPDX-License-Identifier: BSD-2-Clause */
/* Physical addresses: what `reg` says, seen through the `ranges` of the buses above, and the windows of PCI. */
#include "devicetree/regions.h"

#include <stdlib.h>
#include <string.h>

/* An address of PCI says in its first cell to which of its spaces it belongs. */
enum { PCI_CELLS = 3, SPACE_SHIFT = 24, SPACE_MASK = 3, SPACE_CONFIGURATION = 0, SPACE_IO = 1 };

static bool is_pci(const struct devicetree *tree, int32_t node)
{
    return tree->nodes[node].address_cells == PCI_CELLS && node_matches(tree, node, PROPERTY_DEVICE_TYPE, "pci*");
}

static unsigned pci_space(const fdt32_t *address)
{
    unsigned space = fdt32_to_cpu(address[0]) >> SPACE_SHIFT & SPACE_MASK;
    return space > SPACE_IO ? SPACE_MASK : space; /* memory of 32 and of 64 bits is one space */
}

/* One bus's entry: address on it, address above it, size. */
struct range {
    uint64_t from, to, size;
    unsigned space;
};

static size_t range_cells(const struct devicetree *tree, int32_t bus)
{
    const struct node *node = &tree->nodes[bus];
    return (size_t)node->address_cells + tree->nodes[node->parent].address_cells + node->size_cells;
}

static struct range range_read(const struct devicetree *tree, int32_t bus, const fdt32_t *cells)
{
    const struct node *node = &tree->nodes[bus];
    unsigned child = node->address_cells, parent = tree->nodes[node->parent].address_cells;
    return (struct range){
        .from = cells_number(cells, child),
        .to = cells_number(cells + child, parent),
        .size = cells_number(cells + child + parent, node->size_cells),
        .space = is_pci(tree, bus) ? pci_space(cells) : 0,
    };
}

/* An address on a bus as one on the bus above; false if the bus does not show it there. */
static bool translate_once(struct devicetree *tree, int32_t bus, unsigned space, uint64_t *address)
{
    const struct value *ranges = node_value(tree, bus, PROPERTY_RANGES);
    size_t entry = range_cells(tree, bus);
    if (!ranges->cells || ranges->count == 0) {
        return ranges->cells;
    }
    for (size_t at = 0; entry && at + entry <= ranges->count && tree->steps <= MOST_STEPS; at += entry) {
        struct range range = range_read(tree, bus, ranges->cells + at);
        tree->steps++;
        if (range.space == space && *address >= range.from && *address - range.from < range.size) {
            *address = range.to + (*address - range.from);
            return true;
        }
    }
    return false;
}

/* The same from a bus up to the processor. Only the lowest can be PCI with spaces: above it all is memory. */
static bool translate(struct devicetree *tree, int32_t bus, unsigned space, uint64_t *address)
{
    for (; bus > 0; bus = tree->nodes[bus].parent) {
        if (!translate_once(tree, bus, space, address)) {
            return false;
        }
        space = is_pci(tree, tree->nodes[bus].parent) ? space : 0;
    }
    return bus == 0;
}

static void region_add(struct devicetree *tree, int32_t node, enum region_kind kind, uint64_t start, uint64_t size)
{
    if (size && start + (size - 1) >= start) {
        tree->regions =
            memory_grow(tree->regions, &tree->capacity_regions, tree->num_regions + 1, sizeof(*tree->regions));
        tree->regions[tree->num_regions++] =
            (struct region){.start = start, .last = start + (size - 1), .node = node, .kind = kind};
    }
}

/* Memory, and parts of memory that are set aside. */
static bool is_memory(const struct devicetree *tree, int32_t node)
{
    int32_t parent = tree->nodes[node].parent;
    return node_matches(tree, node, PROPERTY_DEVICE_TYPE, "memory") ||
           (parent > 0 && tree->nodes[parent].parent == 0 && strcmp(tree->nodes[parent].name, "reserved-memory") == 0);
}

static void registers_read(struct devicetree *tree, int32_t node)
{
    int32_t bus = tree->nodes[node].parent;
    const struct value *reg = node_value(tree, node, PROPERTY_REG);
    size_t address_cells = tree->nodes[bus].address_cells, size_cells = tree->nodes[bus].size_cells;
    enum region_kind kind = is_memory(tree, node) ? REGION_MEMORY : REGION_DEVICE;
    bool pci = is_pci(tree, bus);
    if (!address_cells || !size_cells) {
        return;
    }
    for (size_t at = 0; at + address_cells + size_cells <= reg->count; at += address_cells + size_cells) {
        const fdt32_t *cells = reg->cells + at;
        uint64_t start = cells_number(cells, address_cells);
        unsigned space = pci ? pci_space(cells) : 0;
        if (!(pci && space == SPACE_CONFIGURATION) && translate(tree, bus, space, &start)) {
            region_add(tree, node, kind, start, cells_number(cells + address_cells, size_cells));
        }
    }
}

/* Through its windows a PCI host shows the registers of devices that the tree need not have. */
static void windows_read(struct devicetree *tree, int32_t node)
{
    const struct value *ranges = node_value(tree, node, PROPERTY_RANGES);
    size_t entry = range_cells(tree, node);
    if (!is_pci(tree, node) || is_pci(tree, tree->nodes[node].parent)) {
        return;
    }
    for (size_t at = 0; entry && at + entry <= ranges->count; at += entry) {
        struct range range = range_read(tree, node, ranges->cells + at);
        if (translate(tree, tree->nodes[node].parent, 0, &range.to)) {
            region_add(tree, node, REGION_WINDOW, range.to, range.size);
        }
    }
}

/* Ascending; of those that begin at one address, in the order of the tree. */
static int region_compare(const void *left, const void *right)
{
    const struct region *a = left, *b = right;
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return a->node < b->node ? -1 : a->node > b->node;
}

/*
 * The sorted list is a search tree as well: the middle of a part is the root of what is left and right of it in that
 * part. With the highest address of each such subtree, regions in large ones before them are found in no time.
 */
static uint64_t highest_set(struct region *regions, size_t low, size_t high)
{
    if (low == high) {
        return 0;
    }
    size_t middle = low + (high - low) / 2;
    uint64_t left = highest_set(regions, low, middle), right = highest_set(regions, middle + 1, high);
    uint64_t highest = regions[middle].last;
    highest = left > highest ? left : highest;
    highest = right > highest ? right : highest;
    regions[middle].highest = highest;
    return highest;
}

void regions_read(struct devicetree *tree)
{
    for (size_t i = 1; i < tree->num_nodes; i++) {
        registers_read(tree, (int32_t)i);
        windows_read(tree, (int32_t)i);
    }
    if (tree->num_regions) {
        qsort(tree->regions, tree->num_regions, sizeof(*tree->regions), region_compare);
    }
    highest_set(tree->regions, 0, tree->num_regions);
}

struct search {
    uint64_t start, last;
    const struct region **found;
    size_t count, most;
};

static void regions_search(const struct region *regions, size_t low, size_t high, struct search *search)
{
    size_t middle = low + (high - low) / 2;
    if (low == high || search->count == search->most || regions[middle].highest < search->start) {
        return;
    }
    regions_search(regions, low, middle, search);
    if (regions[middle].start > search->last) {
        return;
    }
    if (regions[middle].last >= search->start && search->count < search->most) {
        search->found[search->count++] = &regions[middle];
    }
    regions_search(regions, middle + 1, high, search);
}

size_t regions_touching(const struct devicetree *tree, uint64_t start, uint64_t last, const struct region **found,
                        size_t most)
{
    struct search search = {.start = start, .last = last, .found = found, .most = most};
    regions_search(tree->regions, 0, tree->num_regions, &search);
    return search.count;
}
