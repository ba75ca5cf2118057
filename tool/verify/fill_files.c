/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that fill frames. They are read before the machine runs: a confined process has no files. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "verify/private.h"

static struct fill_file *find(const struct fill_files *files, const char *text)
{
    for (size_t i = files->count; i-- > 0;) {
        if (files->list[i].text == text || strcmp(files->list[i].text, text) == 0) {
            return &files->list[i];
        }
    }
    return NULL;
}

static void read_file(const struct verify_spec *given, struct fill_file *file)
{
    char *path = file_find(file->text, given->path, given->directories);
    struct file_bytes *bytes = memory_zeroed(1, sizeof(*bytes));
    if (path && file_read(path, bytes)) {
        file->bytes = bytes;
        file->data = bytes->data;
        file->size = bytes->size;
    } else {
        file->error = errno;
        free(bytes);
    }
    free(path);
}

static void add(const struct verify_spec *given, struct fill_files *files, const char *text)
{
    files->list = memory_grow(files->list, &files->capacity, files->count + 1, sizeof(*files->list));
    struct fill_file *file = &files->list[files->count++];
    *file = (struct fill_file){.text = text};
    if (given->bytes && strcmp(text, given->name) == 0) {
        file->data = given->bytes;
        file->size = given->size;
    } else {
        read_file(given, file);
    }
}

struct fill_files *fill_files_load(const struct verify_spec *given)
{
    struct fill_files *files = memory_zeroed(1, sizeof(*files));
    for (uint32_t i = 0; i < given->spec->num_objects; i++) {
        struct capdl_fills fills = capdl_object_fills(given->spec, i);
        for (size_t f = 0; capdl_object_kind(given->spec, i) == CAPDL_KIND_FRAME && f < fills.count; f++) {
            const struct capdl_fill *fill = &fills.list[f];
            if (fill->kind == CAPDL_FILL_FILE && !find(files, fill->text)) {
                add(given, files, fill->text);
            }
        }
    }
    return files;
}

const struct fill_file *fill_file_of(struct verify *v, const struct capdl_fill *fill)
{
    struct fill_file *file = find(v->files, fill->text);
    if (file->error && !file->told) {
        differ_world(v, "cannot read '%s', which fills a frame: %s", file->text, (errno = file->error, file_error()));
        file->told = true;
    }
    return file;
}

void fill_files_free(struct fill_files *files)
{
    for (size_t i = 0; files && i < files->count; i++) {
        if (files->list[i].bytes) {
            file_release(files->list[i].bytes);
            free(files->list[i].bytes);
        }
    }
    if (files) {
        free(files->list);
    }
    free(files);
}
