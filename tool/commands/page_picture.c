/* SPDX-License-Identifier: BSD-2-Clause */
#include "page_picture.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "graph_svg.h"

/* Whether Graphviz is there: without it, a page is complete, and nothing is worth a message. */
static bool has_dot(void)
{
    const char *path = getenv("PATH");
    bool found = false;
    while (path && *path && !found) {
        size_t length = strcspn(path, ":");
        char *program = NULL;
        if (asprintf(&program, "%.*s/dot", (int)length, path) < 0) {
            return false;
        }
        found = access(program, X_OK) == 0;
        free(program);
        path += length + (path[length] == ':');
    }
    return found;
}

char *page_picture(const struct capdl_spec *spec, const struct capdl_spec *old, size_t *size)
{
    struct capdl_picture *picture = capdl_picture_make(spec, old, &(struct capdl_picture_options){.focus = NULL});
    char *text = NULL;
    FILE *out = capdl_picture_is_large(picture) || has_dot() ? open_memstream(&text, size) : NULL;
    if (out) {
        bool good = graph_svg_write(picture, out);
        fclose(out);
        if (!good) {
            free(text);
            text = NULL;
        }
    }
    capdl_picture_free(picture);
    return text;
}
