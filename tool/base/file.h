/* SPDX-License-Identifier: BSD-2-Clause */
/* Files: whole ones in, whole ones out. */
#ifndef TOOL_BASE_FILE_H
#define TOOL_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A file's bytes. Read-only; mapped or on the heap. */
struct file_bytes {
    const uint8_t *data;
    size_t size;
    bool mapped;
};

/* Reads a whole file ("-": standard input). On failure returns false with errno set. A directory is EISDIR. */
bool file_read(const char *path, struct file_bytes *);
/* As file_read, of a file that will be read again: what is neither file nor directory, such as a pipe, is ESPIPE. */
bool file_read_regular(const char *path, struct file_bytes *);
/* The reason in errno after one of them failed, for messages. */
const char *file_error(void);
void file_release(struct file_bytes *);
/* Releases the memory of a part that is not needed soon; when it is, it is read from the file again. */
void file_forget(const struct file_bytes *, const char *from, const char *to);

/*
 * Finds `name` as a file: an absolute name as it is, a relative one beside `beside` (a path whose directory counts; may
 * be 0), then in each of the search directories, ended by 0. What is found must be in one of these directories, by its
 * path with all links resolved; else it is EXDEV. Returns a path to be freed, or NULL with errno set.
 */
char *file_find(const char *name, const char *beside, const char *const *directories);
/* From now on file_find looks in the search directories only, not beside anything, and takes whatever it finds or an
   absolute name says: for a command whose user, in place of the spec's author, answers for the files. */
void file_find_only_in_directories(void);
/* Whether file_find still looks beside things. */
bool file_finds_beside(void);

/*
 * Output that appears completely or not at all: bytes go to a temporary file beside `path`, file_commit renames it,
 * file_abandon removes it. "-" is standard output. Both return false with errno set on failure. No temporary file
 * survives a signal that ends the program in an orderly way.
 */
struct file_output {
    FILE *stream;
    char *path, *temporary;
};
bool file_create(struct file_output *, const char *path);
bool file_commit(struct file_output *);
void file_abandon(struct file_output *);

#endif
