/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <sys/stat.h>

#include <capdl/escape.h>

#include "input.h"

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

static bool is_input(const struct input *input, const struct options *options, const char *output)
{
    if (same_file(input->name, output)) {
        return true;
    }
    for (uint32_t i = 0; i < input->spec.num_objects; i++) {
        struct capdl_fills fills = capdl_object_fills(&input->spec, i);
        if (capdl_object_kind(&input->spec, i) != CAPDL_KIND_FRAME || fills.count == 0 ||
            fills.list[0].kind != CAPDL_FILL_FILE) {
            continue;
        }
        char *path = file_find(fills.list[0].text, input->name, options->directories);
        bool same = path && same_file(path, output);
        free(path);
        if (same) {
            return true;
        }
    }
    return false;
}

bool output_is_safe(const struct input *input, const struct options *options, const char *output)
{
    bool safe = !is_input(input, options, output);
    if (!safe) {
        capdl_escape_printf(stderr, "capdl: %s is an input and would be overwritten; name another file\n", output);
    }
    return safe;
}
