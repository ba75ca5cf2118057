/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocation that cannot fail: running out of memory ends the program with a message. */
#ifndef TOOL_BASE_MEMORY_H
#define TOOL_BASE_MEMORY_H

#include <stddef.h>

/* Returns its argument, the result of an allocation; NULL ends the program. */
void *memory_need(void *);
/* Room for `count` items in a list that grows; *capacity begins as 0, the list as NULL. */
void *memory_grow(void *list, size_t *capacity, size_t count, size_t item_size);
/* Zeros; to be freed, also when count is 0. */
void *memory_zeroed(size_t count, size_t item_size);

#endif
