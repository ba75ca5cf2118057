/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include <capdl/blob.h>

#include "arch.h"
#include "base/memory.h"
#include "sha256/sha256.h"
#include "payload_parts.h"
#include "plan.h"

enum { UNIT = CAPDL_PAYLOAD_UNIT, LINE = 64, SHORTEST_GAP = 512 };

static struct capdl_payload_region *last_region(struct plan *plan)
{
    return plan->num_regions ? &plan->regions[plan->num_regions - 1] : NULL;
}

/* The region that ends at an address, or a new one there. */
static struct capdl_payload_region *region_at(struct plan *plan, uint64_t to, bool for_bytes)
{
    struct capdl_payload_region *last = last_region(plan);
    if (last && last->to + last->stored + last->zeros == to && !(for_bytes && last->zeros)) {
        return last;
    }
    plan->regions = memory_grow(plan->regions, &plan->room_regions, plan->num_regions + 1, sizeof(*plan->regions));
    last = &plan->regions[plan->num_regions++];
    *last = (struct capdl_payload_region){.to = to, .from = plan->stored.size};
    return last;
}

static void add_zeros(struct plan *plan, uint64_t to, uint64_t size)
{
    if (size) {
        region_at(plan, to, false)->zeros += size;
    }
}

/* How many zeros the bytes begin with, rounded down to the start of a line unless all are zero. */
static uint64_t leading_zeros(uint64_t to, const uint8_t *bytes, uint64_t size)
{
    uint64_t count = 0;
    while (count < size && bytes[count] == 0) {
        count++;
    }
    uint64_t past = (to + count) % LINE;
    return count == size ? size : past < count ? count - past : 0;
}

/* Zeros are stored only where there are few: leaving them out takes a region, with its row and parts of two units. */
static void add_bytes(struct plan *plan, uint64_t to, const uint8_t *bytes, uint64_t size)
{
    while (size) {
        uint64_t zeros = leading_zeros(to, bytes, size), line = LINE - to % LINE, chunk = line < size ? line : size;
        if (zeros == size || zeros >= SHORTEST_GAP) {
            chunk = zeros;
            add_zeros(plan, to, chunk);
        } else {
            region_at(plan, to, true)->stored += chunk;
            buffer_add(&plan->stored, bytes, chunk);
        }
        to += chunk, bytes += chunk, size -= chunk;
    }
}

static int compare_loads(const void *a, const void *b)
{
    const struct load *x = a, *y = b;
    return x->vaddr < y->vaddr ? -1 : x->vaddr > y->vaddr;
}

/* A program, with zeros where it has no bytes. `distance`: from virtual to physical addresses. */
static bool add_program(struct plan *plan, struct loads *loads, const struct extent *extent, uint64_t distance)
{
    uint64_t at = extent->start;
    qsort(loads->list, loads->count, sizeof(*loads->list), compare_loads);
    for (size_t i = 0; i < loads->count; i++) {
        const struct load *load = &loads->list[i];
        uint64_t start = load->vaddr + distance;
        if (start < at) {
            capdl_error(plan->diags, CAPDL_NOWHERE, "%s: two of its segments overlap at 0x%llx", loads->name,
                        (unsigned long long)load->vaddr);
            return false;
        }
        add_zeros(plan, at, start - at);
        add_bytes(plan, start, load->bytes, load->file_size);
        add_zeros(plan, start + load->file_size, load->memory_size - load->file_size);
        at = start + load->memory_size;
    }
    add_zeros(plan, at, extent->end - at);
    return true;
}

static uint64_t image_distance(const struct plan *plan)
{
    return plan->image_extent.start - (plan->image.vstart & -(uint64_t)CAPDL_PAGE_SIZE);
}

static int compare_regions(const void *a, const void *b)
{
    const struct capdl_payload_region *x = a, *y = b;
    return x->to < y->to ? -1 : x->to > y->to;
}

/* Lays out the stored bytes as the loader will meet them: in the order of the regions, each in units of its own. */
static void order_stored(struct plan *plan)
{
    struct buffer arranged = {NULL, 0, 0};
    for (size_t i = 0; i < plan->num_regions; i++) {
        struct capdl_payload_region *region = &plan->regions[i];
        if (region->stored) {
            buffer_zero(&arranged, region->to % UNIT);
            buffer_add(&arranged, plan->stored.bytes + region->from, region->stored);
            region->from = arranged.size - region->stored;
            buffer_zero(&arranged, -arranged.size % UNIT);
        } else {
            region->from = arranged.size;
        }
    }
    free(plan->stored.bytes);
    plan->stored = arranged;
}

