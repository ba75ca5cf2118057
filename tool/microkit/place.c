/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where regions are that programs are told the address of, and that have none of their own. The addresses must be known
 * before the programs are, and so before the image, whose size decides what memory is left. So they come from the top
 * of RAM, below the kernel's root objects: the image, at the bottom, may be of any size up to the one assumed here.
 */
#include <inttypes.h>
#include <stdlib.h>

#include <capdl/blob.h>

#include "base/memory.h"
#include "image/forecast.h"
#include "system.h"

/* Free RAM, ascending and disjoint. */
struct free_memory {
    struct capdl_region *list;
    size_t count, capacity;
};

static int compare_regions(const void *a, const void *b)
{
    const struct capdl_region *x = a, *y = b;
    return (x->start > y->start) - (x->start < y->start);
}

static void memory_join(struct free_memory *memory)
{
    size_t kept = 0;
    if (memory->count) {
        qsort(memory->list, memory->count, sizeof(*memory->list), compare_regions);
    }
    for (size_t i = 0; i < memory->count; i++) {
        if (kept && memory->list[kept - 1].end == memory->list[i].start) {
            memory->list[kept - 1].end = memory->list[i].end;
        } else {
            memory->list[kept++] = memory->list[i];
        }
    }
    memory->count = kept;
}

/* Takes [start, end) out of what is free. */
static void memory_take(struct free_memory *memory, uint64_t start, uint64_t end)
{
    for (size_t i = memory->count; i-- > 0;) {
        struct capdl_region *piece = &memory->list[i], whole = *piece;
        if (start >= whole.end || end <= whole.start) {
            continue;
        }
        piece->end = start > whole.start ? start : whole.start;
        if (end < whole.end) {
            memory->list = memory_grow(memory->list, &memory->capacity, memory->count + 1, sizeof(*memory->list));
            memory->list[memory->count++] = (struct capdl_region){end, whole.end};
        }
    }
    memory_join(memory);
}

/* The highest place for so many bytes; 0: there is none. */
static uint64_t memory_find(const struct free_memory *memory, uint64_t size, uint64_t align)
{
    for (size_t i = memory->count; i-- > 0;) {
        const struct capdl_region *piece = &memory->list[i];
        uint64_t start = piece->end >= size ? (piece->end - size) & ~(align - 1) : 0;
        if (start && start >= piece->start && start < piece->end) {
            return start;
        }
    }
    return 0;
}

/* At most so large is the image: programs are not read yet, so each counts as what it would be if it were large. */
static uint64_t image_size(const struct mk_system *system)
{
    const uint64_t least = UINT64_C(8) << 20, program = UINT64_C(1) << 20;
    uint64_t size = least + system->num_pds * program;
    for (const struct mk_region *region = system->regions; region; region = region->next) {
        size += region->file ? (region->file_size + CAPDL_PAGE_SIZE) & ~(CAPDL_PAGE_SIZE - UINT64_C(1)) : 0;
    }
    return size;
}

/* What the kernel leaves free beside an image of so many bytes. */
static bool memory_forecast(const struct mk_reader *reader, uint64_t size, struct free_memory *memory)
{
    const uint64_t image_start = UINT64_C(4) << 20;
    struct forecast_input input = {.profile = reader->profile,
                                   .image_start = image_start,
                                   .image_end = image_start + size,
                                   .tree_size = reader->profile->dtb_bytes,
                                   .module_size = size};
    struct forecast forecast = {NULL};
    bool good = forecast_make(&forecast, &input);
    for (size_t i = 0; good && i < forecast.count; i++) {
        const struct capdl_untyped *untyped = &forecast.list[i];
        if (!untyped->is_device) {
            memory->list = memory_grow(memory->list, &memory->capacity, memory->count + 1, sizeof(*memory->list));
            memory->list[memory->count++] =
                (struct capdl_region){untyped->address, untyped->address + (UINT64_C(1) << untyped->size_bits)};
        }
    }
    forecast_free(&forecast);
    memory_join(memory);
    return good;
}

/* What is free beside the largest image and beside the smallest: the kernel's root objects are not at one place. */
static bool memory_know(const struct mk_reader *reader, struct free_memory *memory)
{
    struct free_memory least = {NULL};
    bool good = forecast_possible(reader->profile) && memory_forecast(reader, image_size(&reader->system), memory) &&
                memory_forecast(reader, CAPDL_PAGE_SIZE, &least);
    uint64_t end = 0;
    for (size_t i = 0; good && i < least.count; i++) {
        memory_take(memory, end, least.list[i].start);
        end = least.list[i].end;
    }
    if (good) {
        memory_take(memory, end, UINT64_MAX);
    }
    free(least.list);
    return good;
}

static void region_place(struct mk_reader *reader, struct free_memory *memory, struct mk_region *region)
{
    uint64_t at = memory_find(memory, region->size, UINT64_C(1) << region->page_bits);
    if (!at) {
        capdl_error(reader->diags, region->pos,
                    "a program is told the address of '%s', but RAM has no 0x%" PRIx64 " contiguous free bytes: give "
                    "it a 'phys_addr' or make it smaller",
                    region->name, region->size);
        return;
    }
    region->paddr = at;
    region->has_paddr = true;
    memory_take(memory, at, at + region->size);
}

void mk_place_regions(struct mk_reader *reader)
{
    struct free_memory memory = {NULL};
    bool known = false;
    for (const struct mk_region *region = reader->system.regions; region; region = region->next) {
        if (region->paddr_asked && !region->has_paddr && !region->broken && !known) {
            known = memory_know(reader, &memory);
            if (!known) {
                capdl_error(
                    reader->diags, region->pos,
                    "a program is told the address of '%s', but the memory of the machine is not known: give it a "
                    "'phys_addr', or name the memory with --memory-map",
                    region->name);
                break;
            }
        }
    }
    for (const struct mk_region *region = reader->system.regions; known && region; region = region->next) {
        if (region->has_paddr && !region->broken) {
            memory_take(&memory, region->paddr, region->paddr + region->size);
        }
    }
    for (struct mk_region *region = reader->system.regions; known && region; region = region->next) {
        if (region->paddr_asked && !region->has_paddr && !region->broken) {
            region_place(reader, &memory, region);
        }
    }
    free(memory.list);
}
