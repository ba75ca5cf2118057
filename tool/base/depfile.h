/* SPDX-License-Identifier: BSD-2-Clause */
/* What was read to make a file, as a rule for make and ninja. */
#ifndef TOOL_BASE_DEPFILE_H
#define TOOL_BASE_DEPFILE_H

#include <stdbool.h>

/* From now on, depfile_note keeps what it is given. */
void depfile_start(void);
/* A file was read; said by whoever reads one. The name is copied; "-" and names noted before are left out. */
void depfile_note(const char *path);
/*
 * Writes "target: file file ..." to `path`, in the order of reading, and an empty rule for each file, so that one that
 * has gone is no error (as compilers do with -MP). Names are quoted as make reads them. False with errno set if it
 * cannot be written.
 */
bool depfile_write(const char *path, const char *target);

#endif
