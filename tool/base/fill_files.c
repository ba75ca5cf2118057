/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/fill_files.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct fill_file *fill_files_find(const struct fill_files *files, const char *text)
{
    for (size_t i = files->count; i-- > 0;) {
        if (files->list[i].text == text || strcmp(files->list[i].text, text) == 0) {
            return &files->list[i];
        }
    }
    return NULL;
}

static struct fill_file *add(struct fill_files *files, const char *text)
{
    files->list = memory_grow(files->list, &files->capacity, files->count + 1, sizeof(*files->list));
    struct fill_file *file = &files->list[files->count++];
    *file = (struct fill_file){.text = text};
    return file;
}

struct fill_file *fill_files_give(struct fill_files *files, const char *text, const uint8_t *data, uint64_t size)
{
    struct fill_file *file = add(files, text);
    file->data = data;
    file->size = size;
    return file;
}

struct fill_file *fill_files_get(struct fill_files *files, const char *text)
{
    struct fill_file *file = fill_files_find(files, text);
    if (file) {
        return file;
    }
    file = add(files, text);
    bool itself = files->beside && strcmp(text, files->beside) == 0;
    file->path = itself ? memory_need(strdup(text)) : file_find(text, files->beside, files->directories);
    if (!file->path || !file_read_regular(file->path, &file->bytes)) {
        file->error = errno;
        return file;
    }
    file->data = file->bytes.data;
    file->size = file->bytes.size;
    return file;
}

void fill_files_free(struct fill_files *files)
{
    for (size_t i = 0; i < files->count; i++) {
        struct fill_file *file = &files->list[i];
        if (file->path && !file->error) {
            file_release(&file->bytes);
        }
        free(file->path);
    }
    free(files->list);
    files->list = NULL;
    files->count = files->capacity = 0;
}

bool fill_file_has(const struct fill_file *file, const struct capdl_fill *fill)
{
    return !file->error && fill->source_offset <= file->size && fill->length <= file->size - fill->source_offset;
}

void fill_take(const struct capdl_fill *fill, const struct fill_file *file, uint64_t from, uint64_t count, uint8_t *to)
{
    if (file) {
        memcpy(to, file->data + fill->source_offset + from, count);
    } else {
        capdl_fill_get_bytes(fill, from, count, to);
    }
}
