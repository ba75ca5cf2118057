/* SPDX-License-Identifier: BSD-2-Clause */
/* Our own form: objects and their parameters. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_INDEX = (1 << 24) - 1 };

static const char *const links[] = {"name", "index", "type", "parent", "caps"};

static bool is_link(const char *key)
{
    for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++) {
        if (json_key_is(key, links[i])) {
            return true;
        }
    }
    return false;
}

static bool type_read(struct json *json, const char *value, enum capdl_kind *kind)
{
    const char *text;
    if (!json_string(json, value, "type", &text)) {
        return false;
    }
    for (unsigned i = 0; i < CAPDL_KIND_PROGRAM; i++) {
        if (strcmp(text, capdl_kind_keyword((enum capdl_kind)i)) == 0) {
            *kind = (enum capdl_kind)i;
            return true;
        }
    }
    capdl_error(json->diags, json_pos(json, value), "'%s' is not an object type: expected one such as ep, tcb or frame",
                text);
    return false;
}

static bool name_read(struct json *json, const char *value, const char **name)
{
    if (!json_string(json, value, "name", name)) {
        return false;
    }
    if (!name_is_valid(*name)) {
        capdl_error(json->diags, json_pos(json, value),
                    "'%s' cannot name an object: expected a letter, then letters, digits and _ - @ . and no keyword",
                    *name);
        return false;
    }
    return true;
}

/* As in text: one name for an object and an array is for untypeds only. */
static bool is_array_and_single(const struct own_reader *reader, const char *name, uint64_t index, unsigned kind)
{
    const struct capdl_spec *spec = reader->spec;
    uint32_t length = capdl_spec_array_length(spec, name);
    uint32_t other = index != CAPDL_NO_INDEX ? capdl_spec_find(spec, name, CAPDL_NO_INDEX)
                     : length                ? capdl_spec_find(spec, name, length - 1)
                                             : CAPDL_NO_OBJECT;
    return other != CAPDL_NO_OBJECT && (kind != CAPDL_KIND_UT || capdl_object_kind(spec, other) != CAPDL_KIND_UT);
}

/* Adds the object of its name, index and type. */
uint32_t own_object_read(struct own_reader *reader, const char *value)
{
    const char *members[3] = {NULL};
    const char *name;
    enum capdl_kind kind;
    uint64_t index = CAPDL_NO_INDEX;
    struct json *json = reader->json;
    if (!json_object(json, value, "object")) {
        return CAPDL_NO_OBJECT;
    }
    struct json_list list = json_elements(value);
    for (const char *key, *member; (member = json_member(&list, &key));) {
        for (unsigned i = 0; i < 3; i++) {
            members[i] = !members[i] && json_key_is(key, links[i]) && !json_is_null(member) ? member : members[i];
        }
    }
    if (!members[0] || !members[2]) {
        capdl_error(json->diags, json_pos(json, value), "this object lacks the member '%s'",
                    members[0] ? "type" : "name");
        return CAPDL_NO_OBJECT;
    }
    if (!name_read(json, members[0], &name) || !type_read(json, members[2], &kind) ||
        (members[1] && !json_number(json, members[1], "index", MOST_INDEX, &index))) {
        return CAPDL_NO_OBJECT;
    }
    uint32_t old = capdl_spec_find(reader->spec, name, (uint32_t)index);
    if (old != CAPDL_NO_OBJECT) {
        capdl_error(json->diags, json_pos(json, members[0]), "'%s' is declared twice", name);
        capdl_note(json->diags, capdl_object_pos(reader->spec, old), "first declared here");
        return CAPDL_NO_OBJECT;
    }
    if (is_array_and_single(reader, name, index, kind)) {
        capdl_error(
            json->diags, json_pos(json, members[0]),
            "'%s' is declared with and without an index, which is allowed only for untypeds: rename one of them", name);
        return CAPDL_NO_OBJECT;
    }
    return capdl_spec_add(reader->spec, name, (uint32_t)index, kind, json_pos(json, value));
}

static const struct field *field_find(unsigned kind, const char *key)
{
    for (size_t i = 0; i < num_own_fields; i++) {
        if (own_fields[i].kind == kind && json_key_is(key, own_fields[i].name)) {
            return &own_fields[i];
        }
    }
    return NULL;
}

