/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where things go in physical memory. The kernel dictates its own place and that the device tree is above it and the
 * initialiser above that. The loader goes above them all, so that it can move there from below.
 *
 *     kernel | device tree | initialiser | ... | loader, payload, workspace
 */
#include <stdlib.h>

#include <capdl/blob.h>

#include "base/memory.h"
#include "plan.h"

enum { LOADER_ALIGNMENT = 0x200000 };

static uint64_t align(uint64_t address, uint64_t alignment)
{
    return (address + alignment - 1) & ~(alignment - 1);
}

static bool overlap(uint64_t start, uint64_t end, uint64_t other_start, uint64_t other_end)
{
    return start < other_end && other_start < end;
}

/* Moves a candidate after whatever is in its way; false when nothing is. */
static bool push(struct extent *candidate, uint64_t start, uint64_t end, uint64_t alignment)
{
    uint64_t size = candidate->end - candidate->start;
    if (!overlap(candidate->start, candidate->end, start, end)) {
        return false;
    }
    candidate->start = align(end, alignment);
    candidate->end = candidate->start + size;
    return true;
}

static uint64_t extra_end(const struct pack_extra *extra)
{
    return extra->address + extra->file.size + extra->zeros;
}

static bool push_all(const struct plan *plan, struct extent *candidate, uint64_t alignment)
{
    const struct pack_options *options = plan->options;
    const struct extent *const taken[] = {&plan->kernel_extent, &plan->tree_extent, &plan->image_extent};
    bool pushed = false;
    for (size_t i = 0; i < sizeof(taken) / sizeof(*taken); i++) {
        pushed |= push(candidate, taken[i]->start, taken[i]->end, alignment);
    }
    for (size_t i = 0; i < options->num_extras; i++) {
        pushed |= push(candidate, options->extras[i].address, extra_end(&options->extras[i]), alignment);
    }
    for (size_t i = 0; i < options->num_reserved; i++) {
        pushed |= push(candidate, options->reserved[i].start, options->reserved[i].end, alignment);
    }
    for (size_t i = 0; i < plan->num_firmware; i++) {
        pushed |= push(candidate, plan->firmware[i].start, plan->firmware[i].end, alignment);
    }
    return pushed;
}

/* The first free place at or above `from` in RAM the kernel manages. */
static bool find_room(const struct plan *plan, struct extent *extent, uint64_t from, uint64_t size, uint64_t alignment)
{
    const struct capdl_region *ram = plan->profile->memory;
    for (size_t i = 0; i < plan->profile->num_memory; i++) {
        struct extent candidate = *extent;
        candidate.start = align(from > ram[i].start ? from : ram[i].start, alignment);
        candidate.end = candidate.start + size;
        while (candidate.end <= ram[i].end && candidate.end > candidate.start &&
               push_all(plan, &candidate, alignment)) {
        }
        if (candidate.end <= ram[i].end && candidate.end > candidate.start) {
            *extent = candidate;
            return true;
        }
    }
    return false;
}

/* The loader goes above the others if possible, otherwise anywhere. Never in RAM that the kernel does not manage,
 * unless the user says so: it may be the firmware's. */
static bool choose(const struct plan *plan, struct extent *extent, uint64_t from, uint64_t size, uint64_t alignment)
{
    return find_room(plan, extent, from, size, alignment) ||
           (extent->kind == EXTENT_LOADER && find_room(plan, extent, 0, size, alignment));
}

/* The place that the user wants, or else a free one; an error if there is none. */
static bool put(struct plan *plan, struct extent *extent, uint64_t wish, uint64_t from, uint64_t size,
                uint64_t alignment)
{
    if (wish % CAPDL_PAGE_SIZE) {
        capdl_error(plan->diags, CAPDL_NOWHERE, "the %s cannot be at 0x%llx: expected a multiple of 4096", extent->name,
                    (unsigned long long)wish);
        return false;
    }
    if (wish) {
        extent->start = wish;
        extent->end = wish + size;
        return true;
    }
    if (!choose(plan, extent, from, size, alignment)) {
        capdl_error(plan->diags, CAPDL_NOWHERE, "the %s takes %llu KiB, but no RAM above 0x%llx has that much free",
                    extent->name, (unsigned long long)(size + 1023) / 1024, (unsigned long long)from);
        return false;
    }
    return true;
}

