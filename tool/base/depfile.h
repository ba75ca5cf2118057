/* SPDX-License-Identifier: BSD-2-Clause */
/* The files read to make an output, written as a rule for make and ninja. */
#ifndef TOOL_BASE_DEPFILE_H
#define TOOL_BASE_DEPFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* Starts recording what depfile_note is given. */
void depfile_start(void);
/* Records that a file was read: call it for each. Copies the name; ignores "-" and names recorded before. */
void depfile_note(const char *path);
/* The files recorded so far. */
char *const *depfile_paths(size_t *count);
/*
 * Writes "target: file file ...", in the order of reading, and an empty rule for each file, so that a deleted file
 * is not an error (as compilers do with -MP). Names are quoted for make. False if memory ran out while recording
 * names.
 */
bool depfile_write(FILE *, const char *target);

#endif
