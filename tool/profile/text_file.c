/* SPDX-License-Identifier: BSD-2-Clause */
/* A text file below a prefix, and places in it for diagnostics. */
#include "profile/text_file.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

struct capdl_pos text_position(const struct text_file *file, size_t line, size_t column)
{
    return (struct capdl_pos){
        .line = line < UINT32_MAX ? (uint32_t)line : UINT32_MAX,
        .column = column < UINT16_MAX ? (uint16_t)column : UINT16_MAX,
        .file = file->source,
    };
}

static uint16_t add_source(struct reader *reader, const char *relative)
{
    char *path = *relative != 0 ? profile_file(reader->prefix, relative) : memory_need(strdup(reader->prefix));
    size_t i = 0;
    while (i < reader->diags->num_files && strcmp(reader->diags->files[i]->name, path) != 0) {
        i++;
    }
    uint16_t source = i < reader->diags->num_files ? (uint16_t)i : capdl_diags_add_source(reader->diags, path, NULL, 0);
    free(path);
    return source;
}

struct capdl_pos reader_position(struct reader *reader, const char *relative)
{
    return (struct capdl_pos){.file = add_source(reader, relative)};
}

bool text_open(struct reader *reader, const char *relative, enum need need, const char *purpose, struct text_file *file)
{
    char *path = profile_file(reader->prefix, relative);
    bool good = file_read(path, &file->bytes);
    int error = errno;
    free(path);
    errno = error;
    if (!good) {
        if (need == REQUIRED || errno != ENOENT) {
            capdl_error(reader->diags, reader_position(reader, relative), "%s, expected here %s", strerror(errno),
                        purpose);
        }
        return false;
    }
    file->source = add_source(reader, relative);
    return true;
}

void text_close(struct text_file *file)
{
    file_release(&file->bytes);
}

void text_clean(char *text)
{
    for (; *text != 0; text++) {
        if (*text < 0x20 || *text > 0x7e) {
            *text = '?';
        }
    }
}

/* Where the text ends but for white space. */
static size_t text_end(const struct file_bytes *bytes)
{
    size_t end = bytes->size;
    while (end > 0 && strchr(" \t\r\n", bytes->data[end - 1]) && bytes->data[end - 1] != 0) {
        end--;
    }
    return end;
}

struct json_object *json_read(struct reader *reader, const struct text_file *file, int depth)
{
    struct json_tokener *tokener = memory_need(json_tokener_new_ex(depth));
    size_t size = text_end(&file->bytes);
    struct json_object *object = NULL;
    enum json_tokener_error error;
    if (size < INT32_MAX) {
        object = json_tokener_parse_ex(tokener, (const char *)file->bytes.data, (int)size);
    }
    error = json_tokener_get_error(tokener);
    if (error != json_tokener_success || json_tokener_get_parse_end(tokener) != size ||
        !json_object_is_type(object, json_type_object)) {
        capdl_error(reader->diags, text_position(file, 0, 0), "not a JSON object: %s after %zu bytes",
                    error == json_tokener_continue  ? "the file ends"
                    : error == json_tokener_success ? "something else"
                                                    : json_tokener_error_desc(error),
                    json_tokener_get_parse_end(tokener));
        json_object_put(object);
        object = NULL;
    }
    json_tokener_free(tokener);
    return object;
}
