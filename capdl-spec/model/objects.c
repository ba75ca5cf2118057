/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where objects are kept: in columns, one for each group of their fields. What an object does not have, most often an
 * index, an untyped, capabilities, is stored as zero, and pages of a column that nobody has written to take no memory.
 */
#include <stdlib.h>
#include <string.h>

#include "model.h"

enum column {
    COLUMN_BASIC,
    COLUMN_INDEX,
    COLUMN_PARENT,
    COLUMN_PROGRAM,
    COLUMN_PADDR,
    COLUMN_CONTENT,
    COLUMN_CAPS,
    COLUMN_COUNT
};

struct basic {
    uint32_t name;
    uint32_t at;
    uint8_t kind, flags, size_bits;
    uint8_t more; /* bit per column: what it has of this object is not zero */
};

/* The union of struct capdl_object. */
struct content {
    void *pointer;
    size_t count; /* of fills */
};

static const size_t column_items[COLUMN_COUNT] = {
    [COLUMN_BASIC] = sizeof(struct basic),    [COLUMN_INDEX] = sizeof(uint32_t),
    [COLUMN_PARENT] = sizeof(uint32_t),       [COLUMN_PROGRAM] = sizeof(uint32_t),
    [COLUMN_PADDR] = sizeof(uint64_t),        [COLUMN_CONTENT] = sizeof(struct content),
    [COLUMN_CAPS] = sizeof(struct spec_caps),
};

struct capdl_objects {
    void *columns[COLUMN_COUNT];
    size_t capacity;
};

static struct basic *basic_of(const struct capdl_spec *spec, uint32_t id)
{
    return (struct basic *)spec->objects->columns[COLUMN_BASIC] + id;
}

static struct content *content_of(const struct capdl_spec *spec, uint32_t id)
{
    return (struct content *)spec->objects->columns[COLUMN_CONTENT] + id;
}

struct spec_caps *capdl_spec_caps_of(const struct capdl_spec *spec, uint32_t id)
{
    return (struct spec_caps *)spec->objects->columns[COLUMN_CAPS] + id;
}

void capdl_spec_caps_mark(struct capdl_spec *spec, uint32_t id)
{
    basic_of(spec, id)->more |= 1 << COLUMN_CAPS;
}

static uint64_t *paddr_of(const struct capdl_spec *spec, uint32_t id)
{
    return (uint64_t *)spec->objects->columns[COLUMN_PADDR] + id;
}

/* Columns of numbers whose default is "none", CAPDL_NO_INDEX or CAPDL_NO_OBJECT: stored with 1 added, so that none is
 * zero. */
static uint32_t number_get(const struct capdl_spec *spec, enum column column, uint32_t id)
{
    return ((uint32_t *)spec->objects->columns[column])[id] - 1;
}

static void number_set(struct capdl_spec *spec, enum column column, uint32_t id, uint32_t number)
{
    ((uint32_t *)spec->objects->columns[column])[id] = number + 1;
}

static void content_show(const struct content *content, struct capdl_object *object)
{
    if (object->kind == CAPDL_KIND_FRAME) {
        object->u.fills.list = content->pointer;
        object->u.fills.count = content->count;
    } else {
        object->u.tcb = content->pointer;
    }
}

/* Columns that have nothing of the object are not looked at: that would cost more time than all the rest. */
static void more_show(const struct capdl_spec *spec, uint32_t id, unsigned more, struct capdl_object *object)
{
    if (more & 1 << COLUMN_INDEX) {
        object->index = number_get(spec, COLUMN_INDEX, id);
    }
    if (more & 1 << COLUMN_PARENT) {
        object->parent = number_get(spec, COLUMN_PARENT, id);
    }
    if (more & 1 << COLUMN_PROGRAM) {
        object->program = number_get(spec, COLUMN_PROGRAM, id);
    }
    if (more & 1 << COLUMN_PADDR) {
        object->paddr = *paddr_of(spec, id);
    }
    if (more & 1 << COLUMN_CONTENT) {
        content_show(content_of(spec, id), object);
    }
    if (more & 1 << COLUMN_CAPS) {
        object->caps = capdl_spec_caps_of(spec, id)->list;
        object->num_caps = capdl_spec_caps_of(spec, id)->count;
    }
}

struct capdl_object capdl_object_view(const struct capdl_spec *spec, uint32_t id)
{
    const struct basic *basic = basic_of(spec, id);
    struct capdl_object object = {
        .name = capdl_spec_name_at(spec, basic->name)->text,
        .index = CAPDL_NO_INDEX,
        .parent = CAPDL_NO_OBJECT,
        .kind = basic->kind,
        .flags = basic->flags,
        .size_bits = basic->size_bits,
        .program = CAPDL_NO_OBJECT,
        .pos = capdl_spec_pos(spec, basic->at),
    };

