/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/report.h"

#include <stdlib.h>

#include "base/memory.h"
#include "report/members.h"

void report_sources_init(struct report_sources *sources, const struct capdl_diags *diags)
{
    *sources = (struct report_sources){.diags = {.files = diags->files, .num_files = diags->num_files}};
}

void report_source(struct report_sources *sources, struct json_object *object, struct capdl_pos pos)
{
    if (!pos.line || pos.file >= sources->diags.num_files) {
        json_object_object_add(object, "source", NULL);
        return;
    }
    capdl_note(&sources->diags, pos, "here");
    sources->objects =
        memory_grow(sources->objects, &sources->capacity, sources->count + 1, sizeof(struct json_object *));
    sources->objects[sources->count++] = object;
}

void report_sources_fill(struct report_sources *sources)
{
    capdl_diags_locate(&sources->diags);
    for (size_t i = 0; i < sources->count; i++) {
        struct capdl_pos pos = sources->diags.list[i].pos;
        char *text = NULL;
        if (pos.line && pos.file < sources->diags.num_files &&
            asprintf(&text, "%s:%u:%u", sources->diags.files[pos.file]->name, (unsigned)pos.line,
                     (unsigned)pos.column) < 0) {
            text = NULL;
        }
        report_text(sources->objects[i], "source", text);
        free(text);
    }
    sources->diags.files = NULL;
    sources->diags.num_files = 0;
    capdl_diags_free(&sources->diags);
    free(sources->objects);
}