static void report_unknown(struct own_reader *reader, const char *key, unsigned kind)
{
    char names[300];
    size_t used = (size_t)snprintf(names, sizeof(names), "name, index, type, parent, caps");
    for (size_t i = 0; i < num_own_fields && used < sizeof(names); i++) {
        if (own_fields[i].kind == kind) {
            used += (size_t)snprintf(names + used, sizeof(names) - used, ", %s", own_fields[i].name);
        }
    }
    capdl_error(reader->json->diags, json_pos(reader->json, key),
                "an object of type %s has no member '%.*s'; its members: %s", capdl_kind_keyword((enum capdl_kind)kind),
                json_key_length(key), key + 1, names);
}

static uint64_t *numbers_read(struct own_reader *reader, const char *value, const char *what, size_t *count)
{
    struct json_list list = {NULL};
    uint64_t *numbers = NULL;
    size_t capacity = 0;
    *count = 0;
    if (!json_array(reader->json, value, what)) {
        return NULL;
    }
    list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        uint64_t number;
        json_number(reader->json, item, what, UINT64_MAX, &number);
        numbers = memory_grow(numbers, &capacity, *count + 1, sizeof(*numbers));
        numbers[(*count)++] = number;
    }
    uint64_t *kept = capdl_spec_alloc(reader->spec, *count * sizeof(*kept));
    if (*count) {
        memcpy(kept, numbers, *count * sizeof(*kept));
    }
    free(numbers);
    return kept;
}

static void fills_read(struct own_reader *reader, const char *value, struct capdl_object *object)
{
    struct capdl_fill *fills = NULL;
    size_t count = 0, capacity = 0;
    if (!json_array(reader->json, value, "fill")) {
        return;
    }
    struct json_list list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        fills = memory_grow(fills, &capacity, count + 1, sizeof(*fills));
        own_fill_read(reader, item, &fills[count++]);
    }
    object->flags |= CAPDL_OBJECT_HAS_FILL;
    object->u.fills.count = count;
    object->u.fills.list = capdl_spec_alloc(reader->spec, count * sizeof(*fills));
    if (count) {
        memcpy(object->u.fills.list, fills, count * sizeof(*fills));
    }
    free(fills);
}

static void size_read(struct own_reader *reader, const char *value, struct capdl_object *object)
{
    uint64_t bits;
    uint64_t most = object->kind == CAPDL_KIND_CNODE ? 59 : 63;
    json_number(reader->json, value, "size_bits", most, &bits);
    if (object->kind == CAPDL_KIND_FRAME && bits < 10) {
        capdl_error(reader->json->diags, json_pos(reader->json, value), "a frame of 2^%u bytes: expected at least 2^10",
                    (unsigned)bits);
        bits = 12;
    }
    object->size_bits = (uint8_t)bits;
    object->flags |= CAPDL_OBJECT_HAS_SIZE;
}

static void number_set(struct own_reader *reader, struct capdl_object *object, unsigned number, uint64_t value)
{
    if (!object->u.numbers) {
        object->u.numbers = capdl_spec_alloc(reader->spec, sizeof(*object->u.numbers));
    }
    object->u.numbers->has |= (uint8_t)(1u << number);
    object->u.numbers->value[number] = value;
}

static void trigger_read(struct own_reader *reader, const char *value, struct capdl_object *object)
{
    const char *text;
    if (!json_string(reader->json, value, "trigger", &text)) {
        return;
    }
    if (strcmp(text, "level") != 0 && strcmp(text, "edge") != 0) {
        capdl_error(reader->json->diags, json_pos(reader->json, value), "'trigger' is '%s': expected level or edge",
                    text);
    }
    number_set(reader, object, CAPDL_NUMBER_TRIGGER, strcmp(text, "edge") == 0);
}

