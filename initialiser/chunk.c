/* SPDX-License-Identifier: BSD-2-Clause */
#include "chunk.h"

void copy_chunk(uint8_t *to, const struct capdl_blob_fill *fill)
{
    const uint8_t *at = (const uint8_t *)self.bootinfo + CAPDL_PAGE_SIZE, *end = at + self.bootinfo->extra_len;
    struct {
        word id, length;
    } chunk;

    for (; (uint64_t)(end - at) >= sizeof(chunk); at += chunk.length) {
        __builtin_memcpy(&chunk, at, sizeof(chunk));
        if (chunk.length < sizeof(chunk) || chunk.length > (uint64_t)(end - at)) {
            return;
        }
        if (chunk.id == fill->flags >> CAPDL_FILL_CHUNK_SHIFT) {
            for (uint64_t i = 0; i < fill->pages && fill->page + i < chunk.length; i++) {
                to[i] = at[fill->page + i];
            }
            return;
        }
    }
}
