/* SPDX-License-Identifier: BSD-2-Clause */
/* Follows interrupt specifiers from devices through maps to the controllers that the kernel drives. */
#include "devicetree/interrupts.h"

#include <stdlib.h>
#include <string.h>

#include "devicetree/controllers.h"

enum { MOST_HOPS = 16 };

/* An interrupt on its way: the controller it is at, and there its unit address and specifier. */
struct signal {
    int32_t controller;
    const fdt32_t *unit, *specifier;
    size_t unit_cells, specifier_cells;
};

static size_t interrupt_cells(const struct devicetree *tree, int32_t controller)
{
    return node_cell(tree, controller, PROPERTY_INTERRUPT_CELLS, 0);
}

/* Named by the node or the nearest above; a node above that is itself a controller needs no name. */
static int32_t interrupt_parent(const struct devicetree *tree, int32_t node)
{
    for (;;) {
        if (node_has(tree, node, PROPERTY_INTERRUPT_PARENT)) {
            return target_find(tree, node_cell(tree, node, PROPERTY_INTERRUPT_PARENT, 0));
        }
        node = tree->nodes[node].parent;
        if (node == NO_NODE || node_has(tree, node, PROPERTY_INTERRUPT_CELLS)) {
            return node;
        }
    }
}

/* Cells of unit addresses in a map: what the node says, else what one above says, as every reader of trees has it. */
static size_t map_unit_cells(const struct devicetree *tree, int32_t map)
{
    for (; map != NO_NODE; map = tree->nodes[map].parent) {
        if (node_has(tree, map, PROPERTY_ADDRESS_CELLS)) {
            return tree->nodes[map].address_cells;
        }
    }
    return 2;
}

/* One entry of a map: who it is for, and where it leads. */
struct map_entry {
    const fdt32_t *unit;
    size_t unit_cells, specifier_cells;
    struct signal to;
};

/* Reads the entry at a cell of the map and moves on; false at the end, and where nobody can know the length. */
static bool map_next(struct devicetree *tree, int32_t map, size_t *at, struct map_entry *entry)
{
    const struct value *value = node_value(tree, map, PROPERTY_INTERRUPT_MAP);
    size_t units = map_unit_cells(tree, map), cells = interrupt_cells(tree, map), left = value->count - *at;
    if (cells > left || units + cells >= left || tree->steps > MOST_STEPS) {
        return false;
    }
    const fdt32_t *unit = value->cells + *at, *target = unit + units + cells;
    int32_t controller = target_find(tree, fdt32_to_cpu(*target));
    size_t to_units = 0, to_cells = 0;
    left -= units + cells + 1;
    tree->steps++;
    if (controller != NO_NODE) {
        to_units = node_has(tree, controller, PROPERTY_ADDRESS_CELLS) ? tree->nodes[controller].address_cells : 0;
        to_cells = interrupt_cells(tree, controller);
    }
    if (controller == NO_NODE || to_cells == 0 || to_cells > left || to_units > left - to_cells) {
        return false;
    }
    *entry = (struct map_entry){
        .unit = unit,
        .unit_cells = units,
        .specifier_cells = cells,
        .to = {controller, target + 1, target + 1 + to_units, to_units, to_cells},
    };
    *at += units + cells + 1 + to_units + to_cells;
    return true;
}

static uint32_t masked(const struct value *mask, size_t at, fdt32_t cell)
{
    return fdt32_to_cpu(cell) & (at < mask->count ? fdt32_to_cpu(mask->cells[at]) : UINT32_MAX);
}

/* Whether an entry of a map is for a signal. A device without an address has 0. */
static bool map_matches(const struct map_entry *entry, const struct value *mask, const struct signal *signal)
{
    size_t units = entry->unit_cells;
    for (size_t i = 0; i < units; i++) {
        fdt32_t cell = signal->unit_cells >= units ? signal->unit[i] : 0;
        if (masked(mask, i, entry->unit[i]) != masked(mask, i, cell)) {
            return false;
        }
    }
    for (size_t i = 0; i < entry->specifier_cells; i++) {
        if (masked(mask, units + i, entry->unit[units + i]) != masked(mask, units + i, signal->specifier[i])) {
            return false;
        }
    }
    return true;
}

static bool map_follow(struct devicetree *tree, struct signal *signal)
{
    const struct value *mask = node_value(tree, signal->controller, PROPERTY_INTERRUPT_MAP_MASK);
    struct map_entry entry;
    for (size_t at = 0; map_next(tree, signal->controller, &at, &entry);) {
        if (map_matches(&entry, mask, signal)) {
            *signal = entry.to;
            return true;
        }
    }
    return false;
}

/* Whether a controller is none that passes on what it gets as an interrupt of its own. */
static bool is_root(const struct devicetree *tree, int32_t node)
{
    return !node_has(tree, node, PROPERTY_INTERRUPTS) && !node_has(tree, node, PROPERTY_INTERRUPTS_EXTENDED);
}

/* Follows a signal until a controller is reached that neither maps it nor passes it on. */
static bool signal_follow(struct devicetree *tree, struct signal *signal, enum controller_kind *kind)
{
    for (unsigned hops = 0; hops < MOST_HOPS; hops++) {
        *kind = controller_kind(tree, signal->controller);
        if (*kind == CONTROLLER_PASS_THROUGH) {
            int32_t next = interrupt_parent(tree, signal->controller);
            if (next == NO_NODE || interrupt_cells(tree, next) != signal->specifier_cells) {
                return false;
            }
            signal->controller = next;
        } else if (*kind == CONTROLLER_OTHER && node_has(tree, signal->controller, PROPERTY_INTERRUPT_MAP)) {
            if (!map_follow(tree, signal)) {
                return false;
            }
        } else {
            return true;
        }
    }
    return false;
}

