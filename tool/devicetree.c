/* SPDX-License-Identifier: BSD-2-Clause */
/* What a device tree says about the memory and interrupts of a spec. */
#include "devicetree.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_DEPTH = 32, MOST_PATH = 256, MOST_ITEMS = 4096 };

/* Memory, or the registers of a device. */
struct item {
    uint64_t start, last; /* or, of interrupts, the number twice */
    int node;
    bool is_memory, is_interrupt, edge, level;
};

/* What holds for the children of the nodes on the way to the current one. */
struct bus {
    unsigned address_cells, size_cells;
    uint32_t interrupt_parent; /* phandle */
    int node;
};

struct tree {
    const void *fdt;
    struct item *items;
    size_t count;
};

static const struct capdl_pos nowhere = { .file = UINT16_MAX };

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

static void add_item(struct tree *tree, struct item item)
{
    if (tree->count < MOST_ITEMS) {
        tree->items[tree->count++] = item;
    }
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
    const char *type = fdt_getprop(tree->fdt, node, "device_type", 0);
    unsigned address_cells = bus[depth].address_cells, entry = address_cells + bus[depth].size_cells;
    if (!reg || !bus[depth].size_cells || !address_cells) {
        return;
    }
    for (size_t left = (size_t)length / 4; left >= entry; left -= entry, reg += entry) {
        uint64_t start = cells(reg, address_cells), size = cells(reg + address_cells, bus[depth].size_cells);
        if (size && translate(tree->fdt, bus, depth, &start) && start + (size - 1) >= start) {
            bool memory = type && strcmp(type, "memory") == 0;
            add_item(tree,
                     (struct item){ .start = start, .last = start + (size - 1), .node = node, .is_memory = memory });
        }
    }
}

/* Interrupts of Arm's GIC (three cells: kind, number, flags) and of what numbers them with one cell. */
static void interrupts_read(struct tree *tree, int node, uint32_t parent_phandle)
{
    int length;
    const fdt32_t *value = fdt_getprop(tree->fdt, node, "interrupts", &length);
    uint32_t phandle = cell(tree->fdt, node, "interrupt-parent", parent_phandle);
    int controller = value && phandle ? fdt_node_offset_by_phandle(tree->fdt, phandle) : -1;
    unsigned count = controller >= 0 ? cell(tree->fdt, controller, "#interrupt-cells", 0) : 0;
    if (count != 1 && count != 3) {
        return;
    }
    for (size_t left = (size_t)length / 4; left >= count; left -= count, value += count) {
        uint64_t number = fdt32_to_cpu(value[count == 3]);
        uint32_t flags = count == 3 ? fdt32_to_cpu(value[2]) & 15 : 0;
        number += count == 3 ? (fdt32_to_cpu(value[0]) == 0 ? 32 : 16) : 0;
        add_item(tree, (struct item){ .start = number,
                                      .last = number,
                                      .node = node,
                                      .is_interrupt = true,
                                      .edge = flags == 1 || flags == 2,
                                      .level = flags == 4 || flags == 8 });
    }
}

static void tree_walk(struct tree *tree)
{
    struct bus bus[MOST_DEPTH + 1] = { { 0 } };
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

static const char *node_path(const struct tree *tree, int node, char *buffer)
{
    return fdt_get_path(tree->fdt, node, buffer, MOST_PATH) == 0 ? buffer : "a node";
}

/* One page for two devices gives whoever has one the other. */
static void check_frame(const struct tree *tree, const struct capdl_spec *spec, struct capdl_diags *diags,
                        uint32_t id)
{
    const struct capdl_object *frame = capdl_object(spec, id);
    uint64_t last = frame->paddr + ((UINT64_C(1) << frame->size_bits) - 1);
    const struct item *first = 0;
    char label[160], path[MOST_PATH], other[MOST_PATH];
    for (size_t i = 0; i < tree->count; i++) {
        const struct item *item = &tree->items[i];
        if (item->is_interrupt || item->last < frame->paddr || item->start > last) {
            continue;
        }
        if (first && first->node != item->node && !first->is_memory && !item->is_memory) {
            capdl_finding(diags, CAPDL_WARNING, "device-tree", frame->pos,
                          "frame '%s' at 0x%" PRIx64 " covers two devices, %s and %s",
                          capdl_object_label(frame, label, sizeof label), frame->paddr,
                          node_path(tree, first->node, path), node_path(tree, item->node, other));
            return;
        }
        first = item;
    }
    if (!first) {
        capdl_finding(diags, CAPDL_WARNING, "device-tree", frame->pos,
                      "frame '%s' at 0x%" PRIx64 " is no memory and no device that the device tree describes",
                      capdl_object_label(frame, label, sizeof label), frame->paddr);
    }
}

static void check_interrupt(const struct tree *tree, const struct capdl_spec *spec, struct capdl_diags *diags,
                            const struct capdl_irq_map *irq)
{
    const struct capdl_object *object = capdl_object(spec, irq->object);
    bool has_trigger =
        (object->kind == CAPDL_KIND_ARM_IRQ || object->kind == CAPDL_KIND_RISCV_IRQ) && object->u.numbers;
    bool edge = has_trigger && object->u.numbers->value[CAPDL_NUMBER_TRIGGER];
    const struct item *found = 0;
    char path[MOST_PATH];
    for (size_t i = 0; i < tree->count && !found; i++) {
        found = tree->items[i].is_interrupt && tree->items[i].start == irq->irq ? &tree->items[i] : 0;
    }
    if (!found) {
        capdl_finding(diags, CAPDL_WARNING, "device-tree", irq->pos,
                      "interrupt %" PRIu64 " ('%s') belongs to no device of the device "
                      "tree",
                      irq->irq, object->name);
    } else if (has_trigger && ((edge && found->level) || (!edge && found->edge))) {
        capdl_finding(diags, CAPDL_WARNING, "device-tree", irq->pos,
                      "interrupt %" PRIu64 " ('%s') is of %s, whose trigger is %s in the "
                      "device tree",
                      irq->irq, object->name, node_path(tree, found->node, path), edge ? "level" : "edge");
    }
}

void devicetree_check(const struct capdl_spec *spec, struct capdl_diags *diags, const char *name, const void *fdt,
                      size_t size)
{
    struct tree tree = { .fdt = fdt };
    if (size < sizeof(struct fdt_header) || fdt_check_full(fdt, size) != 0) {
        capdl_error(diags, nowhere, "%s is no device tree, or a damaged one: expected the output of dtc -O dtb",
                    name);
        return;
    }
    tree.items = calloc(MOST_ITEMS, sizeof *tree.items);
    if (!tree.items) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    tree_walk(&tree);
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object(spec, i)->kind == CAPDL_KIND_FRAME && capdl_object(spec, i)->flags & CAPDL_OBJECT_HAS_PADDR) {
            check_frame(&tree, spec, diags, i);
        }
    }
    for (size_t i = 0; i < spec->num_irqs; i++) {
        check_interrupt(&tree, spec, diags, &spec->irqs[i]);
    }
    free(tree.items);
}
