/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames that get no page of their own where the root CNode has too few slots. Each page of the image takes a slot of
 * it, as the kernel gives the initial task a capability to each. A frame that the initialiser makes and copies to takes
 * none. Each frame that is copied from an equal one spares a page; if there are too few of them, the contents of partly
 * filled pages are packed, several to a page, those with the fewest bytes first, as these spare most. No more are
 * copied than slots are missing.
 */
#include <stdlib.h>
#include <string.h>

#include "image/frame_bytes.h"

enum { UNITS = CAPDL_PAGE_SIZE >> CAPDL_FILL_UNIT_BITS };

struct twin {
    uint64_t hash;
    size_t page;
};

static int compare_twins(const void *a, const void *b)
{
    const struct twin *x = a, *y = b;
    return x->hash != y->hash ? (x->hash < y->hash ? -1 : 1) : x->page < y->page ? -1 : x->page > y->page;
}

static bool pages_equal(const struct program *program, size_t a, size_t b)
{
    uint8_t first[CAPDL_PAGE_SIZE], second[CAPDL_PAGE_SIZE];
    content_page(program, program->pages[a].object, 0, first);
    content_page(program, program->pages[b].object, 0, second);
    return memcmp(first, second, CAPDL_PAGE_SIZE) == 0;
}

/* The embedded pages that are not all zero, those of one hash together. To be freed. */
static struct twin *twins_sorted(const struct program *program, size_t *count)
{
    struct twin *twins = memory_zeroed(program->num_pages + 1, sizeof(*twins));
    uint8_t page[CAPDL_PAGE_SIZE];
    *count = 0;
    for (size_t i = 0; i < program->num_pages; i++) {
        if (content_page(program, program->pages[i].object, 0, page)) {
            twins[(*count)++] = (struct twin){page_hash(1, page), i};
        }
    }
    qsort(twins, *count, sizeof(*twins), compare_twins);
    return twins;
}

static bool is_executable(const struct program *program, size_t page)
{
    return program->kernel_objects[program->pages[page].object].flags & KOBJ_EXECUTABLE;
}

/* Marks pages that equal one before them, at most as many as are wanted. */
static void twins_mark(struct program *program, const struct twin *twins, size_t count, bool executable, bool *copied)
{
    size_t first = 0;
    for (size_t i = 1; i < count && program->num_copied < program->copies; i++) {
        if (twins[i].hash != twins[first].hash || !pages_equal(program, twins[i].page, twins[first].page)) {
            first = i;
        } else if (is_executable(program, twins[i].page) == executable) {
            copied[twins[i].page] = true;
            program->num_copied++;
            program->num_spared++;
        }
    }
}

static bool unit_zero(const uint8_t *page, unsigned unit)
{
    static const uint8_t zeros[1 << CAPDL_FILL_UNIT_BITS];
    return memcmp(page + ((size_t)unit << CAPDL_FILL_UNIT_BITS), zeros, sizeof(zeros)) == 0;
}

struct extent page_extent(const uint8_t page[CAPDL_PAGE_SIZE])
{
    unsigned first = 0, end = UNITS;
    while (first < end && unit_zero(page, first)) {
        first++;
    }
    while (end > first && unit_zero(page, end - 1)) {
        end--;
    }
    return (struct extent){first, end - first};
}

struct part {
    size_t page;
    unsigned units;
    bool executable;
};

static int compare_parts(const void *a, const void *b)
{
    const struct part *x = a, *y = b;
    return x->units != y->units             ? (x->units < y->units ? -1 : 1)
           : x->executable != y->executable ? x->executable - y->executable
           : x->page < y->page              ? -1
                                            : x->page > y->page;
}

/* Partly filled pages that are frames still, the emptiest first. Rooms are not packed, as other programs can be put
 * there. To be freed. */
static struct part *parts_sorted(const struct program *program, const bool *copied, size_t *count)
{
    struct part *parts = memory_zeroed(program->num_pages + 1, sizeof(*parts));
    uint8_t page[CAPDL_PAGE_SIZE];
    *count = 0;
    for (size_t i = 0; i < program->num_pages; i++) {
        uint32_t object = program->pages[i].object;
        if (!copied[i] && !frame_stored(program, object) && content_page(program, object, 0, page) &&
            page_extent(page).count < UNITS) {
            parts[(*count)++] = (struct part){i, page_extent(page).count, is_executable(program, i)};
        }
    }
    qsort(parts, *count, sizeof(*parts), compare_parts);
    return parts;
}

/* Marks partly filled pages until enough are spared. Packed ones take pages, too. */
static void parts_mark(struct program *program, bool *copied)
{
    size_t count, units = 0, before = program->num_spared;
    struct part *parts = parts_sorted(program, copied, &count);
    for (size_t i = 0; i < count && program->num_spared < program->copies; i++) {
        copied[parts[i].page] = true;
        units += parts[i].units;
        program->num_packed++;
        program->num_spared = before + program->num_packed - (units + UNITS - 1) / UNITS;
    }
    free(parts);
}

static void pages_remove(struct program *program, const bool *removed)
{
    size_t left = 0;
    for (size_t i = 0; i < program->num_pages; i++) {
        struct kernel_object *kobj = &program->kernel_objects[program->pages[i].object];
        if (removed[i]) {
            kobj->kind = KOBJ_NONE;
            kobj->flags |= KOBJ_SPARED;
            kobj->number = 0;
        } else {
            kobj->number = (uint32_t)left;
            program->pages[left++] = program->pages[i];
        }
    }
    program->num_pages = left;
}

void twins_copy(struct program *program)
{
    if (program->copies == 0) {
        return;
    }
    size_t count;
    struct twin *twins = twins_sorted(program, &count);
    bool *copied = memory_zeroed(program->num_pages + 1, sizeof(*copied));
    twins_mark(program, twins, count, false, copied); /* a copy of code costs one more call */
    twins_mark(program, twins, count, true, copied);
    parts_mark(program, copied);
    pages_remove(program, copied);
    free(copied);
    free(twins);
}