/* Where a tree has no controller that we know, one with one or two cells most likely numbers its interrupts, and one
   that does not say what it is, with more, is a GIC. */
static bool guess(struct devicetree *tree, const struct signal *signal, struct interrupt *interrupt)
{
    bool nameless = !node_has(tree, signal->controller, PROPERTY_COMPATIBLE);
    enum controller_kind kind = signal->specifier_cells <= 2 ? CONTROLLER_NUMBER
                                : nameless                   ? CONTROLLER_GIC
                                                             : CONTROLLER_OTHER;
    interrupt->guessed = controller_decode(kind, signal->specifier, signal->specifier_cells, interrupt);
    tree->strange = interrupt->guessed ? tree->strange : signal->controller;
    return interrupt->guessed;
}

static void interrupt_add(struct devicetree *tree, int32_t node, struct signal signal)
{
    struct interrupt interrupt = {.number = NO_NUMBER, .node = node};
    enum controller_kind kind;
    if (!signal_follow(tree, &signal, &kind) || kind == CONTROLLER_CORE) {
        return;
    }
    interrupt.controller = signal.controller;
    if (controller_decode(kind, signal.specifier, signal.specifier_cells, &interrupt)) {
        tree->num_numbers++;
        tree->has_known_controller = true;
    } else if (kind == CONTROLLER_OTHER && is_root(tree, signal.controller) && guess(tree, &signal, &interrupt)) {
        tree->num_numbers++;
    }
    tree->interrupts =
        memory_grow(tree->interrupts, &tree->capacity_interrupts, tree->num_interrupts + 1, sizeof(*tree->interrupts));
    tree->interrupts[tree->num_interrupts++] = interrupt;
}

/* A device's own address is what a map knows it by. */
static struct signal signal_of(const struct devicetree *tree, int32_t node, int32_t controller, const fdt32_t *cells)
{
    const struct value *reg = node_value(tree, node, PROPERTY_REG);
    return (struct signal){controller, reg->cells, cells, reg->count, interrupt_cells(tree, controller)};
}

static void plain_read(struct devicetree *tree, int32_t node)
{
    const struct value *value = node_value(tree, node, PROPERTY_INTERRUPTS);
    int32_t controller = value->cells ? interrupt_parent(tree, node) : NO_NODE;
    size_t cells = controller != NO_NODE ? interrupt_cells(tree, controller) : 0;
    for (size_t at = 0; cells && cells <= value->count - at; at += cells) {
        interrupt_add(tree, node, signal_of(tree, node, controller, value->cells + at));
    }
}

/* Each specifier with its controller; 0 for the controller: none at this place. */
static void extended_read(struct devicetree *tree, int32_t node)
{
    const struct value *value = node_value(tree, node, PROPERTY_INTERRUPTS_EXTENDED);
    for (size_t at = 0; at < value->count;) {
        uint32_t phandle = fdt32_to_cpu(value->cells[at++]);
        int32_t controller = phandle ? target_find(tree, phandle) : NO_NODE;
        size_t cells = controller != NO_NODE ? interrupt_cells(tree, controller) : 0;
        if (phandle && (controller == NO_NODE || cells > value->count - at)) {
            return;
        }
        if (cells) {
            interrupt_add(tree, node, signal_of(tree, node, controller, value->cells + at));
        }
        at += cells;
    }
}

/* Where a map leads are interrupts of devices behind it, which the tree need not have. */
static void map_read(struct devicetree *tree, int32_t node)
{
    struct map_entry entry;
    for (size_t at = 0; map_next(tree, node, &at, &entry);) {
        interrupt_add(tree, node, entry.to);
    }
}

static int interrupt_compare(const void *left, const void *right)
{
    const struct interrupt *a = left, *b = right;
    if (a->number != b->number) {
        return a->number < b->number ? -1 : 1;
    }
    return a->node < b->node ? -1 : a->node > b->node;
}

static void guesses_drop(struct devicetree *tree)
{
    for (size_t i = 0; tree->has_known_controller && i < tree->num_interrupts; i++) {
        if (tree->interrupts[i].guessed) {
            tree->interrupts[i].number = NO_NUMBER;
        }
    }
}

void interrupts_read(struct devicetree *tree)
{
    for (size_t i = 1; i < tree->num_nodes; i++) {
        int32_t node = (int32_t)i;
        if (node_has(tree, node, PROPERTY_INTERRUPTS_EXTENDED)) {
            extended_read(tree, node);
        } else {
            plain_read(tree, node);
        }
        map_read(tree, node);
    }
    guesses_drop(tree);
    if (tree->num_interrupts) {
        qsort(tree->interrupts, tree->num_interrupts, sizeof(*tree->interrupts), interrupt_compare);
    }
}

const struct interrupt *interrupts_find(const struct devicetree *tree, int64_t number, size_t *count)
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
    *count = 0;
    while (low + *count < tree->num_interrupts && tree->interrupts[low + *count].number == number) {
        ++*count;
    }
    return *count ? &tree->interrupts[low] : NULL;
}
