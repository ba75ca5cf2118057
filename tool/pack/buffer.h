/* SPDX-License-Identifier: BSD-2-Clause */
/* Bytes that grow. */
#ifndef TOOL_PACK_BUFFER_H
#define TOOL_PACK_BUFFER_H

#include <stddef.h>
#include <stdint.h>

struct buffer {
    uint8_t *bytes;
    size_t size, room;
};

void buffer_add(struct buffer *, const void *bytes, size_t);
void buffer_zero(struct buffer *, size_t);

#endif
