/* SPDX-License-Identifier: BSD-2-Clause */
/* capdl_try: calls that find no memory end there, with the reason, and what follows goes on. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <capdl/spec.h>

static void allocate(void *data)
{
    capdl_spec_alloc((struct capdl_spec *)data, SIZE_MAX / 2);
}

static void read_text(void *data)
{
    static const char text[] = "arch aarch64 objects { e = ep }";
    struct capdl_text_options options = {0};
    struct capdl_diags diags = {0};
    uint16_t source = capdl_diags_add_source(&diags, "text", text, strlen(text));
    if (!capdl_spec_read_text((struct capdl_spec *)data, &diags, source, &options)) {
        capdl_diags_print(&diags, stderr, 0);
    }
    capdl_diags_free(&diags);
}

/* An inner one ends; the outer one goes on. */
static void nested(void *data)
{
    const char *why = capdl_try(allocate, data);
    if (why && strcmp(why, "out of memory") == 0) {
        read_text(data);
    }
}

int main(void)
{
    struct capdl_spec spec;
    capdl_spec_init(&spec);
    const char *why = capdl_try(allocate, &spec);
    capdl_spec_free(&spec);
    capdl_spec_init(&spec);
    const char *outer = capdl_try(nested, &spec);
    bool good = why && strcmp(why, "out of memory") == 0 && !outer && spec.num_objects == 1;
    printf("%s, %s, %u\n", why ? why : "done", outer ? outer : "done", (unsigned)spec.num_objects);
    capdl_spec_free(&spec);
    return good ? 0 : 1;
}
