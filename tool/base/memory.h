/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocation that cannot fail: running out of memory ends the program with a message. */
#ifndef TOOL_BASE_MEMORY_H
#define TOOL_BASE_MEMORY_H

#include <stdarg.h>
#include <stddef.h>

#include <capdl/diag.h>

/* Returns its argument, the result of an allocation; NULL ends the program. */
void *memory_need(void *);
/* Room for `count` items in a list that grows; *capacity begins as 0, the list as NULL. */
void *memory_grow(void *list, size_t *capacity, size_t count, size_t item_size);
/* Zeros; to be freed, also when count is 0. */
void *memory_zeroed(size_t count, size_t item_size);

/* What printf would print; to be freed. */
char *memory_format(const char *format, ...) CAPDL_PRINTF(1, 2);
char *memory_vformat(const char *format, va_list) CAPDL_PRINTF(1, 0);

#endif