bool payload_plan(struct plan *plan)
{
    const struct loads *kernel = &plan->kernel.loads;
    if (!add_program(plan, &plan->kernel.loads, &plan->kernel_extent, kernel->start - kernel->vstart) ||
        !add_program(plan, &plan->image, &plan->image_extent, image_distance(plan))) {
        return false;
    }
    for (size_t i = 0; i < plan->options->num_extras; i++) {
        const struct pack_extra *extra = &plan->options->extras[i];
        if (extra->external) {
            continue;
        }
        add_bytes(plan, extra->address, extra->file.bytes, extra->file.size);
        add_zeros(plan, extra->address + extra->file.size, extra->zeros);
    }
    qsort(plan->regions, plan->num_regions, sizeof(*plan->regions), compare_regions);
    order_stored(plan);
    return true;
}

static uint32_t payload_flags(const struct plan *plan)
{
    return pack_arch(plan->profile->arch)->flags(plan->profile) |
           (plan->options->firmware_dtb ? CAPDL_PAYLOAD_FIRMWARE_TREE : 0u);
}

static struct capdl_payload payload_header(const struct plan *plan, const struct parts *parts)
{
    return (struct capdl_payload){
        .magic = CAPDL_PAYLOAD_MAGIC,
        .size = parts->end,
        .run_address = plan->loader_extent.start,
        .version = CAPDL_PAYLOAD_VERSION,
        .flags = payload_flags(plan),
        .num_cores = plan->profile->max_nodes ? plan->profile->max_nodes : 1,
        .first_hart = plan->first_hart,
        .num_regions = (uint32_t)plan->num_regions,
        .num_memory = (uint32_t)plan->profile->num_memory,
        .num_kept = plan->kept.size / sizeof(struct capdl_payload_span),
        .physical_bits = plan->physical_bits,
        .regions = parts->regions,
        .memory = parts->memory,
        .externals = parts->externals,
        .num_externals = (uint32_t)plan->options->num_externals,
        .tree = parts->tree,
        .tree_size = plan->tree_size,
        .stored = parts->stored,
        .kernel = {plan->kernel_extent.start, plan->kernel_extent.end},
        .kernel_virtual = plan->kernel.loads.vstart,
        .kernel_entry = plan->kernel.loads.entry,
        .initialiser = {plan->image_extent.start, plan->image_extent.end},
        .initialiser_offset = image_distance(plan),
        .initialiser_entry = plan->image.entry,
        .kernel_tree = {plan->tree_extent.start, plan->tree_extent.end},
    };
}

/* Fills up to an offset of the payload with zeros. */
static void pad_to(struct plan *plan, uint64_t offset)
{
    buffer_zero(&plan->file, plan->loader.list[0].file_size + offset - plan->file.size);
}

static void write_sums(struct capdl_payload *written)
{
    const capdl_payload_word *words = (const void *)written;
    struct capdl_payload_sum tables = {0, 0}, stored = {0, 0};
    capdl_payload_add_all(&stored, words + written->stored / sizeof(*words), written->size - written->stored);
    written->stored_sum = stored;
    capdl_payload_add_all(&tables, words, written->stored); /* including that sum */
    written->sum = tables;
}

static void write_externals(struct plan *plan)
{
    for (size_t i = 0; i < plan->options->num_externals; i++) {
        const struct pack_external *external = &plan->options->externals[i];
        struct capdl_payload_external row = {.start = external->address, .size = external->size};
        struct sha256 sha;
        sha256_init(&sha);
        sha256_add(&sha, external->bytes, external->size);
        sha256_end(&sha, row.hash);
        snprintf(row.name, sizeof(row.name), "%s", external->name);
        buffer_add(&plan->file, &row, sizeof(row));
    }
}

void payload_write(struct plan *plan)
{
    const struct load *loader = &plan->loader.list[0];
    struct parts parts = payload_parts(plan);
    struct capdl_payload header = payload_header(plan, &parts);
    buffer_add(&plan->file, loader->bytes, loader->file_size);
    buffer_add(&plan->file, &header, sizeof(header));
    pad_to(plan, parts.regions);
    for (size_t i = 0; i < plan->num_regions; i++) {
        struct capdl_payload_region region = plan->regions[i];
        region.from += parts.stored;
        buffer_add(&plan->file, &region, sizeof(region));
    }
    pad_to(plan, parts.memory);
    for (size_t i = 0; i < plan->profile->num_memory; i++) {
        struct capdl_payload_span span = {plan->profile->memory[i].start, plan->profile->memory[i].end};
        buffer_add(&plan->file, &span, sizeof(span));
    }
    buffer_add(&plan->file, plan->kept.bytes, plan->kept.size);
    pad_to(plan, parts.externals);
    write_externals(plan);
    pad_to(plan, parts.tree);
    buffer_add(&plan->file, plan->tree, plan->tree_size);
    pad_to(plan, parts.stored);
    buffer_add(&plan->file, plan->stored.bytes, plan->stored.size);
    pad_to(plan, parts.end);
    write_sums((void *)(plan->file.bytes + loader->file_size));
}
