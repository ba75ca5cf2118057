/* SPDX-License-Identifier: BSD-2-Clause */
/* The form of rust-sel4 5.0.0 (sel4-capdl-initializer-types) and the one Microkit's --capdl-json writes, which differ
 * in contents. */
#include "rust_reader.h"

#include <stdlib.h>
#include <string.h>

#include "rust_list.h"

enum member { OBJECTS, IRQS, SCHEDULE, SET_START, INDEX_SHIFT, ASID_SLOTS, COVERS, NUM_MEMBERS };

static void irqs_read(struct rust_reader *reader, const char *value)
{
    static const struct json_field fields[] = {{"irq", true}, {"handler", true}, {NULL}};
    if (!json_array(reader->json, value, "irqs")) {
        return;
    }
    struct json_list list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        const char *members[2];
        uint64_t irq, id;
        if (json_fields(reader->json, item, "an interrupt", fields, JSON_OTHERS_IGNORED, members) &&
            json_number(reader->json, members[0], "irq", UINT64_MAX, &irq) &&
            rust_reference(reader, members[1], "handler", &id) && reader->objects[id].object != CAPDL_NO_OBJECT) {
            irq_add(reader->json, irq, reader->objects[id].object, json_pos(reader->json, item));
        }
    }
    irqs_finish(reader->json);
}

static void cover_read(struct rust_reader *reader, const char *value)
{
    static const struct json_field fields[] = {{"parent", true}, {"children", true}, {NULL}};
    static const struct json_field range[] = {{"start", true}, {"end", true}, {NULL}};
    const char *members[2], *ends[2];
    uint64_t parent, start, end;
    if (!json_fields(reader->json, value, "a cover", fields, JSON_OTHERS_IGNORED, members) ||
        !json_fields(reader->json, members[1], "'children'", range, JSON_OTHERS_IGNORED, ends) ||
        !rust_reference(reader, members[0], "parent", &parent) ||
        !json_number(reader->json, ends[0], "start", reader->num_objects, &start) ||
        !json_number(reader->json, ends[1], "end", reader->num_objects, &end)) {
        return;
    }
    uint32_t untyped = reader->objects[parent].object;
    if (reader->objects[parent].kind != CAPDL_KIND_UT) {
        capdl_error(reader->json->diags, json_pos(reader->json, members[0]), "'parent' is not an untyped");
        return;
    }
    for (uint64_t i = start; i < end; i++) {
        uint32_t child = reader->objects[i].object;
        if (child == untyped ||
            (child != CAPDL_NO_OBJECT && capdl_object_parent(reader->spec, child) != CAPDL_NO_OBJECT)) {
            capdl_error(reader->json->diags, json_pos(reader->json, value),
                        "'%s' is made from two untypeds, or from itself", capdl_object_name(reader->spec, child));
            return;
        }
        if (child != CAPDL_NO_OBJECT) {
            struct capdl_object covered = capdl_object_view(reader->spec, child);
            covered.parent = untyped;
            capdl_object_set(reader->spec, child, &covered);
        }
    }
}

/* {"Ticks": n}, {"Us": n} or "EndMarker" */
static void duration_read(struct rust_reader *reader, const char *value, struct capdl_domain_entry *entry)
{
    const char *key = value, *number = NULL;
    if (*value == '{') {
        struct json_list list = json_elements(value);
        number = json_member(&list, &key);
    }
    if (*value == '"' && json_key_is(value, "EndMarker")) {
        entry->end_marker = true;
        entry->domain = 0; /* as capDL text writes it */
    } else if (number && (json_key_is(key, "Ticks") || json_key_is(key, "Us"))) {
        json_number(reader->json, number, "duration", UINT64_MAX, &entry->duration);
        entry->unit = json_key_is(key, "Us") ? CAPDL_MICROSECONDS : CAPDL_TICKS;
        entry->end_marker = !entry->domain && !entry->duration;
    } else {
        capdl_error(reader->json->diags, json_pos(reader->json, value),
                    "'duration': expected {\"Ticks\": n}, {\"Us\": n} or "
                    "\"EndMarker\"");
    }
}

