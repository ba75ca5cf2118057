/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/slot_names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

enum { ENTRIES_PER_MARK = 32 };

/* The number that ends a name, or "". */
static const char *number_text(const struct capdl_blob_name *name, char text[CAPDL_NAME_MOST_DIGITS + 1])
{
    char *at = text + CAPDL_NAME_MOST_DIGITS;
    uint64_t rest = name->index;
    *at = 0;
    for (uint64_t i = 0; i < name->digits || (name->digits && rest); i++) {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    }
    return at;
}

bool slot_name_text(const struct capdl_blob_name *name, char *out, size_t size)
{
    char number[CAPDL_NAME_MOST_DIGITS + 1];
    const char *digits = number_text(name, number);
    size_t length = (size_t)(number + CAPDL_NAME_MOST_DIGITS - digits);
    if (name->length + length >= size) {
        return false;
    }
    memcpy(out, name->text, name->length);
    memcpy(out + name->length, digits, length + 1);
    return true;
}

/* The first is a cursor for lookups. */
void slot_names_init(struct slot_names *names, const struct capdl_blob *blob)
{
    struct capdl_blob_names cursor;
    struct capdl_blob_name name;
    uint64_t count;
    capdl_blob_names_start(&cursor, blob, CAPDL_BLOB_NAMED_SLOTS);
    *names = (struct slot_names){.marks = memory_zeroed(cursor.left / ENTRIES_PER_MARK + 2, sizeof(*names->marks))};
    for (size_t i = 0;; i++) {
        if (i % ENTRIES_PER_MARK == 0 && cursor.left) {
            names->marks[++names->num_marks] = cursor;
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
    size_t low = 1, high = names->num_marks + 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (names->marks[middle].first <= slot) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 1) {
        return (struct capdl_blob_name){NULL};
    }
    names->marks[0] = names->marks[low - 1];
    return capdl_blob_find_name(&names->marks[0], slot);
}

bool slot_names_print(const struct slot_names *names, uint64_t slot, char *out, size_t size)
{
    struct capdl_blob_name name = slot_names_find(names, slot);
    if (!name.text) {
        return false;
    }
    char number[CAPDL_NAME_MOST_DIGITS + 1];
    if (name.is_element) {
        snprintf(out, size, "%.*s[%" PRIu64 "]", (int)name.length, name.text, name.index);
    } else {
        snprintf(out, size, "%.*s%s", (int)name.length, name.text, number_text(&name, number));
    }
    return true;
}
