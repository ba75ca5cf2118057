/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify/result_json.h"

#include <inttypes.h>

static void add_number(struct json_object *to, const char *key, uint64_t value)
{
    json_object_object_add(to, key, json_object_new_uint64(value));
}

static struct json_object *totals_json(const struct verify_result *r)
{
    const struct verify_totals *t = &r->totals;
    struct json_object *json = json_object_new_object();
    add_number(json, "objects", t->objects);
    add_number(json, "addresses", t->addresses);
    add_number(json, "capabilities", t->capabilities);
    add_number(json, "page_tables", t->tables);
    add_number(json, "mappings", t->mappings);
    add_number(json, "threads", t->threads);
    add_number(json, "scheduling_contexts", t->scheduling_contexts);
    add_number(json, "interrupts", t->interrupts);
    add_number(json, "bytes", t->pages * CAPDL_PAGE_SIZE);
    add_number(json, "device_bytes", t->device_pages * CAPDL_PAGE_SIZE);
    add_number(json, "kernel_calls", r->kernel_calls);
    add_number(json, "left_untypeds", t->left_untypeds);
    add_number(json, "left_bytes", t->left_bytes);
    add_number(json, "left_device_bytes", t->left_device_bytes);
    add_number(json, "left_frames", t->left_frames);
    return json;
}

struct json_object *verify_result_json(const char *name, const struct verify_result *r)
{
    struct json_object *json = json_object_new_object(), *differences = json_object_new_array();
    struct json_object *remains = json_object_new_array();
    for (size_t i = 0; i < r->num_differences; i++) {
        json_object_array_add(differences, json_object_new_string(r->differences[i]));
    }
    for (size_t i = 0; i < r->num_remains; i++) {
        struct json_object *kind = json_object_new_object();
        json_object_object_add(kind, "kind", json_object_new_string(r->remains[i].what));
        add_number(kind, "own", r->remains[i].own);
        add_number(kind, "shared", r->remains[i].shared);
        json_object_array_add(remains, kind);
    }
    json_object_object_add(json, "spec", json_object_new_string(name));
    json_object_object_add(json, "same", json_object_new_boolean(r->num_differences == 0));
    json_object_object_add(json, "differences", differences);
    json_object_object_add(json, "totals", totals_json(r));
    json_object_object_add(json, "remains", remains);
    add_number(json, "untyped_bytes", r->untyped_bytes);
    if (*r->digest) {
        char digest[32];
        add_number(json, "answered_calls", r->answered_calls);
        snprintf(digest, sizeof(digest), "0x%" PRIx64, r->calls_digest);
        json_object_object_add(json, "calls_digest", json_object_new_string(digest));
        add_number(json, "said_calls", r->said_calls);
        snprintf(digest, sizeof(digest), "0x%" PRIx64, r->said_digest);
        json_object_object_add(json, "said_digest", json_object_new_string(digest));
        json_object_object_add(json, "digest", json_object_new_string(r->digest));
    }
    return json;
}
