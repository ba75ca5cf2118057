/* SPDX-License-Identifier: BSD-2-Clause */
/* Which form of JSON a document has. */
#include "spec_json.h"

#include "fields.h"

#include <string.h>

bool spec_json_is(const char *text, size_t size)
{
    size_t at = size >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (at < size && strchr(" \t\r\n", text[at]) && text[at]) {
        at++;
    }
    return at < size && text[at] == '{';
}

static bool has_member(const struct json *json, const char *name)
{
    struct json_list list = json_elements(json->root);
    for (const char *key; json_member(&list, &key);) {
        if (json_key_is(key, name)) {
            return true;
        }
    }
    return false;
}

bool spec_json_read(struct capdl_spec *spec, struct capdl_diags *diags, uint16_t source,
                    const struct capdl_text_options *options)
{
    struct json json;
    if (options && options->has_arch) {
        spec->arch = options->arch;
        spec->has_arch = true;
    }
    if (!capdl_text_fits(diags, source) || !json_open(&json, diags, spec, source)) {
        return false;
    }
    if (has_member(&json, "format")) {
        return own_read(&json);
    }
    if (has_member(&json, "objects") && (has_member(&json, "untyped_covers") || has_member(&json, "root_objects"))) {
        return rust_read(&json, options);
    }
    capdl_error(diags, json_pos(&json, json.root),
                "this JSON is not a known form of spec: expected \"format\": \"" SPEC_JSON_FORMAT
                "\" (docs/json.md), or \"objects\" and \"untyped_covers\" as rust-sel4 and Microkit write them");
    return false;
}
