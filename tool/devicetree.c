/* SPDX-License-Identifier: BSD-2-Clause */
/* What a device tree says about the memory and interrupts of a spec. */
#include "devicetree.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "base/fdt_check.h"

enum { MOST_DEPTH = 32, MOST_PATH = 256, MOST_FINDINGS = 1000 };

/* Memory, or the registers of a device. */
struct region {
    uint64_t start, last;
    uint64_t highest; /* last of this one and all before it */
    int node;
    bool is_memory;
};

struct interrupt {
    uint64_t number;
    int node;
    bool edge, level;
};

/* A node that others name by its phandle. */
struct target {
    uint32_t phandle;
    int node;
};

/* What holds for the children of the nodes on the way to the current one. */
struct bus {
    unsigned address_cells, size_cells;
    uint32_t interrupt_parent; /* phandle */
    int node;
};

/* The lists are sorted once they are complete. */
struct tree {
    const void *fdt;
    struct region *regions;
    size_t num_regions, capacity_regions;
    struct interrupt *interrupts;
    size_t num_interrupts, capacity_interrupts;
    struct target *targets;
    size_t num_targets, capacity_targets;
    size_t findings;
};

static const struct capdl_pos nowhere = {.file = UINT16_MAX};

/* Room for one more element of a list. */
static void *list_grow(void *list, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return list;
    }
    *capacity = *capacity * 2 + 64;
    list = realloc(list, *capacity * size);
    if (!list) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    return list;
}

static uint32_t cell(const void *fdt, int node, const char *name, uint32_t otherwise)
{
    int length;
    const fdt32_t *value = fdt_getprop(fdt, node, name, &length);
    return value && length == 4 ? fdt32_to_cpu(*value) : otherwise;
}

static uint64_t cells(const fdt32_t *value, unsigned count)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < count; i++) {
        number = number << 32 | fdt32_to_cpu(value[i]);
    }
    return number;
}

/* An address on a bus as one on the bus above; false if the bus does not show it there. */
static bool translate_once(const void *fdt, const struct bus *bus, const struct bus *above, uint64_t *address)
{
    int length;
    const fdt32_t *ranges = fdt_getprop(fdt, bus->node, "ranges", &length);
    unsigned child = bus->address_cells, parent = above->address_cells, size = bus->size_cells;
    unsigned entry = child + parent + size;
    if (!ranges || length == 0) {
        return ranges;
    }
    for (size_t left = (size_t)length / 4; entry && left >= entry; left -= entry, ranges += entry) {
        uint64_t from = cells(ranges, child), to = cells(ranges + child, parent),
                 bytes = cells(ranges + child + parent, size);
        if (*address >= from && *address - from < bytes) {
            *address = to + (*address - from);
            return true;
        }
    }
    return false;
}

/* bus[0] is the root's children; bus[depth] those of the node's parent. */
static bool translate(const void *fdt, const struct bus *bus, int depth, uint64_t *address)
{
    for (; depth > 0; depth--) {
        if (!translate_once(fdt, &bus[depth], &bus[depth - 1], address)) {
            return false;
        }
    }
    return true;
}

static void registers_read(struct tree *tree, int node, const struct bus *bus, int depth)
{
    int length;
    const fdt32_t *reg = fdt_getprop(tree->fdt, node, "reg", &length);
    const char *type = fdt_getprop(tree->fdt, node, "device_type", NULL);
    unsigned address_cells = bus[depth].address_cells, entry = address_cells + bus[depth].size_cells;
    if (!reg || !bus[depth].size_cells || !address_cells) {
        return;
    }
    for (size_t left = (size_t)length / 4; left >= entry; left -= entry, reg += entry) {
        uint64_t start = cells(reg, address_cells), size = cells(reg + address_cells, bus[depth].size_cells);
        if (size && translate(tree->fdt, bus, depth, &start) && start + (size - 1) >= start) {
            tree->regions =
                list_grow(tree->regions, tree->num_regions, &tree->capacity_regions, sizeof(*tree->regions));
            tree->regions[tree->num_regions++] = (struct region){
                .start = start,
                .last = start + (size - 1),
                .node = node,
                .is_memory = type && strcmp(type, "memory") == 0,
            };
        }
    }
}

static int target_compare(const void *left, const void *right)
{
    const struct target *a = left, *b = right;
    return a->phandle < b->phandle ? -1 : a->phandle > b->phandle;
}

