/* SPDX-License-Identifier: BSD-2-Clause */
/* rust-sel4's form: makes objects of the spec out of those in the list, with names that capDL text can say. */
#include "rust_reader.h"

#include <stdlib.h>
#include <string.h>

#include "rust_list.h"

/* A name that capDL text can say: what it cannot becomes `_`. */
static const char *speakable(struct rust_reader *reader, const char *name)
{
    size_t length = strlen(name);
    char *text = malloc(length + 3);
    if (!text) {
        capdl_spec_out_of_memory();
    }
    strcpy(text + 2, name);
    for (char *c = text + 2; *c; c++) {
        bool plain = (*c >= '0' && *c <= '9') || (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (unsigned char)*c >= 0x80;
        *c = plain || strchr("_-@.", *c) ? *c : '_';
    }
    memcpy(text, "o_", 2);
    const char *interned = capdl_spec_intern(reader->spec, text + 2, length);
    if (!name_is_valid(interned)) {
        interned = capdl_spec_intern(reader->spec, text, length + 2);
    }
    free(text);
    return interned;
}

/* The name of an object: its own, made speakable and different from all others. */
static const char *object_name(struct rust_reader *reader, size_t id)
{
    const struct rust_object *object = &reader->objects[id];
    const char *name = "";
    if (object->name) {
        json_string(reader->json, object->name, "name", &name);
    }
    if (!*name) {
        name = capdl_kind_keyword((enum capdl_kind)object->kind);
    }
    const char *result = speakable(reader, name);
    if (object->name && capdl_spec_find(reader->spec, result, CAPDL_NO_INDEX) == CAPDL_NO_OBJECT) {
        return result;
    }
    size_t size = strlen(result) + 32;
    char *text = capdl_spec_alloc(reader->spec, size);
    do {
        snprintf(text, size, "%s_%zu", result, id);
        result = capdl_spec_intern(reader->spec, text, strlen(text));
        id += reader->num_objects;
    } while (capdl_spec_find(reader->spec, result, CAPDL_NO_INDEX) != CAPDL_NO_OBJECT);
    return result;
}

static void add(struct rust_reader *reader, size_t id)
{
    struct rust_object *object = &reader->objects[id];
    if (object->kind == CAPDL_KIND_DOMAIN || object->kind == CAPDL_KIND_COUNT) {
        return;
    }
    enum capdl_kind kind =
        object->kind == CAPDL_KIND_PT ? rust_table_kind(reader, object) : (enum capdl_kind)object->kind;
    object->object = capdl_spec_add(reader->spec, object_name(reader, id), CAPDL_NO_INDEX, kind,
                                    json_pos(reader->json, object->value));
    rust_params_read(reader, object);
}

void rust_objects_read(struct rust_reader *reader, const char *value)
{
    rust_list_read(reader, value);
    size_t errors = reader->json->diags->num_errors;
    if (errors || !rust_arch_find(reader)) {
        return;
    }
    rust_levels_find(reader);
    for (size_t i = 0; i < reader->num_objects; i++) {
        add(reader, i);
    }
}
