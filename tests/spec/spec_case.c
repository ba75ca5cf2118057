/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads one spec and shows what became of it, for golden tests: spec_case [read|unfolded|json|check] FILE
 * FILE is capDL text or JSON. Standard output: the spec as text or JSON, if there was no error (but not for check).
 * Standard error: the diagnostics.
 */
#include <stdlib.h>
#include <string.h>

#include <capdl/spec.h>

#include "json/spec_json.h"

static char *read_all(FILE *file, size_t *size)
{
    char *text = NULL;
    size_t capacity = 0, got;
    *size = 0;
    do {
        if (*size == capacity) {
            char *larger = realloc(text, capacity = capacity * 2 + 4096);
            if (!larger) {
                abort();
            }
            text = larger;
        }
        got = fread(text + *size, 1, capacity - *size, file);
        *size += got;
    } while (got);
    return text;
}

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* Whether nothing was found that is graver than the table of checks says. */
static bool as_announced(const struct capdl_diags *diags)
{
    for (size_t i = 0; i < diags->count; i++) {
        const struct capdl_diag *diag = &diags->list[i];
        if (diag->check && diag->severity < capdl_check_severity(diag->check)) {
            fprintf(stderr, "%s is a check that finds no errors\n", capdl_check_name(diag->check));
            return false;
        }
    }
    return true;
}

int main(int argc, char **argv)
{
    struct capdl_diags diags = {NULL};
    struct capdl_spec spec;
    const char *mode = argc > 2 ? argv[1] : "read", *path = argv[argc - 1];
    FILE *file = argc > 1 ? fopen(path, "r") : NULL;
    size_t size;
    char *text;
    bool good;
    if (!file) {
        return 2;
    }
    text = read_all(file, &size);
    fclose(file);
    capdl_spec_init(&spec);
    good = (spec_json_is(text, size) ? spec_json_read : capdl_spec_read_text)(
        &spec, &diags, capdl_diags_add_source(&diags, base_name(path), text, size), NULL);
    if (!strcmp(mode, "check")) {
        good = capdl_spec_check(&spec, &diags) && good;
    } else if (good && !strcmp(mode, "json")) {
        spec_json_write(&spec, stdout);
    } else if (good && !strcmp(mode, "rust")) {
        spec_json_write_rust(&spec, stdout);
    } else if (good) {
        capdl_spec_write_text(&spec, stdout, strcmp(mode, "unfolded"));
    }
    capdl_diags_print(&diags, stderr, 0);
    good = as_announced(&diags) && good;
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    free(text);
    return good ? 0 : 1;
}
