/* SPDX-License-Identifier: BSD-2-Clause */
/* The page tables of one level of an address space that is being built, ascending by the address they begin at. */
#ifndef TOOL_BASE_TABLE_LIST_H
#define TOOL_BASE_TABLE_LIST_H

#include <stddef.h>
#include <stdint.h>

struct table_list {
    struct table_start {
        uint64_t start;
        uint32_t object;
    } *tables; /* to be freed */
    size_t count, capacity;
};

/* Index of the first table that begins at or above `start`. */
size_t table_list_search(const struct table_list *, uint64_t start);
void table_list_insert(struct table_list *, size_t at, uint64_t start, uint32_t object);

#endif