    if (basic->more) {
        more_show(spec, id, basic->more, &object);
    }
    return object;
}

enum capdl_kind capdl_object_kind(const struct capdl_spec *spec, uint32_t id)
{
    return (enum capdl_kind)basic_of(spec, id)->kind;
}

const char *capdl_object_name(const struct capdl_spec *spec, uint32_t id)
{
    return capdl_spec_name_at(spec, basic_of(spec, id)->name)->text;
}

uint32_t capdl_object_index(const struct capdl_spec *spec, uint32_t id)
{
    return number_get(spec, COLUMN_INDEX, id);
}

uint32_t capdl_object_parent(const struct capdl_spec *spec, uint32_t id)
{
    return number_get(spec, COLUMN_PARENT, id);
}

static uint32_t name_number(const struct capdl_spec *spec, uint32_t id, const char *name)
{
    uint32_t number = basic_of(spec, id)->name;

    return number && capdl_spec_name_at(spec, number)->text == name
               ? number
               : capdl_spec_name_number(spec, capdl_spec_name_of(name));
}

/* Whether a column takes this: zero is not written where there is zero already. */
static bool takes(unsigned *more, enum column column, bool zero)
{
    bool had = *more >> column & 1;

    *more = (*more & ~(1u << column)) | (unsigned)!zero << column;
    return had || !zero;
}

static struct content content_from(const struct capdl_object *object)
{
    if (object->kind == CAPDL_KIND_FRAME) {
        return (struct content){.pointer = object->u.fills.list, .count = object->u.fills.count};
    }
    return (struct content){.pointer = object->u.tcb};
}

void capdl_object_set(struct capdl_spec *spec, uint32_t id, const struct capdl_object *object)
{
    struct basic *basic = basic_of(spec, id);
    struct content content = content_from(object);
    unsigned more = basic->more;

    if (takes(&more, COLUMN_INDEX, object->index == CAPDL_NO_INDEX)) {
        number_set(spec, COLUMN_INDEX, id, object->index);
    }
    if (takes(&more, COLUMN_PARENT, object->parent == CAPDL_NO_OBJECT)) {
        number_set(spec, COLUMN_PARENT, id, object->parent);
    }
    if (takes(&more, COLUMN_PROGRAM, object->program == CAPDL_NO_OBJECT)) {
        number_set(spec, COLUMN_PROGRAM, id, object->program);
    }
    if (takes(&more, COLUMN_PADDR, !object->paddr)) {
        *paddr_of(spec, id) = object->paddr;
    }
    if (takes(&more, COLUMN_CONTENT, !content.pointer && !content.count)) {
        *content_of(spec, id) = content;
    }
    *basic = (struct basic){
        .name = name_number(spec, id, object->name),
        .at = capdl_spec_at(spec, object->pos),
        .kind = object->kind,
        .flags = object->flags,
        .size_bits = object->size_bits,
        .more = (uint8_t)more,
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
    for (unsigned i = 0; i < COLUMN_COUNT; i++) {
        objects->columns[i] =
            capdl_spec_zeros_grow(objects->columns[i], objects->capacity * column_items[i], capacity * column_items[i]);
    }
    objects->capacity = capacity;
}

uint32_t capdl_spec_objects_add(struct capdl_spec *spec)
{
    if (spec->num_objects == SPEC_MOST_OBJECTS) {
        capdl_spec_too_large("it has more than 2^30 objects");
    }
    reserve(spec->objects, (size_t)spec->num_objects + 1);
    return spec->num_objects++;
}

struct capdl_objects *capdl_spec_objects_new(void)
{
    struct capdl_objects *objects = capdl_spec_realloc(NULL, sizeof(*objects));

    memset(objects, 0, sizeof(*objects));
    return objects;
}

void capdl_spec_objects_free(struct capdl_objects *objects)
{
    for (unsigned i = 0; i < COLUMN_COUNT; i++) {
        capdl_spec_zeros_free(objects->columns[i], objects->capacity * column_items[i]);
    }
    free(objects);
}

struct capdl_spec capdl_spec_copy(const struct capdl_spec *spec)
{
    struct capdl_spec copy = *spec;

    copy.objects = capdl_spec_objects_new();
    reserve(copy.objects, spec->num_objects);
    for (unsigned i = 0; i < COLUMN_COUNT && spec->num_objects; i++) {
        memcpy(copy.objects->columns[i], spec->objects->columns[i], spec->num_objects * column_items[i]);
    }
    return copy;
}

void capdl_spec_free_copy(struct capdl_spec *spec)
{
    capdl_spec_objects_free(spec->objects);
}
