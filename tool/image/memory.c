/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>

#include "image/program.h"

static void *checked(void *memory, size_t size)
{
    if (!memory && size) {
        fprintf(stderr, "capdl: out of memory: could not get %zu bytes\n", size);
        exit(2);
    }
    return memory;
}

void *memory_grow(void *memory, size_t *capacity, size_t count, size_t item_size)
{
    if (count <= *capacity) {
        return memory;
    }
    size_t wanted = *capacity ? *capacity * 2 : 16;
    *capacity = wanted < count ? count : wanted;
    return checked(reallocarray(memory, *capacity, item_size), *capacity * item_size);
}

void *memory_zeroed(size_t count, size_t item_size)
{
    count = count ? count : 1;
    return checked(calloc(count, item_size), count * item_size);
}
