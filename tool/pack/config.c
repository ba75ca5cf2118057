/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "profile/profile.h"

struct json_object *config_open(const struct capdl_profile *profile, struct capdl_diags *diags)
{
    if (!profile->prefix[0]) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "profile %s is built in and has no kernel; name a kernel's install prefix with --kernel",
                    profile->name);
        return NULL;
    }
    char *path = profile_file(profile->prefix, "libsel4/include/kernel/gen_config.json");
    struct json_object *config = json_object_from_file(path);
    if (!json_object_is_type(config, json_type_object)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: cannot be read as the kernel's configuration (a JSON object)", path);
        json_object_put(config);
        config = NULL;
    }
    free(path);
    return config;
}

void config_close(struct json_object *config)
{
    json_object_put(config);
}

/* Numbers are stored as text, switches as JSON booleans. */
static const char *config_text(struct json_object *config, const char *symbol)
{
    struct json_object *value;
    return json_object_object_get_ex(config, symbol, &value) ? json_object_get_string(value) : "";
}

bool config_on(struct json_object *config, const char *symbol)
{
    const char *text = config_text(config, symbol);
    return strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
}

uint64_t config_number(struct json_object *config, const char *symbol, uint64_t otherwise)
{
    const char *text = config_text(config, symbol);
    char *end;
    uint64_t value = strtoull(text, &end, 0);
    return end == text || *end ? otherwise : value;
}
