/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Storage of capabilities. Those of a container are contiguous. A container that is filled in one go, as in
 * nearly every text, has exactly the memory it needs, at the end of what others use already; one that is added to later
 * moves into a block of its own, which doubles.
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

#include "model.h"

enum { FIRST_CAPS = 64, MOST_CAPS = 1 << 15, LARGE_CAPS = 1 << 11 };

struct spec_caps_chunk {
    struct spec_caps_chunk *next;
    struct capdl_cap caps[];
};

static void add_chunk(struct spec_caps_pool *pool, size_t need)
{
    size_t size = pool->size ? pool->size * 2 : FIRST_CAPS;
    struct spec_caps_chunk *chunk;
    if (size > MOST_CAPS) {
        size = MOST_CAPS;
    }
    if (size < need) {
        size = need;
    }
    chunk = capdl_spec_realloc(NULL, sizeof(*chunk) + size * sizeof(*chunk->caps));
    chunk->next = pool->chunks;
    pool->chunks = chunk;
    pool->size = size;
    pool->used = 0;
}

/* Whether a container's capabilities are the last of the chunk, so that another can be put after them. */
static bool is_last(const struct spec_caps_pool *pool, const struct capdl_object_caps *caps)
{
    return !caps->capacity && caps->count && caps->list + caps->count == pool->chunks->caps + pool->used;
}

static void move_to_chunk(struct spec_caps_pool *pool, struct capdl_object_caps *caps)
{
    if (!pool->chunks || pool->size - pool->used < (size_t)caps->count + 1) {
        add_chunk(pool, (size_t)caps->count * 2 + 1);
    }
    if (caps->count) {
        memcpy(pool->chunks->caps + pool->used, caps->list, caps->count * sizeof(*caps->list));
    }
    caps->list = pool->chunks->caps + pool->used;
    pool->used += caps->count;
}

static void move_to_block(struct capdl_object_caps *caps)
{
    uint32_t capacity = caps->count < UINT32_MAX / 2 ? caps->count * 2 + 4 : UINT32_MAX;
    struct capdl_cap *old = caps->capacity ? caps->list : NULL;
    struct capdl_cap *list = capdl_spec_realloc(old, capacity * sizeof(*list));
    if (!old && caps->count) {
        memcpy(list, caps->list, caps->count * sizeof(*list));
    }
    caps->list = list;
    caps->capacity = capacity;
}

void capdl_spec_append_cap(struct capdl_spec *spec, uint32_t container, const struct capdl_cap *cap)
{
    struct spec_caps_pool *pool = spec->caps;
    struct capdl_object_caps *caps = capdl_spec_caps_of(spec, container);
    struct capdl_cap added = *cap; /* which may be one of those that move */
    bool last = is_last(pool, caps);
    if (caps->capacity ? caps->count == caps->capacity : caps->count && (!last || caps->count >= LARGE_CAPS)) {
        if (last) {
            pool->used -= caps->count;
        }
        move_to_block(caps);
    } else if (!caps->capacity && (!last || pool->used == pool->size)) {
        move_to_chunk(pool, caps);
    }
    caps->list[caps->count++] = added;
    pool->used += !caps->capacity;
    capdl_spec_caps_mark(spec, container);
}

