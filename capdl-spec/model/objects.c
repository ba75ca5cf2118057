/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Storage of objects: in columns, one for each group of their fields. What an object does not have, most often an
 * index, an untyped, capabilities, is stored as zero, and pages of a column that nobody has written to take no memory.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* Offsets and item sizes of the columns in struct capdl_objects. */
#define COLUMN(name)                                                                     \
    {                                                                                    \
        offsetof(struct capdl_objects, name), sizeof(*((struct capdl_objects *)0)->name) \
    }
static const struct {
    size_t place, item;
} columns[] = {
    COLUMN(basic), COLUMN(index), COLUMN(parent), COLUMN(program), COLUMN(paddr), COLUMN(content), COLUMN(caps),
};
#undef COLUMN

enum { NUM_COLUMNS = sizeof(columns) / sizeof(columns[0]) };

static void *column_get(const struct capdl_objects *objects, unsigned column)
{
    void *memory;
    memcpy(&memory, (const char *)objects + columns[column].place, sizeof(memory));
    return memory;
}

static void column_put(struct capdl_objects *objects, unsigned column, void *memory)
{
    memcpy((char *)objects + columns[column].place, &memory, sizeof(memory));
}

struct capdl_object_caps *capdl_spec_caps_of(const struct capdl_spec *spec, uint32_t id)
{
    return &spec->objects->caps[id];
}

void capdl_spec_caps_mark(struct capdl_spec *spec, uint32_t id)
{
    spec->objects->basic[id].has |= CAPDL_COLUMN_CAPS;
}

struct capdl_object capdl_object_view(const struct capdl_spec *spec, uint32_t id)
{
    struct capdl_caps caps = capdl_object_caps(spec, id);
    struct capdl_object object = {
        .name = capdl_object_name(spec, id),
        .index = capdl_object_index(spec, id),
        .parent = capdl_object_parent(spec, id),
        .kind = (uint8_t)capdl_object_kind(spec, id),
        .flags = (uint8_t)capdl_object_flags(spec, id),
        .size_bits = capdl_object_size_bits(spec, id),
        .paddr = capdl_object_paddr(spec, id),
        .caps = caps.list,
        .num_caps = caps.count,
        .program = capdl_object_program(spec, id),
        .pos = capdl_object_pos(spec, id),
    };
    if (object.kind == CAPDL_KIND_FRAME) {
        object.u.fills = capdl_object_fills(spec, id);
    } else {
        object.u.tcb = capdl_object_content(spec, id);
    }
    return object;
}

struct capdl_pos capdl_object_pos(const struct capdl_spec *spec, uint32_t id)
{
    return capdl_spec_pos(spec, spec->objects->basic[id].at);
}

static uint32_t name_number(const struct capdl_spec *spec, uint32_t id, const char *name)
{
    uint32_t number = spec->objects->basic[id].name;
    return number && capdl_spec_name_at(spec, number)->text == name
               ? number
               : capdl_spec_name_number(spec, capdl_spec_name_of(name));
}

/* Whether a column takes this: zero is not written where there is zero already. */
static bool takes(unsigned *has, enum capdl_object_column column, bool zero)
{
    bool had = *has & column;
    *has = (*has & ~(unsigned)column) | (zero ? 0 : (unsigned)column);
    return had || !zero;
}

static struct capdl_object_content content_from(const struct capdl_object *object)
{
    if (object->kind == CAPDL_KIND_FRAME) {
        return (struct capdl_object_content){.pointer = object->u.fills.list, .count = object->u.fills.count};
    }
    return (struct capdl_object_content){.pointer = object->u.tcb};
}

