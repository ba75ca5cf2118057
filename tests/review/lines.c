/* SPDX-License-Identifier: BSD-2-Clause */
/*
 *     lines SPEC...
 *
 * Prints what the digest of a system is made of: digests in images stay true as long as no line changes. Fills are
 * numbered by a hash of their words, as if no file could be read.
 */
#include <stdio.h>
#include <string.h>

#include <capdl/review.h>

#include "../check.h"

static char text[1 << 16];

static void print_lines(const char *path)
{
    struct capdl_spec spec;
    struct capdl_diags diags = {0};
    struct capdl_text_options none = {NULL};
    const char *name = strrchr(path, '/');
    FILE *file = fopen(path, "r");
    size_t size = file ? fread(text, 1, sizeof(text), file) : 0;
    bool good;
    CHECK(file && size < sizeof(text) && fclose(file) == 0, "%s", path);
    capdl_spec_init(&spec);
    good = capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, path, text, size), &none);
    CHECK(good, "%s", path);
    printf("--- %s\n", name ? name + 1 : path);
    capdl_review_lines(&spec, NULL, stdout);
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
}

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        print_lines(argv[i]);
    }
    return checks_failed > 0;
}
