/* SPDX-License-Identifier: BSD-2-Clause */
/* RAM: what the kernel manages (its profile says), and what the board has (the device tree says), which may be more. */
#include <libfdt.h>
#include <string.h>

#include "plan.h"

static uint64_t cells(const fdt32_t *value, int count)
{
    uint64_t number = 0;
    for (int i = 0; i < count; i++) {
        number = number << 32 | fdt32_to_cpu(value[i]);
    }
    return number;
}

/* Adds the ranges of one memory node. */
static void add_node(struct plan *plan, int node, int address_cells, int size_cells)
{
    int size, step = address_cells + size_cells;
    const fdt32_t *reg = fdt_getprop(plan->tree, node, "reg", &size);
    for (int i = 0; reg && (i + step) * 4 <= size && plan->num_ram < MAX_RAM; i += step) {
        uint64_t start = cells(reg + i, address_cells), length = cells(reg + i + address_cells, size_cells);
        if (length && start + length > start) {
            plan->ram[plan->num_ram++] = (struct capdl_region){ start, start + length };
        }
    }
}

void ram_read(struct plan *plan)
{
    int node, address_cells = fdt_address_cells(plan->tree, 0), size_cells = fdt_size_cells(plan->tree, 0);
    if (address_cells < 1 || address_cells > 2 || size_cells < 1 || size_cells > 2) {
        return;
    }
    fdt_for_each_subnode(node, plan->tree, 0)
    {
        const char *type = fdt_getprop(plan->tree, node, "device_type", 0);
        if (type && strcmp(type, "memory") == 0) {
            add_node(plan, node, address_cells, size_cells);
        }
    }
}

static bool holds(const struct capdl_region *list, size_t count, const struct place *place)
{
    for (size_t i = 0; i < count; i++) {
        if (place->start >= list[i].start && place->end <= list[i].end) {
            return true;
        }
    }
    return false;
}

bool ram_of_kernel(const struct plan *plan, const struct place *place)
{
    return holds(plan->profile->memory, plan->profile->num_memory, place);
}

bool ram_of_board(const struct plan *plan, const struct place *place)
{
    return holds(plan->ram, plan->num_ram, place) || ram_of_kernel(plan, place);
}

bool ram_shared_with_kernel(const struct plan *plan, const struct place *place)
{
    for (size_t i = 0; i < plan->profile->num_memory; i++) {
        if (place->start < plan->profile->memory[i].end && plan->profile->memory[i].start < place->end) {
            return true;
        }
    }
    return false;
}
