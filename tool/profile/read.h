/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a kernel's install prefix, one file of this room per kind of file:
 *
 *     read.c        the order in which files are read, and what can be said only at the end
 *     config.c      libsel4/include/kernel/gen_config.json
 *     xml.c         conditions in interface files
 *     api.c         object-api*.xml -> labels
 *     syscalls.c    syscall.xml -> system calls
 *     headers.c     definitions and enumerations in headers, with expressions by expr.c
 *     sizes.c       headers -> types, sizes, VSpace shape; structs.c: place of bootinfo's members
 *     platform.c    support/platform_gen.json, bin/kernel.elf -> memory; build.c: whether that is the headers' kernel
 *
 * Each adds what it finds wrong to the diagnostics, so that one run reports all of it.
 */
#ifndef TOOL_PROFILE_READ_H
#define TOOL_PROFILE_READ_H

#include <gelf.h>

#include "base/file.h"
#include "profile/expr.h"
#include "profile/profile.h"

/* A kernel's configuration: symbols without "CONFIG_". */
struct config {
    struct config_symbol {
        char *name;
        char *value; /* "1" for a switch that is on; 0: switched off */
    } *list;
    size_t count;
};

extern const char profile_dtb_name[]; /* files.c: the device tree's place in an install prefix */

struct reader {
    const char *prefix;
    struct capdl_profile *profile;
    struct capdl_diags *diags;
    struct config config;
};

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

bool read_config(struct reader *);
void config_free(struct config *);
/* The value of CONFIG_name ("1" for a switch), 0 if it is off or unknown. */
const char *config_get(const struct config *, struct slice name);
bool config_is_on(const struct config *, const char *name);

void read_labels(struct reader *);
void read_syscalls(struct reader *);
void read_sizes(struct reader *);
void read_platform(struct reader *);

/* An error if the kernel's symbols say that it is not the one that the headers describe. */
void check_build(struct reader *, Elf *, struct capdl_pos);

#endif
