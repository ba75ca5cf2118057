/* SPDX-License-Identifier: BSD-2-Clause */
/* The model: adding and finding objects and capabilities. */
#include <stdlib.h>
#include <string.h>

#include "model.h"

static const struct {
    char letter, frame_letter;
    uint8_t right;
} rights_table[] = {
#define CAPDL_RIGHT(id, letter, frame_letter, bit, name) {letter, frame_letter, CAPDL_RIGHT_##id},
#include <capdl/rights.def>
#undef CAPDL_RIGHT
};

enum { NUM_RIGHTS = sizeof(rights_table) / sizeof(rights_table[0]) };

uint8_t capdl_right_of(char letter)
{
    for (unsigned i = 0; i < NUM_RIGHTS; i++) {
        if (letter == rights_table[i].letter || letter == rights_table[i].frame_letter) {
            return rights_table[i].right;
        }
    }
    return 0;
}

char *capdl_rights_text(enum capdl_kind kind, uint64_t rights, char text[CAPDL_RIGHTS_TEXT])
{
    size_t length = 0;
    for (unsigned i = 0; i < NUM_RIGHTS; i++) {
        if (rights & rights_table[i].right) {
            text[length++] = kind == CAPDL_KIND_FRAME ? rights_table[i].frame_letter : rights_table[i].letter;
        }
    }
    text[length] = 0;
    return text;
}

enum { ELEMENT_MOST = sizeof("[4294967295]") };

/* "[3]", for which printf would take most of the time of what makes very many labels. */
static void put_index(char *text, uint32_t index)
{
    char digits[ELEMENT_MOST], *at = digits + sizeof(digits);
    do {
        *--at = (char)('0' + index % 10);
        index /= 10;
    } while (index);
    *text++ = '[';
    while (at < digits + sizeof(digits)) {
        *text++ = *at++;
    }
    *text++ = ']';
    *text = '\0';
}

char *capdl_object_label(const struct capdl_spec *spec, uint32_t id, char *buffer, size_t size)
{
    uint32_t index = capdl_object_index(spec, id);
    const char *name = capdl_object_name(spec, id);
    size_t length = strlen(name);
    if (index != CAPDL_NO_INDEX && length + ELEMENT_MOST < size) {
        memcpy(buffer, name, length);
        put_index(buffer + length, index);
    } else if (index != CAPDL_NO_INDEX) {
        snprintf(buffer, size, "%s[%u]", name, (unsigned)index);
    } else if (size) {
        length = length < size ? length : size - 1;
        memcpy(buffer, name, length);
        buffer[length] = '\0';
    }
    return buffer;
}

void capdl_spec_init(struct capdl_spec *spec)
{
    memset(spec, 0, sizeof(*spec));
    spec->objects = capdl_spec_objects_new();
    spec->caps = capdl_spec_caps_new();
    spec->places = capdl_spec_positions_new();
    spec->arena = capdl_spec_realloc(NULL, sizeof(*spec->arena));
    memset(spec->arena, 0, sizeof(*spec->arena));
    spec->names = capdl_spec_realloc(NULL, sizeof(*spec->names));
    memset(spec->names, 0, sizeof(*spec->names));
}

void capdl_spec_free(struct capdl_spec *spec)
{
    if (spec->caps) {
        capdl_spec_caps_free(spec);
    }
    if (spec->objects) {
        capdl_spec_objects_free(spec->objects);
    }
    if (spec->places) {
        capdl_spec_positions_free(spec->places);
    }
    free(spec->extras);
    free(spec->irqs);
    free(spec->derivations);
    if (spec->names) {
        capdl_spec_names_free(spec->names);
    }
    if (spec->arena) {
        capdl_spec_arena_free(spec->arena);
    }
    free(spec->names);
    free(spec->arena);
    memset(spec, 0, sizeof(*spec));
}

void *capdl_spec_alloc(struct capdl_spec *spec, size_t size)
{
    return capdl_spec_arena_alloc(spec->arena, size);
}

const char *capdl_spec_intern(struct capdl_spec *spec, const char *text, size_t length)
{
    return capdl_spec_name_intern(spec, text, length)->text;
}

uint32_t capdl_spec_find(const struct capdl_spec *spec, const char *text, uint32_t index)
{
    const struct spec_name *name = capdl_spec_name_lookup(spec, text, strlen(text));
    return name ? capdl_spec_name_find(spec, name, index) : CAPDL_NO_OBJECT;
}

uint32_t capdl_spec_array_length(const struct capdl_spec *spec, const char *text)
{
    const struct spec_name *name = capdl_spec_name_lookup(spec, text, strlen(text));
    return name ? capdl_spec_name_length(spec, name) : 0;
}

uint32_t capdl_spec_add_named(struct capdl_spec *spec, struct spec_name *name, uint32_t index, enum capdl_kind kind,
                              struct capdl_pos pos)
{
    uint32_t id = capdl_spec_objects_add(spec);
    struct capdl_object object = {
        .name = name->text,
        .index = index,
        .parent = CAPDL_NO_OBJECT,
        .kind = (uint8_t)kind,
        .program = CAPDL_NO_OBJECT,
        .pos = pos,
    };
    capdl_object_set(spec, id, &object);
    capdl_spec_name_enter(spec, name, index, id);
    return id;
}

uint32_t capdl_spec_add(struct capdl_spec *spec, const char *name, uint32_t index, enum capdl_kind kind,
                        struct capdl_pos pos)
{
    return capdl_spec_add_named(spec, capdl_spec_name_intern(spec, name, strlen(name)), index, kind, pos);
}