void capdl_object_set(struct capdl_spec *spec, uint32_t id, const struct capdl_object *object)
{
    struct capdl_objects *objects = spec->objects;
    struct capdl_object_content content = content_from(object);
    unsigned has = objects->basic[id].has;
    if (takes(&has, CAPDL_COLUMN_INDEX, object->index == CAPDL_NO_INDEX)) {
        objects->index[id] = object->index + 1;
    }
    if (takes(&has, CAPDL_COLUMN_PARENT, object->parent == CAPDL_NO_OBJECT)) {
        objects->parent[id] = object->parent + 1;
    }
    if (takes(&has, CAPDL_COLUMN_PROGRAM, object->program == CAPDL_NO_OBJECT)) {
        objects->program[id] = object->program + 1;
    }
    if (takes(&has, CAPDL_COLUMN_PADDR, !object->paddr)) {
        objects->paddr[id] = object->paddr;
    }
    if (takes(&has, CAPDL_COLUMN_CONTENT, !content.pointer && !content.count)) {
        objects->content[id] = content;
    }
    objects->basic[id] = (struct capdl_object_basic){
        .name = name_number(spec, id, object->name),
        .at = capdl_spec_at(spec, object->pos),
        .kind = object->kind,
        .flags = object->flags,
        .size_bits = object->size_bits,
        .has = (uint8_t)has,
    };
}

static void reserve(struct capdl_objects *objects, size_t need)
{
    size_t capacity = objects->capacity + objects->capacity / 2;
    if (need <= objects->capacity) {
        return;
    }
    if (capacity < need) {
        capacity = need < 16 ? 16 : need;
    }
    for (unsigned i = 0; i < NUM_COLUMNS; i++) {
        size_t item = columns[i].item;
        column_put(objects, i,
                   capdl_spec_zeros_grow(column_get(objects, i), objects->capacity * item, capacity * item));
    }
    objects->capacity = capacity;
}

uint32_t capdl_spec_objects_add(struct capdl_spec *spec)
{
    if (spec->num_objects == SPEC_MOST_OBJECTS) {
        capdl_spec_too_large("this spec is too large: it has more than 2^30 objects");
    }
    reserve(spec->objects, (size_t)spec->num_objects + 1);
    return spec->num_objects++;
}

void capdl_spec_add_alike(struct capdl_spec *spec, uint32_t element, uint32_t count)
{
    struct capdl_objects *objects = spec->objects;
    struct capdl_object_basic basic = objects->basic[element];
    uint32_t first = spec->num_objects, index = capdl_object_index(spec, element) + 1;
    uint32_t parent = capdl_object_parent(spec, element);
    if (count > SPEC_MOST_OBJECTS - first) {
        capdl_spec_too_large("this spec is too large: it has more than 2^30 objects");
    }
    reserve(objects, (size_t)first + count);
    for (uint32_t i = 0; i < count; i++) {
        objects->basic[first + i] = basic;
        objects->index[first + i] = index + i + 1;
    }
    for (uint32_t i = 0; parent != CAPDL_NO_OBJECT && i < count; i++) {
        objects->parent[first + i] = parent + 1;
    }
    spec->num_objects += count;
    capdl_spec_name_enter_elements(spec, capdl_spec_name_at(spec, basic.name), index, first, count);
}

struct capdl_objects *capdl_spec_objects_new(void)
{
    struct capdl_objects *objects = capdl_spec_realloc(NULL, sizeof(*objects));
    memset(objects, 0, sizeof(*objects));
    return objects;
}

void capdl_spec_objects_free(struct capdl_objects *objects)
{
    for (unsigned i = 0; i < NUM_COLUMNS; i++) {
        capdl_spec_zeros_free(column_get(objects, i), objects->capacity * columns[i].item);
    }
    free(objects);
}

struct capdl_spec capdl_spec_copy(const struct capdl_spec *spec)
{
    struct capdl_spec copy = *spec;
    copy.objects = capdl_spec_objects_new();
    reserve(copy.objects, spec->num_objects);
    for (unsigned i = 0; i < NUM_COLUMNS && spec->num_objects; i++) {
        memcpy(column_get(copy.objects, i), column_get(spec->objects, i), spec->num_objects * columns[i].item);
    }
    return copy;
}

void capdl_spec_free_copy(struct capdl_spec *spec)
{
    capdl_spec_objects_free(spec->objects);
}