/* All nodes with a phandle: looking each up in the tree would take time by the square of its size. */
static void targets_read(struct tree *tree)
{
    for (int node = fdt_next_node(tree->fdt, -1, NULL); node >= 0; node = fdt_next_node(tree->fdt, node, NULL)) {
        uint32_t phandle = fdt_get_phandle(tree->fdt, node);
        if (phandle) {
            tree->targets =
                list_grow(tree->targets, tree->num_targets, &tree->capacity_targets, sizeof(*tree->targets));
            tree->targets[tree->num_targets++] = (struct target){phandle, node};
        }
    }
    if (tree->num_targets) {
        qsort(tree->targets, tree->num_targets, sizeof(*tree->targets), target_compare);
    }
}

static int target_find(const struct tree *tree, uint32_t phandle)
{
    struct target key = {.phandle = phandle};
    const struct target *found =
        tree->num_targets ? bsearch(&key, tree->targets, tree->num_targets, sizeof(key), target_compare) : NULL;
    return found ? found->node : -1;
}

/* Interrupts of Arm's GIC (three cells: kind, number, flags) and of what numbers them with one cell. */
static void interrupts_read(struct tree *tree, int node, uint32_t parent_phandle)
{
    int length;
    const fdt32_t *value = fdt_getprop(tree->fdt, node, "interrupts", &length);
    uint32_t phandle = cell(tree->fdt, node, "interrupt-parent", parent_phandle);
    int controller = value && phandle ? target_find(tree, phandle) : -1;
    unsigned count = controller >= 0 ? cell(tree->fdt, controller, "#interrupt-cells", 0) : 0;
    if (count != 1 && count != 3) {
        return;
    }
    for (size_t left = (size_t)length / 4; left >= count; left -= count, value += count) {
        uint64_t number = fdt32_to_cpu(value[count == 3]);
        uint32_t flags = count == 3 ? fdt32_to_cpu(value[2]) & 15 : 0;
        number += count == 3 ? (fdt32_to_cpu(value[0]) == 0 ? 32 : 16) : 0;
        tree->interrupts =
            list_grow(tree->interrupts, tree->num_interrupts, &tree->capacity_interrupts, sizeof(*tree->interrupts));
        tree->interrupts[tree->num_interrupts++] = (struct interrupt){
            .number = number,
            .node = node,
            .edge = flags == 1 || flags == 2,
            .level = flags == 4 || flags == 8,
        };
    }
}

