/* SPDX-License-Identifier: BSD-2-Clause */
/* The model: adding and finding objects and capabilities. */
#include <stdlib.h>
#include <string.h>

#include "spec_private.h"

static const struct {
    const char *keyword, *arches, *name;
} kinds[] = {
#define CAPDL_KIND(id, keyword, arches, name) {keyword, arches, name},
#include <capdl/kinds.def>
#undef CAPDL_KIND
};

static const char *const arches[] = {
#define CAPDL_ARCH(id, keyword, bits, boots) keyword,
#include <capdl/arch.def>
#undef CAPDL_ARCH
};

/* How kinds.def abbreviates them, in the same order. */
static const char arch_initials[] = "ARX1I";

const char *capdl_kind_keyword(enum capdl_kind kind)
{
    return kinds[kind].keyword;
}

const char *capdl_kind_name(enum capdl_kind kind)
{
    return kinds[kind].name;
}

const char *spec_kind_phrase(enum capdl_kind kind)
{
    static const char *const phrases[][2] = {
#define CAPDL_KIND(id, keyword, arches, name) {"a " name, "an " name},
#include <capdl/kinds.def>
#undef CAPDL_KIND
    };
    const char *name = kinds[kind].name;
    bool initials = name[1] >= 'A' && name[1] <= 'Z'; /* spoken: "an MSI interrupt", but "a TCB" */

    return phrases[kind][strchr(initials ? "AEFIHLMNOSX" : "aeiouAEIOU", name[0]) != NULL];
}

bool capdl_kind_on_arch(enum capdl_kind kind, enum capdl_arch arch)
{
    return strchr(kinds[kind].arches, arch_initials[arch]);
}

const char *capdl_arch_name(enum capdl_arch arch)
{
    return arches[arch];
}

char *capdl_object_label(const struct capdl_object *object, char *buffer, size_t size)
{
    if (object->index == CAPDL_NO_INDEX)
        snprintf(buffer, size, "%s", object->name);
    else
        snprintf(buffer, size, "%s[%u]", object->name, (unsigned)object->index);
    return buffer;
}

void capdl_spec_init(struct capdl_spec *spec)
{
    memset(spec, 0, sizeof(*spec));
    spec->arena = spec_realloc(NULL, sizeof(*spec->arena));
    memset(spec->arena, 0, sizeof(*spec->arena));
    spec->names = spec_realloc(NULL, sizeof(*spec->names));
    memset(spec->names, 0, sizeof(*spec->names));
}

void capdl_spec_free(struct capdl_spec *spec)
{
    for (uint32_t i = 0; i < spec->num_objects; i++)
        free(spec->objects[i].caps);
    free(spec->objects);
    free(spec->irqs);
    free(spec->derivations);
    if (spec->names)
        spec_names_free(spec->names);
    if (spec->arena)
        spec_arena_free(spec->arena);
    free(spec->names);
    free(spec->arena);
    memset(spec, 0, sizeof(*spec));
}

struct capdl_spec capdl_spec_copy(const struct capdl_spec *spec)
{
    struct capdl_spec copy = *spec;

    copy.objects = spec_realloc(NULL, spec->num_objects * sizeof(*copy.objects));
    memcpy(copy.objects, spec->objects, spec->num_objects * sizeof(*copy.objects));
    return copy;
}

void capdl_spec_free_copy(struct capdl_spec *spec)
{
    free(spec->objects);
}

void capdl_object_set(struct capdl_spec *spec, uint32_t id, const struct capdl_object *object)
{
    struct capdl_object *stored = &spec->objects[id];
    struct capdl_object old = *stored;

    *stored = *object;
    stored->caps = old.caps;
    stored->num_caps = old.num_caps;
    stored->capacity_caps = old.capacity_caps;
}

void *capdl_spec_alloc(struct capdl_spec *spec, size_t size)
{
    return spec_arena_alloc(spec->arena, size);
}

const char *capdl_spec_intern(struct capdl_spec *spec, const char *text, size_t length)
{
    return spec_name_intern(spec, text, length)->text;
}

uint32_t capdl_spec_find(const struct capdl_spec *spec, const char *text, uint32_t index)
{
    const struct spec_name *name = spec_name_lookup(spec, text, strlen(text));

    return name ? spec_name_find(spec, name, index) : CAPDL_NO_OBJECT;
}

uint32_t capdl_spec_array_length(const struct capdl_spec *spec, const char *text)
{
    const struct spec_name *name = spec_name_lookup(spec, text, strlen(text));

    return name ? name->array_length : 0;
}

