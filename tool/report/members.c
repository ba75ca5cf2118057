/* SPDX-License-Identifier: BSD-2-Clause */
/* Members of JSON objects, and what their values say. */
#include "report/members.h"

#include <inttypes.h>
#include <stdio.h>

void report_text(struct json_object *to, const char *key, const char *value)
{
    json_object_object_add(to, key, value ? json_object_new_string(value) : NULL);
}

void report_number(struct json_object *to, const char *key, uint64_t value)
{
    json_object_object_add(to, key, json_object_new_uint64(value));
}

void report_bool(struct json_object *to, const char *key, bool value)
{
    json_object_object_add(to, key, json_object_new_boolean(value));
}

void report_hex(struct json_object *to, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof(text), "0x%" PRIx64, value);
    report_text(to, key, text);
}

const char *report_name(const struct capdl_spec *spec, uint32_t object, uint32_t count, char text[REPORT_TEXT])
{
    if (count > 1) {
        uint32_t index = capdl_object_index(spec, object);
        snprintf(text, REPORT_TEXT, "%s[%" PRIu32 "..%" PRIu32 "]", capdl_object_name(spec, object), index,
                 index + count - 1);
        return text;
    }
    return capdl_object_label(spec, object, text, REPORT_TEXT);
}

const char *report_rights(enum capdl_kind kind, unsigned rights, char text[CAPDL_RIGHTS_TEXT])
{
    return rights & CAPDL_RIGHTS_ALL ? capdl_rights_text(kind, rights, text) : "-";
}

uint64_t report_share(uint64_t part, uint64_t whole, uint64_t all)
{
    return (uint64_t)((unsigned __int128)part * all / whole);
}
