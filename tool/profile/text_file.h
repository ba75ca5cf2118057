/* SPDX-License-Identifier: BSD-2-Clause */
/* A text file below a prefix, and places in it for diagnostics. */
#ifndef TOOL_PROFILE_TEXT_FILE_H
#define TOOL_PROFILE_TEXT_FILE_H

#include "base/file.h"
#include "profile/prefix.h"

/* A file below the prefix. */
struct text_file {
    struct file_bytes bytes;
    uint16_t source; /* for diagnostics */
};

enum need { OPTIONAL, REQUIRED };

/* A place in diagnostics that names the file, or a directory, as a whole. */
struct capdl_pos reader_position(struct reader *, const char *relative);

/* Reads PREFIX/relative. False when there is none: a required one is then an error that says what it is for. */
bool text_open(struct reader *, const char *relative, enum need, const char *purpose, struct text_file *);
void text_close(struct text_file *);
struct capdl_pos text_position(const struct text_file *, size_t line, size_t column);

/* Replaces everything in a string that is not printable ASCII, which is all that a profile's strings may hold. */
void text_clean(char *);

/* Parses a file that is a JSON object, nested no deeper than `depth`; 0 after an error. For json_object_put. */
struct json_object *json_read(struct reader *, const struct text_file *, int depth);

#endif
