/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/memory.h"

#include <stdlib.h>

#include <capdl/spec.h>

void *memory_need(void *memory)
{
    if (!memory) {
        capdl_spec_out_of_memory();
    }
    return memory;
}

void *memory_grow(void *list, size_t *capacity, size_t count, size_t item_size)
{
    if (count <= *capacity) {
        return list;
    }
    size_t wanted = *capacity ? *capacity * 2 : 16;
    *capacity = wanted < count ? count : wanted;
    return memory_need(reallocarray(list, *capacity, item_size));
}

void *memory_zeroed(size_t count, size_t item_size)
{
    return memory_need(calloc(count ? count : 1, item_size));
}

char *memory_vformat(const char *format, va_list arguments)
{
    char *text;
    return memory_need(vasprintf(&text, format, arguments) < 0 ? NULL : text);
}

char *memory_format(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    char *text = memory_vformat(format, arguments);
    va_end(arguments);
    return text;
}
