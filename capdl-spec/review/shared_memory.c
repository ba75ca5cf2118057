/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "private.h"

struct placed {
    uint64_t address, end;
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

static void find_aliases(struct memory *memory, const struct world *world)
{
    const struct capdl_spec *spec = world->spec;
    struct placed *placed = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*placed));
    size_t count = 0;
    uint64_t end = 0;

    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_kind(spec, i) == CAPDL_KIND_FRAME && capdl_object_flags(spec, i) & CAPDL_OBJECT_HAS_PADDR) {
            uint64_t at = capdl_object_paddr(spec, i);
            placed[count++] =
                (struct placed){at, at + (UINT64_C(1) << capdl_object_size_bits(spec, i)), world->object_number[i]};
        }
    }
    qsort(placed, count, sizeof(*placed), placed_compare);
    for (size_t i = 0; i < count; i++) {
        memory->fixed[placed[i].object] = true;
        if (i > 0 && placed[i].address < end) {
            memory->first[placed[i].object] = memory->first[placed[i - 1].object];
        }
        end = placed[i].end > end ? placed[i].end : end;
    }
    free(placed);
}

static void share(struct memory *memory, uint32_t object, uint32_t subject)
{
    uint32_t *sharer = &memory->sharer[memory->first[object]];

    if (*sharer == REVIEW_NONE) {
        *sharer = subject;
    } else if (*sharer != subject) {
        *sharer = MEMORY_SHARED;
    }
}

void capdl_review_memory_init(struct memory *memory, const struct world *world, uint32_t num_objects)
{
    size_t count = num_objects + (size_t)1;

    memory->first = capdl_review_identity(num_objects);
    memory->sharer = capdl_spec_realloc(NULL, count * sizeof(*memory->sharer));
    memory->fixed = capdl_spec_realloc(NULL, count * sizeof(*memory->fixed));
    memset(memory->sharer, 0xff, count * sizeof(*memory->sharer));
    memset(memory->fixed, 0, count * sizeof(*memory->fixed));
    find_aliases(memory, world);
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(world->spec, i);

        for (size_t j = world->first_use[i]; j < world->first_use[i + 1]; j++) {
            uint32_t who = capdl_review_who(world, &world->uses[j]);

            for (uint32_t k = 0; !(who & USE_DEVICE) && k < caps.count; k++) {
                if (caps.list[k].kind == CAPDL_KIND_FRAME) {
                    share(memory, world->object_number[caps.list[k].object], who);
                }
            }
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
