/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/depfile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    bool started, failed;
    char **paths;
    size_t count, capacity;
} noted;

void depfile_start(void)
{
    noted.started = true;
}

static bool is_noted(const char *path)
{
    for (size_t i = 0; i < noted.count; i++) {
        if (strcmp(noted.paths[i], path) == 0) {
            return true;
        }
    }
    return false;
}

void depfile_note(const char *path)
{
    if (!noted.started || strcmp(path, "-") == 0 || is_noted(path)) {
        return;
    }
    if (noted.count == noted.capacity) {
        size_t capacity = noted.capacity ? 2 * noted.capacity : 16;
        char **larger = realloc(noted.paths, capacity * sizeof(*larger));
        if (!larger) {
            noted.failed = true;
            return;
        }
        noted.paths = larger;
        noted.capacity = capacity;
    }
    char *copy = strdup(path);
    noted.failed |= !copy;
    if (copy) {
        noted.paths[noted.count++] = copy;
    }
}

char *const *depfile_paths(size_t *count)
{
    *count = noted.count;
    return noted.paths;
}

/* Blanks and number signs are quoted by a backslash, which doubles those before it, and dollars by another. */
static void put_name(FILE *out, const char *name)
{
    size_t backslashes = 0;
    for (; *name; name++) {
        if (*name == ' ' || *name == '\t' || *name == '#') {
            for (size_t i = 0; i < backslashes; i++) {
                putc('\\', out);
            }
            putc('\\', out);
        } else if (*name == '$') {
            putc('$', out);
        }
        backslashes = *name == '\\' ? backslashes + 1 : 0;
        putc(*name, out);
    }
}

bool depfile_write(FILE *out, const char *target)
{
    put_name(out, target);
    putc(':', out);
    for (size_t i = 0; i < noted.count; i++) {
        fputs(" \\\n  ", out);
        put_name(out, noted.paths[i]);
    }
    for (size_t i = 0; i < noted.count; i++) {
        fputs(i ? "\n" : "\n\n", out);
        put_name(out, noted.paths[i]);
        putc(':', out);
    }
    putc('\n', out);
    return !noted.failed;
}
