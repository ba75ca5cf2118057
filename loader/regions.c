/* SPDX-License-Identifier: BSD-2-Clause */
#include "loader.h"

const struct capdl_payload_region *payload_regions(void)
{
    return (const void *)(payload + loader.payload->regions);
}

static const struct capdl_payload_span *payload_memory(void)
{
    return (const void *)(payload + loader.payload->memory);
}

void payload_check(void)
{
    uint64_t header = sizeof(*loader.payload);
    if (capdl_payload_sum((const void *)(payload + header), loader.payload->size - header) != loader.payload->sum) {
        die("the image is damaged, or was not loaded completely: %lu bytes from %lx on have a wrong checksum",
            loader.payload->size, (uint64_t)(uintptr_t)payload);
    }
}

bool spans_overlap(uint64_t start, uint64_t end, uint64_t other_start, uint64_t other_end)
{
    return start < other_end && other_start < end;
}

bool is_filled(uint64_t start, uint64_t end)
{
    const struct capdl_payload *plan = loader.payload;
    for (uint32_t i = 0; i < plan->num_regions; i++) {
        const struct capdl_payload_region *region = &payload_regions()[i];
        if (spans_overlap(start, end, region->to, region->to + region->stored + region->zeros)) {
            return true;
        }
    }
    return spans_overlap(start, end, plan->kernel_tree.start, plan->kernel_tree.end);
}

/* How far RAM reaches from an address on, by one range of the device tree; the address itself if no range holds it. */
static uint64_t ram_end(uint64_t address, bool *any)
{
    struct tree_node node = {0};
    while (tree_next(&loader.tree, &node)) {
        uint64_t start, size;
        if (!tree_has_string(tree_property(&loader.tree, &node, "device_type"), "memory") ||
            !tree_enabled(&loader.tree, &node)) {
            continue;
        }
        for (unsigned i = 0; tree_reg(&loader.tree, &node, i, &start, &size); i++) {
            *any = *any || size > 0;
            if (address >= start && address - start < size) {
                return size <= UINT64_MAX - start ? start + size : UINT64_MAX; /* the last byte there is is no use */
            }
        }
    }
    return address;
}

static void check_span(const char *what, uint64_t start, uint64_t end)
{
    for (uint64_t at = start; at < end;) {
        bool any = false;
        uint64_t next = ram_end(at, &any);
        if (!any) {
            return; /* a tree that leaves memory to be filled in by whoever started us */
        }
        if (next == at) {
            die("%s needs memory from %lx to %lx, but the %s device tree has none at %lx: a smaller board, or a kernel "
                "for another one",
                what, start, end, loader.tree_of_firmware ? "firmware's" : "kernel's", at);
        }
        at = next;
    }
}

void memory_check(void)
{
    const struct capdl_payload *plan = loader.payload;
    check_span("the loader", loader.start, loader.end);
    for (uint32_t i = 0; i < plan->num_regions; i++) {
        const struct capdl_payload_region *region = &payload_regions()[i];
        check_span("the image", region->to, region->to + region->stored + region->zeros);
    }
    for (uint32_t i = 0; i < plan->num_memory; i++) {
        check_span("the kernel", payload_memory()[i].start, payload_memory()[i].end);
    }
}

/* The firmware's device tree where that is wanted, else the one that came along, else none. */
static void fill_tree(void)
{
    const struct capdl_payload *plan = loader.payload;
    uint64_t room = plan->kernel_tree.end - plan->kernel_tree.start;
    struct tree packed;
    const struct tree *tree = &loader.tree;
    if (!(plan->flags & CAPDL_PAYLOAD_FIRMWARE_TREE) || !loader.tree_of_firmware) {
        tree = tree_open(&packed, payload + plan->tree, plan->tree_size) ? &packed : 0;
    }
    if (!tree || room == 0) {
        return;
    }
    if (tree->size > room) {
        die("the firmware's device tree takes %lu bytes, but there is room for only %lu", (uint64_t)tree->size, room);
    }
    tree_copy(tree, (void *)(uintptr_t)plan->kernel_tree.start);
    arch_publish(plan->kernel_tree.start, tree->size);
    loader.kernel_tree_size = tree->size;
}

void memory_fill(void)
{
    for (uint32_t i = 0; i < loader.payload->num_regions; i++) {
        const struct capdl_payload_region *region = &payload_regions()[i];
        uint8_t *to = (uint8_t *)(uintptr_t)region->to;
        memcpy(to, payload + region->from, region->stored);
        memset(to + region->stored, 0, region->zeros);
        arch_publish(region->to, region->stored + region->zeros);
    }
    fill_tree();
    arch_publish_done();
}

void kernel_enter(const struct core *core)
{
    const struct capdl_payload *plan = loader.payload;
    struct kernel_call call = {
        .arguments =
            {
                plan->initialiser.start,
                plan->initialiser.end,
                plan->initialiser_offset,
                plan->initialiser_entry,
                loader.kernel_tree_size ? plan->kernel_tree.start : 0,
                loader.kernel_tree_size,
            },
        .entry = plan->kernel_entry,
        .id = core->id,
        .hardware = core->hardware,
    };
    arch_enter_kernel(&call);
}
