/* SPDX-License-Identifier: BSD-2-Clause */
/* How to move a kernel's watermark to an address: by making untypeds that nobody uses. */
#ifndef CAPDL_BLOB_PADDING_H
#define CAPDL_BLOB_PADDING_H

#include <stdbool.h>
#include <stdint.h>

struct capdl_padding {
    uint64_t count; /* at least 1 */
    unsigned size_bits;
};

/*
 * The next Retype on the way from the watermark to an address above it. Both are multiples of 16, and the address is
 * not that of the next object of its size anyway. `few`: the pieces are kept, so as few and large ones as possible;
 * else as few calls.
 */
struct capdl_padding capdl_padding_next(uint64_t mark, uint64_t address, bool few);

#endif
