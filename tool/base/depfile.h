/* SPDX-License-Identifier: BSD-2-Clause */
/* What was read to make a file, as a rule for make and ninja. */
#ifndef TOOL_BASE_DEPFILE_H
#define TOOL_BASE_DEPFILE_H

#include <stdbool.h>
#include <stdio.h>

/* From now on, depfile_note keeps what it is given. */
void depfile_start(void);
/* A file was read; said by whoever reads one. The name is copied; "-" and names noted before are left out. */
void depfile_note(const char *path);
/*
 * Writes "target: file file ...", in the order of reading, and an empty rule for each file, so that one that has gone
 * is no error (as compilers do with -MP). Names are quoted as make reads them. False if memory ran out while names were
 * kept.
 */
bool depfile_write(FILE *, const char *target);

#endif
