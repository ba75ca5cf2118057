/* SPDX-License-Identifier: BSD-2-Clause */
/* The files from which frames of a spec are filled: each is found and read once. */
#ifndef TOOL_BASE_FILL_FILES_H
#define TOOL_BASE_FILL_FILES_H

#include <capdl/spec.h>

#include "base/file.h"

struct fill_file {
    const char *text; /* as in the spec */
    const uint8_t *data;
    uint64_t size;
    int error;               /* errno: why it cannot be read; 0: it can */
    bool told;               /* set by the caller that has reported it */
    char *path;              /* where it was found; NULL: not found */
    struct file_bytes bytes; /* to be released */
};

/* Begins with where files are looked for, as file_find has it. What is called like `beside` is that file. */
struct fill_files {
    const char *beside;
    const char *const *directories;
    struct fill_file *list;
    size_t count, capacity;
};

/* The file of this name, or NULL if it was not asked for yet. A later call of the others moves it. */
struct fill_file *fill_files_find(const struct fill_files *, const char *text);
/* The same, read when it is asked for first. */
struct fill_file *fill_files_get(struct fill_files *, const char *text);
/* The bytes of a file that need not be read, kept by the caller. */
struct fill_file *fill_files_give(struct fill_files *, const char *text, const uint8_t *data, uint64_t size);
void fill_files_free(struct fill_files *);

/* Whether the file has all bytes of a fill. */
bool fill_file_has(const struct fill_file *, const struct capdl_fill *);
/* Bytes of a fill that are known before boot, from `from` of its own: those of its file, or (file NULL) of the spec. */
void fill_take(const struct capdl_fill *, const struct fill_file *, uint64_t from, uint64_t count, uint8_t *to);

#endif