static void tree_walk(struct tree *tree)
{
    struct bus bus[MOST_DEPTH + 1] = {{0}};
    int depth = 0;
    for (int node = fdt_next_node(tree->fdt, -1, &depth); node >= 0; node = fdt_next_node(tree->fdt, node, &depth)) {
        int at = depth - 1; /* the root has depth 1 here */
        if (at < 0 || at >= MOST_DEPTH) {
            continue;
        }
        uint32_t inherited = at ? bus[at - 1].interrupt_parent : 0;
        if (at) {
            registers_read(tree, node, bus, at - 1);
            interrupts_read(tree, node, inherited);
        }
        unsigned address_cells = cell(tree->fdt, node, "#address-cells", 2),
                 size_cells = cell(tree->fdt, node, "#size-cells", 1);
        bus[at] = (struct bus){
            .address_cells = address_cells <= 4 ? address_cells : 0,
            .size_cells = size_cells <= 4 ? size_cells : 0,
            .interrupt_parent = cell(tree->fdt, node, "interrupt-parent", inherited),
            .node = node,
        };
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

static int interrupt_compare(const void *left, const void *right)
{
    const struct interrupt *a = left, *b = right;
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return a->node < b->node ? -1 : a->node > b->node;
}

static void tree_sort(struct tree *tree)
{
    uint64_t highest = 0;
    if (tree->num_regions) {
        qsort(tree->regions, tree->num_regions, sizeof(*tree->regions), region_compare);
    }
    if (tree->num_interrupts) {
        qsort(tree->interrupts, tree->num_interrupts, sizeof(*tree->interrupts), interrupt_compare);
    }
    for (size_t i = 0; i < tree->num_regions; i++) {
        highest = tree->regions[i].last > highest ? tree->regions[i].last : highest;
        tree->regions[i].highest = highest;
    }
}

/* How many regions begin at or below an address. */
static size_t regions_up_to(const struct tree *tree, uint64_t address)
{
    size_t low = 0, high = tree->num_regions;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tree->regions[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* The first device that interrupts with this number. */
static const struct interrupt *interrupt_find(const struct tree *tree, uint64_t number)
{
    size_t low = 0, high = tree->num_interrupts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tree->interrupts[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < tree->num_interrupts && tree->interrupts[low].number == number ? &tree->interrupts[low] : NULL;
}

static const char *node_path(const struct tree *tree, int node, char *buffer)
{
    return fdt_get_path(tree->fdt, node, buffer, MOST_PATH) == 0 ? buffer : "a node";
}

/* One page for two devices gives whoever has one the other. */
static void check_frame(struct tree *tree, const struct capdl_spec *spec, struct capdl_diags *diags, uint32_t id)
{
    const struct capdl_object *frame = capdl_object(spec, id);
    uint64_t last = frame->paddr + ((UINT64_C(1) << frame->size_bits) - 1);
    const struct region *found = NULL;
    char label[160], path[MOST_PATH], other[MOST_PATH];
    for (size_t i = regions_up_to(tree, last); i > 0 && tree->regions[i - 1].highest >= frame->paddr; i--) {
        const struct region *region = &tree->regions[i - 1];
        if (region->last < frame->paddr) {
            continue;
        }
        if (found && found->node != region->node && !found->is_memory && !region->is_memory) {
            capdl_finding(diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE, frame->pos,
                          "frame '%s' at 0x%" PRIx64 " covers two devices, %s and %s",
                          capdl_object_label(frame, label, sizeof(label)), frame->paddr,
                          node_path(tree, region->node, path), node_path(tree, found->node, other));
            tree->findings++;
            return;
        }
        found = region;
    }
    if (!found) {
        tree->findings++;
        capdl_finding(diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE, frame->pos,
                      "frame '%s' at 0x%" PRIx64 " is no memory and no device that the device tree describes",
                      capdl_object_label(frame, label, sizeof(label)), frame->paddr);
    }
}

static void check_interrupt(struct tree *tree, const struct capdl_spec *spec, struct capdl_diags *diags,
                            const struct capdl_irq_map *irq)
{
    const struct capdl_object *object = capdl_object(spec, irq->object);
    bool has_trigger =
        (object->kind == CAPDL_KIND_ARM_IRQ || object->kind == CAPDL_KIND_RISCV_IRQ) && object->u.numbers;
    bool edge = has_trigger && object->u.numbers->value[CAPDL_NUMBER_TRIGGER];
    const struct interrupt *found = interrupt_find(tree, irq->irq);
    char path[MOST_PATH];
    if (!found) {
        tree->findings++;
        capdl_finding(diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE, irq->pos,
                      "interrupt %" PRIu64 " ('%s') belongs to no device of the device "
                      "tree",
                      irq->irq, object->name);
    } else if (has_trigger && ((edge && found->level) || (!edge && found->edge))) {
        tree->findings++;
        capdl_finding(diags, CAPDL_WARNING, CAPDL_CHECK_DEVICE_TREE, irq->pos,
                      "interrupt %" PRIu64 " ('%s') is of %s, whose trigger is %s in the "
                      "device tree",
                      irq->irq, object->name, node_path(tree, found->node, path), edge ? "level" : "edge");
    }
}

void devicetree_check(const struct capdl_spec *spec, struct capdl_diags *diags, const char *name, const void *fdt,
                      size_t size)
{
    struct tree tree = {.fdt = fdt};
    if (!fdt_check(fdt, size)) {
        capdl_error(diags, nowhere, "%s is no device tree, or a damaged one: expected the output of dtc -O dtb", name);
        return;
    }
    targets_read(&tree);
    tree_walk(&tree);
    tree_sort(&tree);
    for (uint32_t i = 0; i < spec->num_objects && tree.findings < MOST_FINDINGS; i++) {
        if (capdl_object(spec, i)->kind == CAPDL_KIND_FRAME && capdl_object(spec, i)->flags & CAPDL_OBJECT_HAS_PADDR) {
            check_frame(&tree, spec, diags, i);
        }
    }
    for (size_t i = 0; i < spec->num_irqs && tree.findings < MOST_FINDINGS; i++) {
        check_interrupt(&tree, spec, diags, &spec->irqs[i]);
    }
    free(tree.regions);
    free(tree.interrupts);
    free(tree.targets);
}