uint32_t spec_add_named(struct capdl_spec *spec, struct spec_name *name, uint32_t index, enum capdl_kind kind,
                        struct capdl_pos pos)
{
    size_t capacity = spec->capacity_objects;
    uint32_t id = spec->num_objects;
    struct capdl_object *object;

    spec->objects = spec_grow(spec->objects, &capacity, (size_t)id + 1, sizeof(*object));
    spec->capacity_objects = (uint32_t)capacity;
    spec->num_objects++;
    object = &spec->objects[id];
    memset(object, 0, sizeof(*object));
    object->name = name->text;
    object->index = index;
    object->parent = CAPDL_NO_OBJECT;
    object->program = CAPDL_NO_OBJECT;
    object->kind = (uint8_t)kind;
    object->pos = pos;
    spec_name_enter(spec, name, index, id);
    return id;
}

uint32_t capdl_spec_add(struct capdl_spec *spec, const char *name, uint32_t index, enum capdl_kind kind,
                        struct capdl_pos pos)
{
    return spec_add_named(spec, spec_name_intern(spec, name, strlen(name)), index, kind, pos);
}

/* The first cap whose slot is not below `slot`. Most caps are added in ascending order: look at the end first. */
static uint32_t cap_place(const struct capdl_object *object, uint64_t slot)
{
    uint32_t low = 0, high = object->num_caps;

    if (!high || object->caps[high - 1].slot < slot)
        return high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;

        if (object->caps[middle].slot < slot)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void spec_append_cap(struct capdl_spec *spec, uint32_t container, const struct capdl_cap *cap)
{
    struct capdl_object *object = &spec->objects[container];
    size_t capacity = object->capacity_caps;

    object->caps = spec_grow(object->caps, &capacity, (size_t)object->num_caps + 1, sizeof(*cap));
    object->capacity_caps = (uint32_t)capacity;
    object->caps[object->num_caps++] = *cap;
}

bool capdl_spec_add_cap(struct capdl_spec *spec, uint32_t container, const struct capdl_cap *cap)
{
    const struct capdl_object *object = capdl_object(spec, container);
    uint32_t place = cap_place(object, cap->slot);

    if (place < object->num_caps && object->caps[place].slot == cap->slot) {
        if (cap->flags & CAPDL_CAP_GENERATED)
            return true;
        if (!(object->caps[place].flags & CAPDL_CAP_GENERATED))
            return false;
        object->caps[place] = *cap;
        return true;
    }
    spec_append_cap(spec, container, cap);
    object = capdl_object(spec, container);
    memmove(&object->caps[place + 1], &object->caps[place], (object->num_caps - 1 - place) * sizeof(*cap));
    object->caps[place] = *cap;
    return true;
}

struct capdl_cap *capdl_spec_cap_at(const struct capdl_spec *spec, uint32_t container, uint64_t slot)
{
    const struct capdl_object *object = capdl_object(spec, container);
    uint32_t place = cap_place(object, slot);

    return place < object->num_caps && object->caps[place].slot == slot ? &object->caps[place] : NULL;
}

/* Merges the sorted runs [0, middle) and [middle, count) of `from` into `to`. */
static void caps_merge(struct capdl_cap *to, const struct capdl_cap *from, size_t middle, size_t count)
{
    size_t a = 0, b = middle;

    for (size_t i = 0; i < count; i++) {
        if (b == count || (a < middle && from[a].slot <= from[b].slot))
            to[i] = from[a++];
        else
            to[i] = from[b++];
    }
}

void spec_sort_caps(struct capdl_spec *spec, uint32_t container)
{
    struct capdl_object *object = &spec->objects[container];
    size_t count = object->num_caps, width = 1;
    struct capdl_cap *from = object->caps, *to = spec_realloc(NULL, count * sizeof(*to));

    for (; width < count; width *= 2) {
        struct capdl_cap *swap = from;

        for (size_t i = 0; i < count; i += 2 * width) {
            size_t rest = count - i;

            caps_merge(to + i, from + i, width < rest ? width : rest, 2 * width < rest ? 2 * width : rest);
        }
        from = to;
        to = swap;
    }
    object->caps = from;
    object->capacity_caps = (uint32_t)count;
    free(to);
}

void spec_keep_caps(struct capdl_spec *spec, uint32_t container, uint32_t count)
{
    spec->objects[container].num_caps = count;
}
