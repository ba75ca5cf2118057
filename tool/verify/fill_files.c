/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that fill frames. They are read before the machine runs: a confined process has no files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "verify/private.h"

struct fill_files *fill_files_load(const struct verify_spec *given)
{
    struct fill_files *files = memory_zeroed(1, sizeof(*files));
    files->beside = given->path;
    files->directories = given->directories;
    if (given->bytes) {
        fill_files_give(files, given->name, given->bytes, given->size);
    }
    for (uint32_t i = 0; i < given->spec->num_objects; i++) {
        struct capdl_fills fills = capdl_object_fills(given->spec, i);
        for (size_t f = 0; capdl_object_kind(given->spec, i) == CAPDL_KIND_FRAME && f < fills.count; f++) {
            if (fills.list[f].kind == CAPDL_FILL_FILE) {
                fill_files_get(files, fills.list[f].text);
            }
        }
    }
    return files;
}

const struct fill_file *fill_file_of(struct verify *v, const struct capdl_fill *fill)
{
    struct fill_file *file = fill_files_find(v->files, fill->text);
    if (file->error && !file->told) {
        errno = file->error;
        differ_world(v, "cannot read '%s', which fills a frame: %s", file->text, file_error());
        file->told = true;
    }
    return file;
}

void fill_files_unload(struct fill_files *files)
{
    if (files) {
        fill_files_free(files);
    }
    free(files);
}
