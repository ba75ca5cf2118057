/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a kernel's install prefix, one file of this room per kind of file:
 *
 *     read.c        the order in which files are read, and what can be said only at the end
 *     text_file.c   opens a file below the prefix, and gives places in it
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
#ifndef TOOL_PROFILE_PREFIX_H
#define TOOL_PROFILE_PREFIX_H

#include <gelf.h>

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
