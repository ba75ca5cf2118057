/* SPDX-License-Identifier: BSD-2-Clause */
/* Names of a system description: a hash table. Those of a hostile one may all meet, so the hash is not for guessing. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "system.h"

struct mk_names {
    struct entry {
        const char *name;
        void *what;
    } *entries; /* in the order in which they were added */
    size_t count, capacity;
    uint32_t *table; /* 1 + number of an entry; open addressing */
    size_t mask;
};

struct mk_names *mk_names_new(void)
{
    struct mk_names *names = memory_zeroed(1, sizeof(*names));
    names->mask = 63;
    names->table = memory_zeroed(names->mask + 1, sizeof(*names->table));
    return names;
}

void mk_names_free(struct mk_names *names)
{
    free(names->entries);
    free(names->table);
    free(names);
}

/* FNV-1a, mixed with the table's own address. */
static size_t hash(const struct mk_names *names, const char *name)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325) ^ (uint64_t)(uintptr_t)names;
    for (; *name; name++) {
        value = (value ^ (unsigned char)*name) * UINT64_C(0x100000001b3);
    }
    return (size_t)(value ^ value >> 32);
}

static size_t place(const struct mk_names *names, const char *name)
{
    size_t at = hash(names, name) & names->mask;
    while (names->table[at] && strcmp(names->entries[names->table[at] - 1].name, name) != 0) {
        at = (at + 1) & names->mask;
    }
    return at;
}

static void table_double(struct mk_names *names)
{
    free(names->table);
    names->mask = names->mask * 2 + 1;
    names->table = memory_zeroed(names->mask + 1, sizeof(*names->table));
    for (size_t i = 0; i < names->count; i++) {
        names->table[place(names, names->entries[i].name)] = (uint32_t)i + 1;
    }
}

bool mk_names_add(struct mk_names *names, const char *name, void *what, void **first)
{
    size_t at = place(names, name);
    if (names->table[at]) {
        *first = names->entries[names->table[at] - 1].what;
        return false;
    }
    names->entries = memory_grow(names->entries, &names->capacity, names->count + 1, sizeof(*names->entries));
    names->entries[names->count++] = (struct entry){name, what};
    names->table[at] = (uint32_t)names->count;
    if (names->count * 2 > names->mask) {
        table_double(names);
    }
    return true;
}

void *mk_names_find(const struct mk_names *names, const char *name)
{
    size_t at = place(names, name);
    return names->table[at] ? names->entries[names->table[at] - 1].what : NULL;
}

struct capdl_nearest mk_names_nearest(const struct mk_names *names, const char *name)
{
    enum { MOST_COMPARED = 1000 };
    struct capdl_nearest nearest = {NULL};
    for (size_t i = 0; i < names->count && i < MOST_COMPARED; i++) {
        capdl_nearest_try(&nearest, name, strlen(name), names->entries[i].name);
    }
    return nearest;
}
