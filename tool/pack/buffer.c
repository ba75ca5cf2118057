/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that grow. */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

void buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
    if (buffer->room - buffer->size < size) {
        buffer->room = (buffer->size + size) * 2;
        buffer->bytes = memory_need(realloc(buffer->bytes, buffer->room));
    }
    if (size) {
        memcpy(buffer->bytes + buffer->size, bytes, size);
        buffer->size += size;
    }
}

void buffer_zero(struct buffer *buffer, size_t size)
{
    static const uint8_t zeros[4096];
    for (; size > sizeof(zeros); size -= sizeof(zeros)) {
        buffer_add(buffer, zeros, sizeof(zeros));
    }
    buffer_add(buffer, zeros, size);
}
