/* SPDX-License-Identifier: BSD-2-Clause */
/* ELF files that may be the programs of an image, for the names of their functions. */
#ifndef TOOL_PROGRAM_FILES_H
#define TOOL_PROGRAM_FILES_H

#include <sys/types.h>

#include "base/file.h"
#include "machine/symbols.h"

struct program_files {
    struct symbol_files found;
    struct symbol_file *list;
    struct file_bytes *bytes;
    size_t capacity_list, capacity_bytes;
    struct searched {
        dev_t device;
        ino_t inode;
    } *searched; /* directories, which may be named twice */
    size_t num_searched, capacity_searched;
    unsigned entries_left; /* of directories, that will still be looked at */
};

/* All executables for this machine in the directories (ended by 0; may be 0), beside the image, one directory below it,
 * and in the working directory. */
void program_files_find(struct program_files *, uint16_t machine, const char *image, const char *const *directories);
void program_files_free(struct program_files *);

#endif