static void schedule_read(struct rust_reader *reader, const char *value)
{
    static const struct json_field fields[] = {{"domain", true}, {"duration", true}, {NULL}};
    struct capdl_domains *domains = &reader->spec->domains;
    struct capdl_domain_entry *entries = NULL;
    size_t count = 0, capacity = 0;
    if (!json_array(reader->json, value, "domain_schedule")) {
        return;
    }
    struct json_list list = json_elements(value);
    for (const char *item, *members[2]; (item = json_item(&list));) {
        entries = memory_grow(entries, &capacity, count + 1, sizeof(*entries));
        entries[count] = (struct capdl_domain_entry){.pos = json_pos(reader->json, item)};
        if (json_fields(reader->json, item, "a schedule entry", fields, JSON_OTHERS_IGNORED, members)) {
            json_number(reader->json, members[0], "domain", UINT8_MAX, &entries[count].domain);
            duration_read(reader, members[1], &entries[count]);
        }
        count++;
    }
    domains->has_schedule = true;
    domains->pos = json_pos(reader->json, value);
    domains->num_schedule = count;
    domains->schedule = capdl_spec_alloc(reader->spec, count * sizeof(*entries));
    if (count) {
        memcpy(domains->schedule, entries, count * sizeof(*entries));
    }
    free(entries);
}

static void domains_read(struct rust_reader *reader, const char **members)
{
    struct capdl_domains *domains = &reader->spec->domains;
    if (members[SCHEDULE]) {
        schedule_read(reader, members[SCHEDULE]);
    }
    if (members[SET_START] &&
        json_number(reader->json, members[SET_START], "domain_set_start", UINT64_MAX, &domains->start_index)) {
        domains->start_kind = CAPDL_DOMAIN_START_INDEX;
    }
    if (members[INDEX_SHIFT]) {
        domains->has_index_shift =
            json_number(reader->json, members[INDEX_SHIFT], "domain_idx_shift", UINT64_MAX, &domains->index_shift);
    }
}

static void links_read(struct rust_reader *reader, const char **members)
{
    for (size_t i = 0; i < reader->num_objects; i++) {
        rust_caps_read(reader, &reader->objects[i]);
    }
    irqs_read(reader, members[IRQS]);
    if (members[COVERS] && json_array(reader->json, members[COVERS], "untyped_covers")) {
        struct json_list list = json_elements(members[COVERS]);
        for (const char *item; (item = json_item(&list));) {
            cover_read(reader, item);
        }
    }
    if (members[ASID_SLOTS] && json_array(reader->json, members[ASID_SLOTS], "asid_slots")) {
        struct json_list list = json_elements(members[ASID_SLOTS]);
        uint64_t id;
        for (const char *item; (item = json_item(&list));) {
            rust_reference(reader, item, "asid_slots", &id);
        }
    }
    domains_read(reader, members);
}

bool rust_read(struct json *json, const struct capdl_text_options *options)
{
    static const struct json_field fields[] = {
        {"objects", true},           {"irqs", true},        {"domain_schedule", false}, {"domain_set_start", false},
        {"domain_idx_shift", false}, {"asid_slots", false}, {"untyped_covers", false},  {NULL},
    };
    const char *members[NUM_MEMBERS];
    struct rust_reader reader = {.json = json, .spec = json->spec};
    size_t errors = json->diags->num_errors;
    (void)options;
    if (json_fields(json, json->root, "a spec", fields, JSON_OTHERS_IGNORED, members) &&
        json_array(json, members[OBJECTS], "objects")) {
        rust_objects_read(&reader, members[OBJECTS]);
        if (json->diags->num_errors == errors) {
            links_read(&reader, members);
        }
    }
    free(reader.objects);
    if (json->diags->num_errors == errors) {
        return true;
    }
    capdl_note(json->diags, json_pos(json, json->root), "this was read as %s",
               reader.microkit ? "the form that Microkit's --capdl-json writes"
                               : "rust-sel4's form of JSON, version 5.0.0");
    return false;
}
