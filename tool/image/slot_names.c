/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/slot_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

enum { ENTRIES_PER_MARK = 8 };

void slot_names_init(struct slot_names *names, const struct capdl_blob *blob)
{
    struct capdl_blob_names cursor = capdl_blob_slot_names(blob);
    struct capdl_blob_name name;
    uint64_t count;
    *names = (struct slot_names){.marks = memory_zeroed(cursor.left / ENTRIES_PER_MARK + 1, sizeof(*names->marks))};
    for (size_t i = 0;; i++) {
        if (i % ENTRIES_PER_MARK == 0 && cursor.left) {
            names->marks[names->num_marks++] = cursor;
        }
        if (!capdl_blob_next_name(&cursor, &name, &count)) {
            break;
        }
    }
}

void slot_names_free(struct slot_names *names)
{
    free(names->marks);
    *names = (struct slot_names){NULL};
}

struct capdl_blob_name slot_names_find(const struct slot_names *names, uint64_t slot)
{
    size_t low = 0, high = names->num_marks;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (names->marks[middle].first <= slot) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return (struct capdl_blob_name){NULL};
    }
    struct capdl_blob_names cursor = names->marks[low - 1];
    struct capdl_blob_name name;
    for (uint64_t first = cursor.first, count; capdl_blob_next_name(&cursor, &name, &count); first = cursor.first) {
        if (slot - first < count) {
            name.index += slot - first;
            return name;
        }
    }
    return (struct capdl_blob_name){NULL};
}

bool slot_names_print(const struct slot_names *names, uint64_t slot, char *out, size_t size)
{
    struct capdl_blob_name name = slot_names_find(names, slot);
    if (!name.text) {
        return false;
    }
    if (name.is_element) {
        snprintf(out, size, "%.*s[%" PRIu64 "]", (int)name.length, name.text, name.index);
    } else {
        snprintf(out, size, "%.*s", (int)name.length, name.text);
    }
    return true;
}
