/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames with equal contents where the root CNode has too few slots. Each page of the image takes a slot of it, as the
 * kernel gives the initial task a capability to each. A frame that the initialiser makes and copies a page to takes
 * none, and each frame that is copied from an equal one saves a page; so there are as many copies as slots are missing,
 * and no more.
 */
#include <stdlib.h>
#include <string.h>

#include "image/program.h"

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
    return program->places[program->pages[page].object].flags & PLACE_EXECUTABLE;
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
        }
    }
}

static void pages_remove(struct program *program, const bool *removed)
{
    size_t left = 0;
    for (size_t i = 0; i < program->num_pages; i++) {
        struct place *place = &program->places[program->pages[i].object];
        if (removed[i]) {
            place->kind = PLACE_NONE;
            place->number = 0;
        } else {
            place->number = (uint32_t)left;
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
    pages_remove(program, copied);
    free(copied);
    free(twins);
}
