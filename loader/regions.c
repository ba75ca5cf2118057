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

static void check_sum(const char *what, struct capdl_payload_sum found, struct capdl_payload_sum expected,
                      uint64_t from, uint64_t to)
{
    if (!capdl_payload_same(found, expected)) {
        die("the image is damaged, or was not loaded completely: its %s, %lu bytes from %lx on, have a wrong checksum",
            what, to - from, (uint64_t)(uintptr_t)(payload + from));
    }
}

void payload_check(void)
{
    struct capdl_payload header = *loader.payload;
    struct capdl_payload_sum sum = {0, 0};
    header.sum = sum;
    capdl_payload_add_all(&sum, (const void *)&header, sizeof(header));
    capdl_payload_add_all(&sum, (const void *)(payload + sizeof(header)), loader.payload->stored - sizeof(header));
    check_sum("tables", sum, loader.payload->sum, 0, loader.payload->stored);
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

/* RAM according to the device tree. `all` is false if there are more ranges than fit. */
struct ram {
    struct capdl_payload_span ranges[MAX_RAM];
    unsigned count;
    bool all;
};

static void ram_add(struct ram *ram, uint64_t start, uint64_t size)
{
    uint64_t end =
        size <= UINT64_MAX - start ? start + size : UINT64_MAX; /* the last byte of the address space is lost */
    struct capdl_payload_span *last = ram->count ? &ram->ranges[ram->count - 1] : 0;
    if (last && last->end == start) {
        last->end = end;
    } else if (ram->count == MAX_RAM) {
        ram->all = false;
    } else if (size) {
        ram->ranges[ram->count++] = (struct capdl_payload_span){start, end};
    }
}

static void ram_read(struct ram *ram)
{
    struct tree_node node = {0};
    ram->count = 0;
    ram->all = true;
    while (tree_next(&loader.tree, &node)) {
        uint64_t start, size;
        if (!tree_has_string(tree_property(&loader.tree, &node, "device_type"), "memory") ||
            !tree_enabled(&loader.tree, &node)) {
            continue;
        }
        for (unsigned i = 0; tree_reg(&loader.tree, &node, i, &start, &size); i++) {
            ram_add(ram, start, size);
        }
    }
}

/* The end of the RAM range that holds an address; the address itself if none does. */
static uint64_t ram_end(const struct ram *ram, uint64_t address)
{
    for (unsigned i = 0; i < ram->count; i++) {
        if (address >= ram->ranges[i].start && address < ram->ranges[i].end) {
            return ram->ranges[i].end;
        }
    }
    return address;
}

static void check_span(const struct ram *ram, const char *what, uint64_t start, uint64_t end)
{
    for (uint64_t at = start; at < end;) {
        uint64_t next = ram_end(ram, at);
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
    struct ram ram;
    ram_read(&ram);
    if (ram.count == 0 || !ram.all) {
        return; /* a tree whose memory nodes the firmware should have filled in */
    }
    check_span(&ram, "the loader", loader.start, loader.end);
    for (uint32_t i = 0; i < plan->num_regions; i++) {
        const struct capdl_payload_region *region = &payload_regions()[i];
        check_span(&ram, "the image", region->to, region->to + region->stored + region->zeros);
    }
    const struct capdl_payload_external *externals = (const void *)(payload + plan->externals);
    for (uint32_t i = 0; i < plan->num_externals; i++) {
        check_span(&ram, externals[i].name, externals[i].start, externals[i].start + externals[i].size);
    }
    for (uint32_t i = 0; i < plan->num_memory; i++) {
        check_span(&ram, "the kernel", payload_memory()[i].start, payload_memory()[i].end);
    }
}

/* The firmware's device tree if the image asks for it, else the packed one, else none. */
static void fill_tree(void)
{
    const struct capdl_payload *plan = loader.payload;
    uint64_t room = plan->kernel_tree.end - plan->kernel_tree.start;
    struct tree packed;
    void *to = (void *)(uintptr_t)plan->kernel_tree.start;
    if (plan->flags & CAPDL_PAYLOAD_FIRMWARE_TREE && loader.tree_of_firmware) {
        uint64_t size = tree_size_with(&loader.tree, plan->num_kept);
        if (size > room) {
            die("the firmware's device tree takes %lu bytes, but there is room for only %lu", size, room);
        }
        tree_copy_with(&loader.tree, to, payload_memory() + plan->num_memory, plan->num_kept);
        loader.kernel_tree_size = size;
    } else if (room && tree_open(&packed, payload + plan->tree, plan->tree_size)) {
        tree_copy(&packed, to); /* packed by the host, who kept room for it */
        loader.kernel_tree_size = packed.size;
    }
    arch_publish(plan->kernel_tree.start, loader.kernel_tree_size);
}

/* Whether only the kernel will read zeros, which it does with caches on. */
static bool is_kernels(const struct capdl_payload_region *region)
{
    return region->to >= loader.payload->kernel.start && region->to < loader.payload->kernel.end;
}

void memory_fill(void)
{
    struct capdl_payload_sum sum = {0, 0};
    for (uint32_t i = 0; i < loader.payload->num_regions; i++) {
        const struct capdl_payload_region *region = &payload_regions()[i];
        uintptr_t zeros = region->to + region->stored;
        copy_summed((uint8_t *)(uintptr_t)region->to, payload + region->from, region->stored, &sum);
        arch_clear(zeros, region->zeros);
        arch_publish(region->to, region->stored + (is_kernels(region) ? 0 : region->zeros));
    }
    check_sum("contents", sum, loader.payload->stored_sum, loader.payload->stored, loader.payload->size);
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
