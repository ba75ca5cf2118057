/* SPDX-License-Identifier: BSD-2-Clause */
/* RAM: what the kernel manages (its profile says), and what the board has (the device tree says), which may be more. Of
   that, some may be kept for others: in the tree's list of reservations, or by nodes below /reserved-memory. */
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

static bool cells_known(int address_cells, int size_cells)
{
    return address_cells >= 1 && address_cells <= 2 && size_cells >= 1 && size_cells <= 2;
}

/* The i-th range of a node's reg. */
static bool node_range(const struct plan *plan, int node, int parent, int i, struct capdl_region *range)
{
    int size, address_cells = fdt_address_cells(plan->tree, parent), size_cells = fdt_size_cells(plan->tree, parent);
    const fdt32_t *reg = fdt_getprop(plan->tree, node, "reg", &size);
    int step = address_cells + size_cells;
    if (!reg || !cells_known(address_cells, size_cells) || i >= size / 4 / step) {
        return false;
    }
    range->start = cells(reg + i * step, address_cells);
    range->end = range->start + cells(reg + i * step + address_cells, size_cells);
    return true;
}

static void add_ram(struct plan *plan, int node)
{
    struct capdl_region range;
    for (int i = 0; plan->num_ram < MAX_RAM && node_range(plan, node, 0, i, &range); i++) {
        if (range.end > range.start) {
            plan->ram[plan->num_ram++] = range;
        }
    }
}

static void add_firmware(struct plan *plan, const char *name, struct capdl_region range)
{
    if (range.end > range.start && plan->num_firmware < MAX_FIRMWARE) {
        plan->firmware[plan->num_firmware++] = (struct extent){name, range.start, range.end, EXTENT_FIRMWARE};
    }
}

static void read_reservations(struct plan *plan)
{
    int node, parent = fdt_path_offset(plan->tree, "/reserved-memory");
    for (int i = 0; i < fdt_num_mem_rsv(plan->tree); i++) {
        uint64_t start, size;
        if (fdt_get_mem_rsv(plan->tree, i, &start, &size) == 0) {
            add_firmware(plan, "/memreserve/", (struct capdl_region){start, start + size});
        }
    }
    if (parent < 0) {
        return;
    }
    fdt_for_each_subnode(node, plan->tree, parent)
    {
        const char *status = fdt_getprop(plan->tree, node, "status", NULL);
        struct capdl_region range;
        bool disabled = status && strcmp(status, "okay") != 0 && strcmp(status, "ok") != 0;
        for (int i = 0; !disabled && node_range(plan, node, parent, i, &range); i++) {
            add_firmware(plan, fdt_get_name(plan->tree, node, NULL), range);
        }
    }
}

void ram_read(struct plan *plan)
{
    int node;
    fdt_for_each_subnode(node, plan->tree, 0)
    {
        const char *type = fdt_getprop(plan->tree, node, "device_type", NULL);
        if (type && strcmp(type, "memory") == 0) {
            add_ram(plan, node);
        }
    }
    read_reservations(plan);
}

static bool holds(const struct capdl_region *list, size_t count, const struct extent *extent)
{
    for (size_t i = 0; i < count; i++) {
        if (extent->start >= list[i].start && extent->end <= list[i].end) {
            return true;
        }
    }
    return false;
}

bool ram_of_kernel(const struct plan *plan, const struct extent *extent)
{
    return holds(plan->profile->memory, plan->profile->num_memory, extent);
}

bool ram_of_board(const struct plan *plan, const struct extent *extent)
{
    return holds(plan->ram, plan->num_ram, extent) || ram_of_kernel(plan, extent);
}

bool ram_shared_with_kernel(const struct plan *plan, const struct extent *extent)
{
    for (size_t i = 0; i < plan->profile->num_memory; i++) {
        if (extent->start < plan->profile->memory[i].end && plan->profile->memory[i].start < extent->end) {
            return true;
        }
    }
    return false;
}
