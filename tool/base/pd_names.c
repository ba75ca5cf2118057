/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/pd_names.h"

#include <string.h>

/* What follows PREFIX_NAME in the object's name, or NULL. */
static const char *rest(const struct capdl_spec *spec, uint32_t object, const char *prefix, const char *name)
{
    const char *at = capdl_object_name(spec, object);
    size_t before = strlen(prefix), length = strlen(name);
    bool begins = strncmp(at, prefix, before) == 0 && at[before] == '_' && strncmp(at + before + 1, name, length) == 0;
    return begins ? at + before + 1 + length : NULL;
}

bool pd_names_element(const struct capdl_spec *spec, uint32_t object, const char *prefix, const char *name,
                      uint32_t *element)
{
    const char *after = rest(spec, object, prefix, name);
    *element = capdl_object_index(spec, object);
    return after && !*after && *element != CAPDL_NO_INDEX;
}

bool pd_names_numbered(const struct capdl_spec *spec, uint32_t object, const char *prefix, const char *name)
{
    const char *after = rest(spec, object, prefix, name);
    return after && after[0] == '_' && after[1] && !after[1 + strspn(after + 1, "0123456789")] &&
           capdl_object_index(spec, object) == CAPDL_NO_INDEX;
}
