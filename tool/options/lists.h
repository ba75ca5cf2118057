/* SPDX-License-Identifier: BSD-2-Clause */
/* What options that may be repeated have collected: texts, and NULL after the last; NULL if there are none. */
#ifndef TOOL_LISTS_H
#define TOOL_LISTS_H

#include <stddef.h>

/* How many a list has. */
size_t list_count(const char *const *list);
/* Adds a text, which is not copied, and may move the list, which is to be freed. */
void list_add(const char ***list, const char *text);

#endif
