/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/memory.h"
#include "profile/fields.h"

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

/* The last component of the prefix; of a board's directory, whose last one is the configuration, the last two. */
static void name_profile(struct capdl_profile *p)
{
    size_t end = strlen(p->prefix), start;
    while (end > 0 && p->prefix[end - 1] == '/') {
        end--;
    }
    for (start = end; start > 0 && p->prefix[start - 1] != '/';) {
        start--;
    }
    if (start > 1 && profile_is_board(p->prefix)) {
        for (start--; start > 0 && p->prefix[start - 1] != '/';) {
            start--;
        }
    }
    snprintf(p->name, sizeof(p->name), "%.*s", (int)(end - start), p->prefix + start);
    for (char *slash = strchr(p->name, '/'); slash; slash = strchr(slash, '/')) {
        *slash = '-';
    }
    text_clean(p->name);
}

static bool is_directory(struct reader *reader)
{
    struct stat status;
    if (stat(reader->prefix, &status) != 0) {
        capdl_error(reader->diags, reader_position(reader, ""), "%s, expected a kernel's install prefix",
                    strerror(errno));
    } else if (!S_ISDIR(status.st_mode)) {
        capdl_error(reader->diags, reader_position(reader, ""), "not a directory, expected a kernel's install prefix");
    } else {
        return true;
    }
    return false;
}

bool profile_read(const char *prefix, struct capdl_profile *p, struct capdl_diags *diags)
{
    struct reader reader = {.prefix = prefix, .profile = p, .diags = diags};
    size_t errors = diags->num_errors;
    char flaw[PROFILE_FLAW];
    memset(p, 0, sizeof(*p));
    if ((size_t)snprintf(p->prefix, sizeof(p->prefix), "%s", prefix) >= sizeof(p->prefix)) {
        capdl_error(diags, reader_position(&reader, ""), "a path of more than %zu bytes", sizeof(p->prefix) - 1);
        return false;
    }
    name_profile(p);
    if (!is_directory(&reader)) {
        return false;
    }
    if (read_config(&reader)) {
        read_labels(&reader);
        read_syscalls(&reader);
        read_sizes(&reader);
        read_platform(&reader);
        if (diags->num_errors == errors && !profile_good(p, flaw)) {
            capdl_error(diags, reader_position(&reader, ""), "these are not the facts of one kernel: %s", flaw);
        }
    }
    config_free(&reader.config);
    return diags->num_errors == errors;
}
