/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/report.h"

#include <stdlib.h>

#include "base/memory.h"

void report_places_init(struct report_places *places, const struct capdl_diags *diags)
{
    *places = (struct report_places){.diags = {.files = diags->files, .num_files = diags->num_files}};
}

void report_place(struct report_places *places, struct json_object *object, struct capdl_pos pos)
{
    if (!pos.line || pos.file >= places->diags.num_files) {
        json_object_object_add(object, "source", NULL);
        return;
    }
    capdl_note(&places->diags, pos, "here");
    places->objects = memory_grow(places->objects, &places->capacity, places->count + 1, sizeof(struct json_object *));
    places->objects[places->count++] = object;
}

void report_places_fill(struct report_places *places)
{
    capdl_diags_locate(&places->diags);
    for (size_t i = 0; i < places->count; i++) {
        struct capdl_pos pos = places->diags.list[i].pos;
        char *text = NULL;
        if (pos.line && pos.file < places->diags.num_files &&
            asprintf(&text, "%s:%u:%u", places->diags.files[pos.file]->name, (unsigned)pos.line, (unsigned)pos.column) <
                0) {
            text = NULL;
        }
        report_text(places->objects[i], "source", text);
        free(text);
    }
    places->diags.files = NULL;
    places->diags.num_files = 0;
    capdl_diags_free(&places->diags);
    free(places->objects);
}