static void field_read(struct own_reader *reader, const char *value, const struct field *field,
                       struct capdl_object *object)
{
    uint64_t number = 0;
    bool flag = false;
    switch (field->action) {
    case FIELD_SIZE_BITS:
        size_read(reader, value, object);
        return;
    case FIELD_FILL:
        fills_read(reader, value, object);
        return;
    case FIELD_TRIGGER:
        trigger_read(reader, value, object);
        return;
    case FIELD_CONTIGUOUS:
        json_bool(reader->json, value, field->name, &flag);
        object->flags =
            (uint8_t)(flag ? object->flags | CAPDL_OBJECT_CONTIGUOUS : object->flags & ~CAPDL_OBJECT_CONTIGUOUS);
        return;
    case FIELD_TCB_LIST:
        capdl_tcb_make(reader->spec, object)->has |= CAPDL_TCB_HAS_INIT;
        object->u.tcb->init = numbers_read(reader, value, "init", &object->u.tcb->num_init);
        return;
    case FIELD_TCB_BOOL:
        json_bool(reader->json, value, field->name, &flag);
        capdl_tcb_set(capdl_tcb_make(reader->spec, object), field->bit, flag);
        return;
    default:
        json_number(reader->json, value, field->name, UINT64_MAX, &number);
    }
    if (field->action == FIELD_TCB_NUMBER) {
        capdl_tcb_set(capdl_tcb_make(reader->spec, object), field->bit, number);
    } else if (field->action == FIELD_SC_NUMBER) {
        if (!object->u.sc) {
            object->u.sc = capdl_spec_alloc(reader->spec, sizeof(*object->u.sc));
        }
        *(uint64_t *)(void *)((char *)object->u.sc + field->offset) = number;
    } else if (field->action == FIELD_NUMBER) {
        number_set(reader, object, field->bit, number);
    } else {
        object->paddr = number;
        object->flags |= CAPDL_OBJECT_HAS_PADDR;
    }
}

static bool has(uint64_t seen, unsigned kind, const char *name)
{
    for (size_t i = 0; i < num_own_fields; i++) {
        if (own_fields[i].kind == kind && strcmp(own_fields[i].name, name) == 0) {
            return seen >> i & 1;
        }
    }
    return false;
}

/* What the parameters mean together. */
static void params_finish(struct own_reader *reader, struct capdl_object *object, uint64_t seen)
{
    struct capdl_diags *diags = reader->json->diags;
    for (size_t i = 0; i < num_own_fields; i++) {
        if (own_fields[i].kind == object->kind && own_fields[i].needed && !(seen >> i & 1)) {
            capdl_error(diags, object->pos, "'%s' lacks the member '%s', which every %s needs", object->name,
                        own_fields[i].name, capdl_kind_keyword((enum capdl_kind)object->kind));
        }
    }
    if (object->kind == CAPDL_KIND_SC && object->u.sc) {
        bool period = has(seen, CAPDL_KIND_SC, "period"), budget = has(seen, CAPDL_KIND_SC, "budget");
        object->u.sc->has_times = period && budget;
        object->u.sc->has_data = has(seen, CAPDL_KIND_SC, "data");
        if (!period || !budget) {
            capdl_error(diags, object->pos, "'%s' lacks the member '%s', which its other members need", object->name,
                        period ? "budget" : "period");
        }
    }
    if (object->kind == CAPDL_KIND_IO_PORTS && object->u.numbers &&
        (object->u.numbers->value[0] > object->u.numbers->value[1] || object->u.numbers->value[1] > 0xffff)) {
        capdl_error(diags, object->pos, "'%s': expected ports between 0 and 65535, the first not above the last",
                    object->name);
    }
    if (object->kind == CAPDL_KIND_CNODE && object->size_bits == 0) {
        object->kind = CAPDL_KIND_IRQ;
    }
}

void own_params_read(struct own_reader *reader, const char *value, uint32_t id)
{
    struct capdl_object object = capdl_object_view(reader->spec, id);
    struct json_list list = json_elements(value);
    uint64_t seen = 0;
    unsigned links_seen = 0;
    _Static_assert(sizeof(links) / sizeof(links[0]) <= 8, "a bit for each");
    for (const char *key, *member; (member = json_member(&list, &key));) {
        const struct field *field = field_find(object.kind, key);
        uint64_t bit = field ? UINT64_C(1) << (field - own_fields) : 0;
        unsigned link = 0;
        for (unsigned i = 0; !field && i < sizeof(links) / sizeof(links[0]); i++) {
            link |= json_key_is(key, links[i]) ? 1u << i : 0;
        }
        if (seen & bit || links_seen & link) {
            capdl_error(reader->json->diags, json_pos(reader->json, key), "'%s' has the member '%.*s' twice",
                        object.name, json_key_length(key), key + 1);
        } else if (!field && !is_link(key)) {
            report_unknown(reader, key, object.kind);
        } else if (field && !json_is_null(member)) {
            field_read(reader, member, field, &object);
            seen |= bit;
        }
        links_seen |= link;
    }
    params_finish(reader, &object, seen);
    capdl_object_set(reader->spec, id, &object);
}
