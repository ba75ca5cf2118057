/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/table_list.h"

#include <string.h>

#include "base/memory.h"

size_t table_list_search(const struct table_list *list, uint64_t start)
{
    size_t low = 0, high = list->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (list->tables[middle].start < start) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

void table_list_insert(struct table_list *list, size_t at, uint64_t start, uint32_t object)
{
    list->tables = memory_grow(list->tables, &list->capacity, list->count + 1, sizeof(*list->tables));
    memmove(&list->tables[at + 1], &list->tables[at], (list->count - at) * sizeof(*list->tables));
    list->tables[at] = (struct table_start){start, object};
    list->count++;
}
