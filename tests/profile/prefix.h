/* SPDX-License-Identifier: BSD-2-Clause */
/* Hand-made install prefixes: copies of those in prefix/, with a kernel, and changed as a test wants. */
#ifndef TESTS_PROFILE_PREFIX_H
#define TESTS_PROFILE_PREFIX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Copies a directory tree to a new temporary directory, whose path is returned (to be freed). */
char *prefix_copy(const char *source);
/* Removes such a copy and frees its path. */
void prefix_remove(char *prefix);

/* Replaces a file's content; content 0 removes it. */
void prefix_write(const char *prefix, const char *file, const void *content, size_t size);
/* Replaces the first occurrence of a text in a file; false if there is none. */
bool prefix_edit(const char *prefix, const char *file, const char *find, const char *replace);

/* Writes bin/kernel.elf: one segment without content, by the numbers of elf.h. */
struct prefix_kernel {
    uint16_t machine, type;
    uint8_t class;
    uint64_t virtual, physical, size;
};
void prefix_write_kernel(const char *prefix, const struct prefix_kernel *);

#endif
