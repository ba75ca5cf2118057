/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct placed {
    uint64_t address;
    uint32_t object;
};

static int placed_compare(const void *left, const void *right)
{
    const struct placed *a = left, *b = right;

    if (a->address != b->address) {
        return a->address < b->address ? -1 : 1;
    }
    return a->object < b->object ? -1 : a->object > b->object;
}

static void find_aliases(struct memory *memory, const struct facts *facts, const bool *frames)
{
    struct placed *placed = capdl_spec_realloc(NULL, (facts->count + 1) * sizeof(*placed));
    size_t count = 0;

    for (size_t i = 0; i < facts->count; i++) {
        if (capdl_review_is_address(&facts->list[i]) && frames[facts->list[i].object]) {
            placed[count++] = (struct placed){facts->list[i].value, (uint32_t)facts->list[i].object};
        }
    }
    qsort(placed, count, sizeof(*placed), placed_compare);
    for (size_t i = 0; i < count; i++) {
        memory->fixed[placed[i].object] = true;
        if (i > 0 && placed[i].address == placed[i - 1].address) {
            memory->first[placed[i].object] = memory->first[placed[i - 1].object];
        }
    }
    free(placed);
}

static void share(struct memory *memory, uint64_t object, uint32_t subject)
{
    uint32_t *sharer = &memory->sharer[memory->first[object]];

    *sharer = *sharer == REVIEW_NONE || *sharer == subject ? subject : (uint32_t)MEMORY_SHARED;
}

void capdl_review_memory_init(struct memory *memory, const struct facts *facts, uint32_t num_objects)
{
    size_t count = num_objects + (size_t)1;
    bool *frames = capdl_spec_realloc(NULL, count);

    memset(frames, 0, count);
    for (size_t i = 0; i < facts->count && facts->list[i].relation == RELATION_OBJECT; i++) {
        frames[facts->list[i].object] = facts->list[i].value == CAPDL_KIND_FRAME;
    }
    memory->first = capdl_spec_realloc(NULL, count * sizeof(*memory->first));
    memory->sharer = capdl_spec_realloc(NULL, count * sizeof(*memory->sharer));
    memory->fixed = capdl_spec_realloc(NULL, count * sizeof(*memory->fixed));
    memset(memory->sharer, 0xff, count * sizeof(*memory->sharer));
    memset(memory->fixed, 0, count * sizeof(*memory->fixed));
    for (uint32_t i = 0; i < num_objects; i++) {
        memory->first[i] = i;
    }
    find_aliases(memory, facts, frames);
    free(frames);
    for (size_t i = 0; i < facts->count; i++) {
        const struct fact *fact = &facts->list[i];

        if ((fact->relation == RELATION_MAP || fact->relation == RELATION_HOLD) && fact->object < num_objects) {
            share(memory, fact->object, fact->subject);
        }
    }
}

void capdl_review_memory_free(struct memory *memory)
{
    free(memory->first);
    free(memory->sharer);
    free(memory->fixed);
}

bool capdl_review_memory_shared(const struct memory *memory, uint64_t object)
{
    return memory->sharer[memory->first[object]] == MEMORY_SHARED;
}

bool capdl_review_memory_fixed(const struct memory *memory, uint64_t object)
{
    return memory->fixed[object];
}
