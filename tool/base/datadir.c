/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/datadir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* The directory of the running program, to be freed. Without /proc, taken from argv[0]. */
static char *own_directory(void)
{
    char *path = realpath("/proc/self/exe", NULL);
    if (!path) {
        const char *started_as = (const char *)getauxval(AT_EXECFN);
        path = started_as ? realpath(started_as, NULL) : NULL;
    }
    char *slash = path ? strrchr(path, '/') : NULL;
    if (slash) {
        *slash = 0;
    }
    return path;
}

/* directory + between + "/" + name, if that file exists. */
static char *try_file(const char *directory, const char *between, const char *name)
{
    char *path;
    if (asprintf(&path, "%s%s/%s", directory, between, name) < 0) {
        return NULL;
    }
    if (access(path, R_OK) != 0) {
        free(path);
        return NULL;
    }
    return path;
}

/* A program in a build tree finds the file in the room's directory there; build.ninja marks the top of the tree. */
static char *try_build_tree(const char *own, const char *room, const char *name)
{
    char *top = strdup(own), *path = NULL, *slash = top;
    while (top && !path && slash) {
        char *build = try_file(top, "", "build.ninja");
        if (build) {
            char between[64];
            snprintf(between, sizeof(between), "/%s", room);
            path = try_file(top, between, name);
            free(build);
            break;
        }
        slash = strrchr(top, '/');
        if (slash) {
            *slash = 0;
        }
    }
    free(top);
    return path;
}

char *data_find(const char *room, const char *name)
{
    const char *data = getenv("CAPDL_DATA_DIR");
    if (data && *data) {
        return try_file(data, "", name);
    }
    char *own = own_directory(), *path = NULL;
    if (own) {
        path = try_file(own, "/../share/capdl", name);
        path = path ? path : try_build_tree(own, room, name);
    }
    free(own);
    return path ? path : try_file(CAPDL_INSTALLED_DATA_DIR, "", name);
}

const char *data_directories(void)
{
    const char *data = getenv("CAPDL_DATA_DIR");
    return data && *data ? data : "../share/capdl next to the program and " CAPDL_INSTALLED_DATA_DIR;
}
