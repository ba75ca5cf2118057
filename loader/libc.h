/* SPDX-License-Identifier: BSD-2-Clause */
/* The few functions of a C library that we and the compiler call; libc.c has them. */
#ifndef LOADER_LIBC_H
#define LOADER_LIBC_H

#include <stddef.h>

void *memcpy(void *restrict, const void *restrict, size_t);
void *memmove(void *, const void *, size_t);
void *memset(void *, int, size_t);
int memcmp(const void *, const void *, size_t);
size_t strlen(const char *);
int strcmp(const char *, const char *);

#endif
