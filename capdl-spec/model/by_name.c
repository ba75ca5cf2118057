/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects in the order of their names. Each item is four characters of a name, the first ones that are not yet known to
 * be equal, above the number of its object: most comparisons need no look at the names, which are all over the memory.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum { CHARACTERS = 4, FEW = 24, MOST_DEPTH = 256, BYTES = 256 };

struct sorter {
    const struct capdl_spec *spec;
    uint64_t *room; /* as many items again */
};

static uint32_t object_of(uint64_t item)
{
    return (uint32_t)item;
}

/* An object without an index comes before the elements of an array of its name. */
int capdl_spec_compare_names(const struct capdl_spec *spec, uint32_t a, uint32_t b)
{
    const char *name = capdl_object_name(spec, a), *other = capdl_object_name(spec, b);
    int names = name == other ? 0 : strcmp(name, other);
    uint32_t x = capdl_object_index(spec, a) + 1, y = capdl_object_index(spec, b) + 1;
    return names ? names : x < y ? -1 : x > y;
}

static int item_compare(const void *left, const void *right, void *context)
{
    const struct sorter *s = context;
    return capdl_spec_compare_names(s->spec, object_of(*(const uint64_t *)left), object_of(*(const uint64_t *)right));
}

static bool in_order(struct sorter *s, const uint64_t *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        if (item_compare(&items[i - 1], &items[i], s) > 0) {
            return false;
        }
    }
    return true;
}

static void sort_few(struct sorter *s, uint64_t *items, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        uint64_t item = items[i];
        uint32_t at = i;
        for (; at > 0 && item_compare(&items[at - 1], &item, s) > 0; at--) {
            items[at] = items[at - 1];
        }
        items[at] = item;
    }
}

/* All names of these objects have more than `depth` characters. */
static void load(const struct sorter *s, uint64_t *items, uint32_t count, size_t depth)
{
    for (uint32_t i = 0; i < count; i++) {
        const char *name = capdl_object_name(s->spec, object_of(items[i])) + depth;
        uint64_t key = 0;
        for (unsigned j = 0; j < CHARACTERS; j++) {
            key = key << 8 | (unsigned char)*name;
            name += *name != '\0';
        }
        items[i] = key << 32 | object_of(items[i]);
    }
}

/* By one character; equal ones stay in their order. */
static void sort_by(struct sorter *s, uint64_t *items, uint32_t count, unsigned shift)
{
    uint32_t next[BYTES] = {0}, sum = 0;
    for (uint32_t i = 0; i < count; i++) {
        next[items[i] >> shift & (BYTES - 1)]++;
    }
    if (next[items[0] >> shift & (BYTES - 1)] == count) {
        return;
    }
    for (unsigned i = 0; i < BYTES; i++) {
        uint32_t here = next[i];
        next[i] = sum;
        sum += here;
    }
    for (uint32_t i = 0; i < count; i++) {
        s->room[next[items[i] >> shift & (BYTES - 1)]++] = items[i];
    }
    memcpy(items, s->room, count * sizeof(*items));
}

static uint32_t run_of(const uint64_t *items, uint32_t count)
{
    uint32_t run = 1;
    while (run < count && items[run] >> 32 == items[0] >> 32) {
        run++;
    }
    return run;
}

static void sort(struct sorter *s, uint64_t *items, uint32_t count, size_t depth)
{
    uint32_t run;
    if (count <= FEW) {
        sort_few(s, items, count);
        return;
    }
    if (in_order(s, items, count)) {
        return;
    }
    if (depth >= MOST_DEPTH) {
        qsort_r(items, count, sizeof(*items), item_compare, s);
        return;
    }
    load(s, items, count, depth);
    for (unsigned shift = 32; shift < 64; shift += 8) {
        sort_by(s, items, count, shift);
    }
    for (uint32_t i = 0; i < count; i += run) {
        bool ended = (items[i] >> 32 & (BYTES - 1)) == 0;
        run = run_of(items + i, count - i);
        if (!ended) {
            sort(s, items + i, run, depth + CHARACTERS);
        } else if (!in_order(s, items + i, run)) {
            qsort_r(items + i, run, sizeof(*items), item_compare, s);
        }
    }
}

uint32_t *capdl_spec_by_name(const struct capdl_spec *spec, uint32_t *count)
{
    size_t most = spec->num_objects + (size_t)1;
    uint64_t *items = capdl_spec_realloc(NULL, most * sizeof(*items));
    uint32_t *order;
    struct sorter s = {.spec = spec};
    *count = 0;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) != CAPDL_KIND_PROGRAM) {
            items[(*count)++] = i;
        }
    }
    if (!in_order(&s, items, *count)) {
        s.room = capdl_spec_realloc(NULL, most * sizeof(*items));
        sort(&s, items, *count, 0);
        free(s.room);
    }
    order = capdl_spec_realloc(NULL, most * sizeof(*order));
    for (uint32_t i = 0; i < *count; i++) {
        order[i] = object_of(items[i]);
    }
    free(items);
    return order;
}
