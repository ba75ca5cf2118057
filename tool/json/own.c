/* SPDX-License-Identifier: BSD-2-Clause */
/* Our own form, docs/json.md: objects first, then, when all are known, what refers to them. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

#include <capdl/architecture.h>

enum member { FORMAT, VERSION, ARCH, OBJECTS, IRQS, DERIVATIONS, DOMAINS, NUM_MEMBERS };

static void arch_read(struct json *json, const char *value)
{
    const char *text;
    if (!json_string(json, value, "arch", &text) || json->spec->has_arch) {
        return;
    }
    for (unsigned i = 0; i < CAPDL_ARCH_COUNT; i++) {
        if (strcmp(text, capdl_arch_name((enum capdl_arch)i)) == 0) {
            json->spec->arch = (enum capdl_arch)i;
            json->spec->has_arch = true;
            return;
        }
    }
    char list[CAPDL_ARCH_LIST];
    capdl_error(json->diags, json_pos(json, value), "'arch' is '%s': expected %s", text,
                capdl_arch_list(CAPDL_ARCH_KEYWORDS, list));
}

static void check_version(struct json *json, const char **members)
{
    const char *format;
    uint64_t version;
    if (json_string(json, members[FORMAT], "format", &format) && strcmp(format, SPEC_JSON_FORMAT) != 0) {
        capdl_error(json->diags, json_pos(json, members[FORMAT]), "'format' is '%s': expected " SPEC_JSON_FORMAT,
                    format);
    }
    if (json_number(json, members[VERSION], "version", UINT64_MAX, &version) && version != SPEC_JSON_VERSION) {
        capdl_error(json->diags, json_pos(json, members[VERSION]), "version %llu of this form is unknown: expected %d",
                    (unsigned long long)version, SPEC_JSON_VERSION);
    }
}

static void objects_read(struct own_reader *reader, const char *value)
{
    struct json_list list = json_elements(value);
    for (const char *item; (item = json_item(&list));) {
        uint32_t object = own_object_read(reader, item);
        if (object != CAPDL_NO_OBJECT) {
            own_params_read(reader, item, object);
        }
    }
}

/* An array has no gaps: capDL text could not say that. */
static void arrays_check(struct own_reader *reader)
{
    struct capdl_spec *spec = reader->spec;
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        if (capdl_object_index(spec, i) == CAPDL_NO_INDEX ||
            capdl_object_index(spec, i) + 1 != capdl_spec_array_length(spec, capdl_object_name(spec, i))) {
            continue;
        }
        for (uint32_t index = 0; index < capdl_object_index(spec, i); index++) {
            if (capdl_spec_find(spec, capdl_object_name(spec, i), index) == CAPDL_NO_OBJECT) {
                capdl_error(reader->json->diags, capdl_object_pos(spec, i),
                            "array '%s' has an element %u but no element %u", capdl_object_name(spec, i),
                            (unsigned)capdl_object_index(spec, i), (unsigned)index);
                break;
            }
        }
    }
}

static void links_read(struct own_reader *reader, const char *value)
{
    struct json_list list = json_elements(value);
    uint32_t object = 0;
    for (const char *item; (item = json_item(&list)); object++) {
        own_refs_read(reader, item, object);
    }
}

bool own_read(struct json *json)
{
    static const struct json_field fields[] = {
        {"format", true}, {"version", true},      {"arch", true},     {"objects", true},
        {"irqs", false},  {"derivations", false}, {"domains", false}, {NULL},
    };
    const char *members[NUM_MEMBERS];
    size_t errors = json->diags->num_errors;
    struct own_reader reader = {json, json->spec};
    if (!json_fields(json, json->root, "a spec", fields, JSON_OTHERS_WRONG, members)) {
        return false;
    }
    check_version(json, members);
    arch_read(json, members[ARCH]);
    if (!json_array(json, members[OBJECTS], "objects") || json->diags->num_errors > errors) {
        return false;
    }
    objects_read(&reader, members[OBJECTS]);
    arrays_check(&reader);
    if (json->diags->num_errors > errors) {
        return false; /* what refers to an object that is wrong would be reported once more */
    }
    links_read(&reader, members[OBJECTS]);
    if (members[IRQS]) {
        own_irqs_read(&reader, members[IRQS]);
    }
    if (members[DERIVATIONS]) {
        own_derivations_read(&reader, members[DERIVATIONS]);
    }
    if (members[DOMAINS]) {
        own_domains_read(&reader, members[DOMAINS]);
    }
    return json->diags->num_errors == errors;
}
