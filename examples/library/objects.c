/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists the objects of a spec: kind, name, and how many capabilities each holds. usage: objects SPEC
 *
 *     cc objects.c $(pkg-config --cflags --libs capdl-spec)
 */
#include <stdio.h>
#include <stdlib.h>

#include <capdl/spec.h>

/* The whole file, to be freed; NULL if it cannot be read. */
static char *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    long end;
    if (file && fseek(file, 0, SEEK_END) == 0 && (end = ftell(file)) >= 0) {
        rewind(file);
        text = (char *)malloc((size_t)end + 1);
        *size = text ? fread(text, 1, (size_t)end, file) : 0;
    }
    if (file) {
        fclose(file);
    }
    return text;
}

int main(int argc, char **argv)
{
    struct capdl_text_options options = {0};
    struct capdl_diags diags = {0}; /* what is wrong with the spec is collected here; nothing is printed */
    struct capdl_spec spec;
    size_t size = 0;
    char *text = argc == 2 ? read_all(argv[1], &size) : NULL;
    int code = 0;
    if (!text) {
        fprintf(stderr, "usage: objects SPEC\n");
        return 2;
    }
    capdl_spec_init(&spec);
    if (!capdl_spec_read_text(&spec, &diags, capdl_diags_add_source(&diags, argv[1], text, size), &options)) {
        capdl_diags_print(&diags, stderr, 0);
        code = 1;
    }
    for (uint32_t i = 0; code == 0 && i < spec.num_objects; i++) {
        char label[256];
        printf("%-14s %-20s %u capabilities\n", capdl_kind_keyword(capdl_object_kind(&spec, i)),
               capdl_object_label(&spec, i, label, sizeof(label)), (unsigned)capdl_object_caps(&spec, i).count);
    }
    capdl_spec_free(&spec);
    capdl_diags_free(&diags);
    free(text); /* the diagnostics show lines of it: not before them */
    return code;
}