/* The first cap whose slot is not below `slot`. Most caps are added in ascending order: look at the end first. */
static uint32_t cap_place(const struct capdl_object_caps *caps, uint64_t slot)
{
    uint32_t low = 0, high = caps->count;
    if (!high || caps->list[high - 1].slot < slot) {
        return high;
    }
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (caps->list[middle].slot < slot) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool capdl_spec_add_cap(struct capdl_spec *spec, uint32_t container, const struct capdl_cap *cap)
{
    struct capdl_object_caps *caps = capdl_spec_caps_of(spec, container);
    uint32_t place = cap_place(caps, cap->slot);
    struct capdl_cap added = *cap;
    if (place < caps->count && caps->list[place].slot == cap->slot) {
        if (cap->flags & CAPDL_CAP_GENERATED) {
            return true;
        }
        if (!(caps->list[place].flags & CAPDL_CAP_GENERATED)) {
            return false;
        }
        caps->list[place] = added;
        return true;
    }
    capdl_spec_append_cap(spec, container, cap);
    memmove(&caps->list[place + 1], &caps->list[place], (caps->count - 1 - place) * sizeof(added));
    caps->list[place] = added;
    return true;
}

struct capdl_cap *capdl_spec_cap_at(const struct capdl_spec *spec, uint32_t container, uint64_t slot)
{
    const struct capdl_object_caps *caps = capdl_spec_caps_of(spec, container);
    uint32_t place = cap_place(caps, slot);
    return place < caps->count && caps->list[place].slot == slot ? &caps->list[place] : NULL;
}

/* The lowest `count` bits of those above the lowest `above`. */
static uint64_t bits_of(uint64_t word, unsigned above, unsigned count)
{
    word = above < 64 ? word >> above : 0;
    return count < 64 ? word & ((UINT64_C(1) << count) - 1) : word;
}

const struct capdl_cap *capdl_spec_lookup(const struct capdl_spec *spec, const struct capdl_cap *root, uint64_t pointer,
                                          uint32_t *cnode)
{
    const struct capdl_cap *cap = root;
    unsigned left = capdl_architecture(spec->arch)->word_bits;
    while (cap && cap->kind == CAPDL_KIND_CNODE && cap->object != CAPDL_NO_OBJECT && left) {
        unsigned slots = capdl_object_size_bits(spec, cap->object), taken = cap->guard_size + slots;
        if (taken > left || !taken ||
            bits_of(pointer, left - cap->guard_size, cap->guard_size) != bits_of(cap->data, 0, cap->guard_size)) {
            return NULL;
        }
        left -= taken;
        if (cnode) {
            *cnode = cap->object;
        }
        cap = capdl_spec_cap_at(spec, cap->object, bits_of(pointer, left, slots));
    }
    return cap;
}

/* Merges the sorted runs [0, middle) and [middle, count) of `from` into `to`. */
static void caps_merge(struct capdl_cap *to, const struct capdl_cap *from, size_t middle, size_t count)
{
    size_t a = 0, b = middle;
    for (size_t i = 0; i < count; i++) {
        if (b == count || (a < middle && from[a].slot <= from[b].slot)) {
            to[i] = from[a++];
        } else {
            to[i] = from[b++];
        }
    }
}

void capdl_spec_sort_caps(struct capdl_spec *spec, uint32_t container)
{
    struct capdl_object_caps *caps = capdl_spec_caps_of(spec, container);
    size_t count = caps->count;
    struct capdl_cap *from = caps->list, *other = capdl_spec_realloc(NULL, count * sizeof(*other)), *to = other;
    for (size_t width = 1; width < count; width *= 2) {
        struct capdl_cap *swap = from;
        for (size_t i = 0; i < count; i += 2 * width) {
            size_t rest = count - i;
            caps_merge(to + i, from + i, width < rest ? width : rest, 2 * width < rest ? 2 * width : rest);
        }
        from = to;
        to = swap;
    }
    if (from != caps->list) {
        memcpy(caps->list, from, count * sizeof(*from));
    }
    free(other);
}

void capdl_spec_keep_caps(struct capdl_spec *spec, uint32_t container, uint32_t count)
{
    struct capdl_object_caps *caps = capdl_spec_caps_of(spec, container);
    if (is_last(spec->caps, caps)) {
        spec->caps->used -= caps->count - count;
    }
    caps->count = count;
}

struct spec_caps_pool *capdl_spec_caps_new(void)
{
    struct spec_caps_pool *pool = capdl_spec_realloc(NULL, sizeof(*pool));
    memset(pool, 0, sizeof(*pool));
    return pool;
}

void capdl_spec_caps_free(struct capdl_spec *spec)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_has(spec, i, CAPDL_COLUMN_CAPS) && capdl_spec_caps_of(spec, i)->capacity) {
            free(capdl_spec_caps_of(spec, i)->list);
        }
    }
    while (spec->caps->chunks) {
        struct spec_caps_chunk *next = spec->caps->chunks->next;
        free(spec->caps->chunks);
        spec->caps->chunks = next;
    }
    free(spec->caps);
}

struct capdl_pos capdl_cap_pos(const struct capdl_spec *spec, const struct capdl_cap *cap)
{
    return capdl_spec_pos(spec, cap->at);
}

const struct capdl_cap_extra *capdl_cap_extra(const struct capdl_spec *spec, const struct capdl_cap *cap)
{
    return cap->extra ? &spec->extras[cap->extra - 1] : NULL;
}

uint32_t capdl_spec_add_extra(struct capdl_spec *spec, const struct capdl_cap_extra *extra)
{
    spec->extras = capdl_spec_grow(spec->extras, &spec->capacity_extras, spec->num_extras + 1, sizeof(*extra));
    spec->extras[spec->num_extras] = *extra;
    return (uint32_t)++spec->num_extras;
}
