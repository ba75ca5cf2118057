/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel aligns its watermark to the size of what it makes. So a large piece may leave out what is before it, and
 * smaller ones of one size, which are one call, lead from its end to the address:
 *
 *     mark                                                        address
 *      |           |        2^bits         | unit | unit | unit | |
 *                   `- aligned to its size
 *
 * The units are the largest to which the address is aligned. Small bits: many pieces before, few units after; and vice
 * versa.
 */
#include "padding.h"

#include <capdl/blob.h>

/* In pieces: what a call costs. So many pieces for each bit between units and pieces are enough, with one more call. */
enum { CALL = 24, BIT = 6 };

static uint64_t align_up(uint64_t address, unsigned bits)
{
    return (address + (UINT64_C(1) << bits) - 1) >> bits << bits;
}

struct capdl_padding capdl_padding_next(uint64_t mark, uint64_t address, bool few)
{
    struct capdl_padding best = {0, 0};
    uint64_t least = UINT64_MAX;
    unsigned unit = CAPDL_BLOB_MIN_SIZE_BITS;
    while (unit < CAPDL_BLOB_MAX_SIZE_BITS && !(address >> unit & 1) && align_up(mark, unit + 1) < address) {
        unit++;
    }
    for (unsigned bits = unit; bits <= CAPDL_BLOB_MAX_SIZE_BITS; bits++) {
        const uint64_t start = align_up(mark, bits), end = address >> bits << bits;
        const uint64_t most = BIT * (bits - unit), units = (address - end) >> unit;
        uint64_t cost = (end - start) >> bits;
        if (start >= end) {
            break;
        }
        if (units) {
            cost += CALL + (units < most ? units : most);
        }
        if (few || cost < least) {
            least = cost;
            best = (struct capdl_padding){(end - start) >> bits, bits};
        }
    }
    return best;
}
