/* SPDX-License-Identifier: BSD-2-Clause */
/* Interned names, and objects by name and index. */
#include <stdlib.h>
#include <string.h>

#include "spec_private.h"

enum { SUGGESTION_LENGTH = 64, MOST_COMPARISONS = 20000000 };

static uint32_t hash_text(const char *text, size_t length)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static uint32_t hash_element(const struct spec_name *name, uint32_t index)
{
    uint32_t hash = (name->hash ^ index * 2654435761u) * 2246822519u;

    return hash ^ hash >> 13;
}

struct spec_name *spec_name_of(const char *interned)
{
    return (struct spec_name *)(void *)((char *)(uintptr_t)interned - offsetof(struct spec_name, text));
}

/* The place of a name in the table: where it is, or where it would be put. */
static struct spec_name **place_of(const struct capdl_names *names, const char *text, size_t length, uint32_t hash)
{
    size_t i = hash & names->mask;

    for (; names->table[i]; i = (i + 1) & names->mask) {
        const struct spec_name *name = names->table[i];

        if (name->hash == hash && name->length == length && !memcmp(name->text, text, length))
            break;
    }
    return &names->table[i];
}

static void table_grow(struct capdl_names *names)
{
    struct spec_name **old = names->table;
    size_t old_size = old ? names->mask + 1 : 0;
    size_t size = old_size ? old_size * 2 : 64;

    names->table = spec_realloc(NULL, size * sizeof(*old));
    memset(names->table, 0, size * sizeof(*old));
    names->mask = size - 1;
    for (size_t i = 0; i < old_size; i++)
        if (old[i])
            *place_of(names, old[i]->text, old[i]->length, old[i]->hash) = old[i];
    free(old);
}

struct spec_name *spec_name_lookup(const struct capdl_spec *spec, const char *text, size_t length)
{
    return spec->names->table ? *place_of(spec->names, text, length, hash_text(text, length)) : NULL;
}

struct spec_name *spec_name_intern(struct capdl_spec *spec, const char *text, size_t length)
{
    struct capdl_names *names = spec->names;
    uint32_t hash = hash_text(text, length);
    struct spec_name **place, *name;

    if (!names->table || names->count * 2 > names->mask)
        table_grow(names);
    place = place_of(names, text, length, hash);
    if (*place)
        return *place;
    name = spec_arena_alloc(spec->arena, sizeof(*name) + length + 1);
    name->hash = hash;
    name->length = (uint32_t)length;
    name->scalar = CAPDL_NO_OBJECT;
    memcpy(name->text, text, length);
    names->count++;
    return *place = name;
}

void spec_names_free(struct capdl_names *names)
{
    free(names->table);
    free(names->sparse);
}

static uint32_t *sparse_place(const struct capdl_spec *spec, const struct spec_name *name, uint32_t index)
{
    const struct capdl_names *names = spec->names;
    size_t i = hash_element(name, index) & names->sparse_mask;

    for (; names->sparse[i] != CAPDL_NO_OBJECT; i = (i + 1) & names->sparse_mask) {
        const struct capdl_object *object = capdl_object(spec, names->sparse[i]);

        if (object->name == name->text && object->index == index)
            break;
    }
    return &names->sparse[i];
}

static void sparse_grow(struct capdl_spec *spec)
{
    struct capdl_names *names = spec->names;
    uint32_t *old = names->sparse;
    size_t old_size = old ? names->sparse_mask + 1 : 0;
    size_t size = old_size ? old_size * 2 : 64;

    names->sparse = spec_realloc(NULL, size * sizeof(*old));
    memset(names->sparse, 0xff, size * sizeof(*old));
    names->sparse_mask = size - 1;
    for (size_t i = 0; i < old_size; i++)
        if (old[i] != CAPDL_NO_OBJECT) {
            const struct capdl_object *object = capdl_object(spec, old[i]);

            *sparse_place(spec, spec_name_of(object->name), object->index) = old[i];
        }
    free(old);
}

/* Arrays declared in one go, nearly all of them, need no table entry per element. */
void spec_name_enter(struct capdl_spec *spec, struct spec_name *name, uint32_t index, uint32_t object)
{
    struct capdl_names *names = spec->names;

    if (index == CAPDL_NO_INDEX) {
        name->scalar = object;
        return;
    }
    name->num_elements++;
    if (index >= name->array_length)
        name->array_length = index + 1;
    if (index == 0 && name->dense == 0)
        name->first = object;
    if (index == name->dense && object == name->first + index) {
        name->dense++;
        return;
    }
    if (!names->sparse || names->num_sparse * 2 > names->sparse_mask)
        sparse_grow(spec);
    *sparse_place(spec, name, index) = object;
    names->num_sparse++;
}

uint32_t spec_name_find(const struct capdl_spec *spec, const struct spec_name *name, uint32_t index)
{
    if (index == CAPDL_NO_INDEX)
        return name->scalar;
    if (index < name->dense)
        return name->first + index;
    return spec->names->sparse && index < name->array_length ? *sparse_place(spec, name, index) : CAPDL_NO_OBJECT;
}

unsigned spec_distance(const char *a, size_t a_length, const char *b, size_t b_length, unsigned most)
{
    unsigned row[SUGGESTION_LENGTH + 1];

    if (a_length > SUGGESTION_LENGTH || b_length > SUGGESTION_LENGTH || a_length > b_length + most ||
        b_length > a_length + most)
        return most + 1;
    for (unsigned j = 0; j <= b_length; j++)
        row[j] = j;
    for (unsigned i = 1; i <= a_length; i++) {
        unsigned diagonal = row[0], least = i;

        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned above = row[j], best = diagonal + (a[i - 1] != b[j - 1]);

            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
            if (best < least)
                least = best;
        }
        if (least > most)
            return most + 1;
    }
    return row[b_length];
}

unsigned capdl_distance(const char *a, const char *b)
{
    return spec_distance(a, strlen(a), b, strlen(b), 3);
}

static bool names_object(const struct spec_name *name)
{
    return name->scalar != CAPDL_NO_OBJECT || name->array_length;
}

const char *capdl_spec_nearest(const struct capdl_spec *spec, const char *text)
{
    struct capdl_names *names = spec->names;
    size_t length = strlen(text);
    unsigned most = length < 4 ? 1 : length < 10 ? 2 : 3;
    const char *nearest = NULL;

    if (!names->table || names->comparisons > MOST_COMPARISONS)
        return NULL;
    names->comparisons += names->count;
    for (size_t i = 0; i <= names->mask; i++) {
        const struct spec_name *name = names->table[i];
        unsigned distance;

        if (!name || !names_object(name))
            continue;
        distance = spec_distance(text, length, name->text, name->length, most);
        if (distance > most || distance >= length)
            continue;
        if (distance < most || !nearest || strcmp(name->text, nearest) < 0)
            nearest = name->text;
        most = distance;
    }
    return nearest;
}