static uint64_t page_span(const struct loads *loads)
{
    return align(loads->vend, CAPDL_PAGE_SIZE) - (loads->vstart & -(uint64_t)CAPDL_PAGE_SIZE);
}

bool layout_system(struct plan *plan)
{
    uint64_t tree_room = plan->options->firmware_dtb && plan->tree_size < CAPDL_PAYLOAD_TREE_ROOM
                             ? CAPDL_PAYLOAD_TREE_ROOM
                         : plan->tree_made ? 0
                                           : plan->tree_size;
    const struct loads *kernel = &plan->kernel.loads;
    plan->kernel_extent = (struct extent){"kernel", kernel->start, align(kernel->end, CAPDL_PAGE_SIZE), EXTENT_FIXED};
    plan->tree_extent = (struct extent){.name = "device tree", .kind = EXTENT_KERNEL};
    plan->image_extent = (struct extent){.name = "initialiser", .kind = EXTENT_KERNEL};
    plan->loader_extent = (struct extent){.name = "loader", .kind = EXTENT_LOADER};
    if (tree_room == 0) { /* the kernel is handed none */
        plan->tree_extent.start = plan->tree_extent.end = plan->kernel_extent.end;
    }
    return (tree_room == 0 || put(plan, &plan->tree_extent, 0, plan->kernel_extent.end,
                                  align(tree_room, CAPDL_PAGE_SIZE), CAPDL_PAGE_SIZE)) &&
           put(plan, &plan->image_extent, plan->options->initialiser_at, plan->tree_extent.end, page_span(&plan->image),
               CAPDL_PAGE_SIZE);
}

bool layout_loader(struct plan *plan, uint64_t size)
{
    return put(plan, &plan->loader_extent, plan->options->at, plan->image_extent.end, align(size, CAPDL_PAGE_SIZE),
               LOADER_ALIGNMENT);
}

/*
 * Checks.
 */

/* Everything that is in memory, ascending. To be freed. */
static struct extent *all_extents(const struct plan *plan, size_t *count)
{
    const struct pack_options *options = plan->options;
    struct extent *list =
        memory_zeroed(4 + options->num_extras + options->num_reserved + plan->num_firmware, sizeof(*list));
    list[0] = plan->kernel_extent;
    list[1] = plan->tree_extent;
    list[2] = plan->image_extent;
    list[3] = plan->loader_extent;
    *count = 4;
    for (size_t i = 0; i < options->num_extras; i++) {
        const struct pack_extra *extra = &options->extras[i];
        list[(*count)++] = (struct extent){extra->file.name, extra->address, extra_end(extra), EXTENT_EXTRA};
    }
    for (size_t i = 0; i < options->num_reserved; i++) {
        list[(*count)++] =
            (struct extent){"reserved", options->reserved[i].start, options->reserved[i].end, EXTENT_RESERVED};
    }
    for (size_t i = 0; i < plan->num_firmware; i++) {
        list[(*count)++] = plan->firmware[i];
    }
    return list;
}

static int compare_extents(const void *a, const void *b)
{
    const struct extent *x = a, *y = b;
    return x->start != y->start ? (x->start < y->start ? -1 : 1) : x->end < y->end ? -1 : x->end > y->end;
}

/* What is wrong with the place of an extent; NULL: nothing. */
static const char *misplaced(const struct plan *plan, const struct extent *extent)
{
    switch (extent->kind) {
    case EXTENT_FIXED:
    case EXTENT_KERNEL:
        return ram_of_kernel(plan, extent) ? NULL : "not in the kernel's RAM";
    case EXTENT_LOADER:
        return ram_of_board(plan, extent) ? NULL : "not in RAM";
    case EXTENT_EXTRA:
        return ram_shared_with_kernel(plan, extent) ? "in RAM that the kernel manages, which will be cleared"
               : plan->num_ram == 0 || ram_of_board(plan, extent) ? NULL
                                                                  : "not in RAM";
    default:
        return NULL;
    }
}

/* Reserved memory may hold what it was reserved for, and overlap other reserved memory. What the device tree says does
   not move a kernel: that is worth a warning only. */
static bool extents_clash(const struct extent *a, const struct extent *b)
{
    if ((a->kind == EXTENT_FIXED && b->kind == EXTENT_FIRMWARE) ||
        (a->kind == EXTENT_FIRMWARE && b->kind == EXTENT_FIXED)) {
        return false;
    }
    bool for_it = (a->kind >= EXTENT_RESERVED && b->kind >= EXTENT_EXTRA) ||
                  (b->kind >= EXTENT_RESERVED && a->kind >= EXTENT_EXTRA);
    return overlap(a->start, a->end, b->start, b->end) && !for_it;
}

