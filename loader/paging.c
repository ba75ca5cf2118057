/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tables the kernel is entered with: itself where it is linked, and one-to-one everything the loader touches. All
 * in blocks of 2 MiB, so that registers next to RAM are not mapped as RAM. Both architectures have tables of 512
 * entries.
 */
#include "loader.h"

#define BLOCK UINT64_C(0x200000)
enum { BLOCK_SHIFT = 21, INDEX_BITS = 9, PAGE_SHIFT = 12 };

static unsigned tables_used;

static uintptr_t table_new(void)
{
    if (tables_used == NUM_TABLES) {
        die("the memory to fill spans more than %lu GiB", (uint64_t)NUM_TABLES - 4);
    }
    uint64_t *table = loader.workspace->tables[tables_used++];
    memset(table, 0, sizeof(loader.workspace->tables[0]));
    return (uintptr_t)table;
}

/* The first mapping of a block stays. */
static void map_block(uintptr_t root, uint64_t virtual, uint64_t physical, enum memory_kind kind)
{
    uint64_t *table = (uint64_t *)root;
    for (unsigned shift = PAGE_SHIFT + INDEX_BITS * (arch_paging_levels() - 1); shift > BLOCK_SHIFT;
         shift -= INDEX_BITS) {
        uint64_t *entry = &table[virtual >> shift & 511];
        if (!*entry) {
            *entry = arch_table_entry(table_new());
        }
        table = (uint64_t *)arch_table_address(*entry);
    }
    uint64_t *entry = &table[virtual >> BLOCK_SHIFT & 511];
    if (!*entry) {
        *entry = arch_block_entry(physical, kind);
    }
}

static void map_one_to_one(uint64_t start, uint64_t end, enum memory_kind kind)
{
    for (uint64_t at = start & -BLOCK; at < end; at += BLOCK) {
        map_block(loader.root, at, at, kind);
    }
}

/* Where cores of a spin table wait for an address. */
static void map_release_addresses(void)
{
    struct tree_node node = {0};
    while (tree_next(&loader.tree, &node)) {
        uint64_t address = tree_number(tree_property(&loader.tree, &node, "cpu-release-addr"));
        if (address) {
            map_one_to_one(address, address + sizeof(address), MEMORY_NORMAL);
        }
    }
}

void paging_build(void)
{
    const struct capdl_payload *plan = loader.payload;
    loader.root = table_new();
    loader.kernel_root = arch_kernel_root_apart() ? table_new() : loader.root;
    map_one_to_one(loader.start, loader.end, MEMORY_NORMAL);
    for (uint32_t i = 0; i < plan->num_regions; i++) {
        const struct capdl_payload_region *region = &payload_regions()[i];
        map_one_to_one(region->to, region->to + region->stored + region->zeros, MEMORY_NORMAL);
    }
    const struct capdl_payload_external *externals = (const void *)(payload + plan->externals);
    for (uint32_t i = 0; i < plan->num_externals; i++) {
        map_one_to_one(externals[i].start, externals[i].start + externals[i].size, MEMORY_NORMAL);
    }
    map_one_to_one(plan->kernel_tree.start, plan->kernel_tree.end, MEMORY_NORMAL);
    if (plan->num_cores > 1) {
        map_release_addresses();
    }
    if (console_registers()) {
        map_one_to_one(console_registers(), console_registers() + 1, MEMORY_DEVICE);
    }
    uint64_t distance = plan->kernel_virtual - plan->kernel.start; /* a multiple of BLOCK; the kernel need not be one */
    for (uint64_t at = plan->kernel.start & -BLOCK; at < plan->kernel.end; at += BLOCK) {
        map_block(loader.kernel_root, at + distance, at, MEMORY_NORMAL);
    }
}
