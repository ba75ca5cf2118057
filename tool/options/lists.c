/* SPDX-License-Identifier: BSD-2-Clause */
#include "lists.h"

#include <stdlib.h>

#include "base/memory.h"

size_t list_count(const char *const *list)
{
    size_t count = 0;
    while (list && list[count]) {
        count++;
    }
    return count;
}

/* Command lines are short: growing by one at a time is fine. */
void list_add(const char ***list, const char *text)
{
    size_t count = list_count(*list);
    *list = memory_need(realloc(*list, (count + 2) * sizeof(**list)));
    (*list)[count] = text;
    (*list)[count + 1] = NULL;
}