static bool clashes(const struct extent *list, size_t count, size_t which)
{
    bool clash = false;
    for (size_t i = 0; i < count; i++) {
        clash |= i != which && extents_clash(&list[i], &list[which]);
    }
    return clash;
}

static void draw_ram(const struct plan *plan, const char *name, const struct capdl_region *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        capdl_note(plan->diags, CAPDL_NOWHERE, "%-17s  0x%010llx .. 0x%010llx", name, (unsigned long long)list[i].start,
                   (unsigned long long)list[i].end);
    }
}

static void draw(const struct plan *plan, const struct extent *list, size_t count)
{
    draw_ram(plan, "RAM of the board", plan->ram, plan->num_ram);
    draw_ram(plan, "RAM of the kernel", plan->profile->memory, plan->profile->num_memory);
    for (size_t i = 0; i < count; i++) {
        const char *wrong = misplaced(plan, &list[i]);
        capdl_note(plan->diags, CAPDL_NOWHERE, "%-17s  0x%010llx .. 0x%010llx%s%s%s%s", list[i].name,
                   (unsigned long long)list[i].start, (unsigned long long)list[i].end,
                   list[i].kind == EXTENT_FIRMWARE ? "  reserved by the device tree" : "",
                   clashes(list, count, i) ? "  overlaps" : "", wrong ? "  " : "", wrong ? wrong : "");
    }
}

static void report_clash(const struct plan *plan, const struct extent *a, const struct extent *b)
{
    const struct extent *firmware = a->kind == EXTENT_FIRMWARE ? a : b, *other = firmware == a ? b : a;
    if (firmware->kind == EXTENT_FIRMWARE) {
        capdl_error(plan->diags, CAPDL_NOWHERE, "%s: is in memory that the device tree reserves, 0x%llx to 0x%llx (%s)",
                    other->name, (unsigned long long)firmware->start, (unsigned long long)firmware->end,
                    firmware->name);
    } else {
        capdl_error(plan->diags, CAPDL_NOWHERE, "%s and %s overlap", a->name, b->name);
    }
}

static bool check_extents(struct plan *plan, const struct extent *list, size_t count)
{
    bool fine = true;
    for (size_t i = 0; i < count; i++) {
        const char *wrong = list[i].end < list[i].start ? "beyond the end of memory" : misplaced(plan, &list[i]);
        if (wrong) {
            capdl_error(plan->diags, CAPDL_NOWHERE, "%s: lies %s", list[i].name, wrong);
            fine = false;
        }
        for (size_t j = i + 1; j < count && list[j].start < list[i].end; j++) {
            if (extents_clash(&list[i], &list[j])) {
                report_clash(plan, &list[i], &list[j]);
                fine = false;
            }
        }
    }
    if (plan->image_extent.start < plan->tree_extent.end) {
        capdl_error(plan->diags, CAPDL_NOWHERE, "the initialiser must be above kernel and device tree, from 0x%llx on",
                    (unsigned long long)plan->tree_extent.end);
        fine = false;
    }
    return fine;
}

/* The kernel knows nothing of reservations but those that its memory map was made from. */
static void warn_of_reservations(const struct plan *plan)
{
    for (size_t i = 0; i < plan->num_firmware; i++) {
        const struct extent *firmware = &plan->firmware[i];
        if (ram_shared_with_kernel(plan, firmware)) {
            capdl_finding(plan->diags, CAPDL_WARNING, CAPDL_CHECK_RESERVED_MEMORY, CAPDL_NOWHERE,
                          "kernel %s will clear and hand out memory that the device tree reserves, 0x%llx to 0x%llx "
                          "(%s): it was built for another device tree",
                          plan->profile->name, (unsigned long long)firmware->start, (unsigned long long)firmware->end,
                          firmware->name);
        }
    }
}

bool layout_check(struct plan *plan)
{
    size_t count;
    struct extent *list = all_extents(plan, &count);
    qsort(list, count, sizeof(*list), compare_extents);
    bool fine = check_extents(plan, list, count);
    warn_of_reservations(plan);
    if (!fine) {
        draw(plan, list, count);
    }
    free(list);
    return fine;
}
