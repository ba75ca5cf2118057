/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Frames as memory. Of frames with physical addresses, those of one range are one memory, and a larger one has the
 * smaller ones in it:
 *
 *     window      |-------------------------------|
 *     frames      |-- a --|-- b --|       |-- c --|
 *
 * Who writes the window writes a, b and c; who writes a writes the window, but neither b nor c.
 */
#include "shared_memory.h"

#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "parties.h"

struct placed {
    uint64_t address, last;
    uint32_t object;
};

static int placed_compare(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;
    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    if (a->last != b->last) {
        return a->last > b->last ? -1 : 1;
    }
    return a->object < b->object ? -1 : a->object > b->object;
}

static struct placed *find_placed(const struct world *world, size_t *count)
{
    const struct capdl_spec *spec = world->spec;
    struct placed *placed = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*placed));
    *count = 0;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_FRAME && capdl_object_flags(spec, i) & CAPDL_OBJECT_HAS_PADDR) {
            uint64_t at = capdl_object_paddr(spec, i);
            placed[(*count)++] = (struct placed){at, at + ((UINT64_C(1) << capdl_object_size_bits(spec, i)) - 1),
                                                 world->object_number[i]};
        }
    }
    qsort(placed, *count, sizeof(*placed), placed_compare);
    return placed;
}

/* Frames that kernels can make nest, for they are aligned. Of others, one that overlaps another counts as in it: then
   more is said to be shared than is, never less. */
static void find_windows(struct memory *memory, const struct world *world)
{
    size_t count, depth = 0;
    struct placed *placed = find_placed(world, &count);
    size_t *open = capdl_spec_realloc(NULL, (count + 1) * sizeof(*open)); /* frames not ended yet, the inmost last */
    memory->placed = capdl_spec_realloc(NULL, (count + 1) * sizeof(*memory->placed));
    memory->num_placed = count;
    for (size_t i = 0; i < count; i++) {
        uint32_t object = placed[i].object;
        memory->placed[i] = object;
        memory->fixed[object] = true;
        while (depth && placed[open[depth - 1]].last < placed[i].address) {
            depth--;
        }
        if (i > 0 && placed[i - 1].address == placed[i].address && placed[i - 1].last == placed[i].last) {
            memory->first[object] = memory->first[placed[i - 1].object];
            continue;
        }
        if (depth) {
            memory->window[object] = placed[open[depth - 1]].object;
        }
        open[depth++] = i;
    }
    free(placed);
    free(open);
}

static void share(uint32_t *sharer, uint32_t subject)
{
    if (*sharer == REVIEW_NONE) {
        *sharer = subject;
    } else if (subject != REVIEW_NONE && *sharer != subject) {
        *sharer = MEMORY_SHARED;
    }
}

/* What is in a window is shared with who reaches the window, and the other way round, not with what else is in it. */
static void share_windows(struct memory *memory, uint32_t num_objects)
{
    size_t size = (num_objects + (size_t)1) * sizeof(*memory->sharer);
    uint32_t *below = capdl_spec_realloc(NULL, size), *above = capdl_spec_realloc(NULL, size);
    memcpy(below, memory->sharer, size);
    memset(above, 0xff, size);
    for (size_t i = memory->num_placed; i-- > 0;) { /* a window comes before what is in it */
        uint32_t object = memory->placed[i], window = memory->window[object];

        if (window != REVIEW_NONE) {
            share(&below[window], below[object]);
        }
    }
    for (size_t i = 0; i < memory->num_placed; i++) {
        uint32_t object = memory->placed[i], window = memory->window[object];
        if (window != REVIEW_NONE) {
            above[object] = above[window];
            share(&above[object], memory->sharer[window]);
        }
    }
    for (size_t i = 0; i < memory->num_placed; i++) {
        share(&memory->sharer[memory->placed[i]], below[memory->placed[i]]);
        share(&memory->sharer[memory->placed[i]], above[memory->placed[i]]);
    }
    free(below);
    free(above);
}

static void *filled(size_t count, size_t size, int with)
{
    void *list = capdl_spec_realloc(NULL, (count + 1) * size);
    return memset(list, with, (count + 1) * size);
}

void capdl_review_memory_init(struct memory *memory, const struct world *world, uint32_t num_objects)
{
    *memory = (struct memory){
        .first = capdl_review_identity(num_objects),
        .window = filled(num_objects, sizeof(*memory->window), 0xff),
        .sharer = filled(num_objects, sizeof(*memory->sharer), 0xff),
        .fixed = filled(num_objects, sizeof(*memory->fixed), 0),
    };
    find_windows(memory, world);
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);
        for (size_t j = world->first_use[i]; j < world->first_use[i + 1]; j++) {
            uint32_t who = capdl_review_who(world, &world->uses[j]);
            for (uint32_t k = 0; !(who & USE_DEVICE) && k < caps.count; k++) {
                if (caps.list[k].kind == CAPDL_KIND_FRAME) {
                    share(&memory->sharer[memory->first[world->object_number[caps.list[k].object]]], who);
                }
            }
        }
    }
    share_windows(memory, num_objects);
}

void capdl_review_memory_free(struct memory *memory)
{
    free(memory->first);
    free(memory->window);
    free(memory->sharer);
    free(memory->fixed);
    free(memory->placed);
}

bool capdl_review_memory_shared(const struct memory *memory, uint64_t object)
{
    return memory->sharer[memory->first[object]] == MEMORY_SHARED;
}

bool capdl_review_memory_fixed(const struct memory *memory, uint64_t object)
{
    return memory->fixed[object];
}
