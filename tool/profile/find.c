/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "profile/profile.h"

static void list_builtins(char *text, size_t size)
{
    const struct capdl_profile *p;
    size_t used = 0;
    for (size_t i = 0; (p = profile_builtin_at(i)) != NULL && used < size; i++) {
        used += (size_t)snprintf(text + used, size - used, "%s%s", i > 0 ? ", " : "", p->name);
    }
}

bool profile_find(const char *name, struct capdl_profile *p, struct capdl_diags *diags)
{
    const struct capdl_profile *builtin = profile_builtin(name);
    struct stat status;
    char names[512];
    if (builtin) {
        *p = *builtin;
        return true;
    }
    if (stat(name, &status) == 0) {
        return profile_read(name, p, diags);
    }
    list_builtins(names, sizeof(names));
    capdl_error(diags, CAPDL_NOWHERE, "no kernel '%s': neither a built-in profile (%s) nor a directory (%s)", name,
                names, strerror(errno));
    return false;
}
