/* SPDX-License-Identifier: BSD-2-Clause */
/* Copying with a sum, in one pass: each byte is loaded once. Two units a turn, all of them loaded before any is stored.
 */
#pragma GCC optimize("O2") /* the rest of the loader is built for size */

#include "loader.h"

enum { UNIT = CAPDL_PAYLOAD_UNIT, WORDS = UNIT / sizeof(uint64_t) };

static void copy_pairs(capdl_payload_word *to, const capdl_payload_word *from, size_t pairs,
                       struct capdl_payload_sum *sum)
{
    struct capdl_payload_sum own = *sum; /* in registers */
    for (const capdl_payload_word *end = from + 2 * WORDS * pairs; from != end; from += 2 * WORDS, to += 2 * WORDS) {
        const capdl_payload_word a[WORDS] = {from[0], from[1], from[2], from[3]},
                                 b[WORDS] = {from[4], from[5], from[6], from[7]};
        to[0] = a[0], to[1] = a[1], to[2] = a[2], to[3] = a[3];
        to[4] = b[0], to[5] = b[1], to[6] = b[2], to[7] = b[3];
        capdl_payload_add(&own, a);
        capdl_payload_add(&own, b);
    }
    *sum = own;
}

/* Copies part of a unit. */
static void copy_part(uint8_t *to, const uint8_t *unit, size_t skip, size_t size, struct capdl_payload_sum *sum)
{
    capdl_payload_add(sum, (const void *)unit);
    memcpy(to, unit + skip, size);
}

void copy_summed(uint8_t *to, const uint8_t *from, size_t size, struct capdl_payload_sum *sum)
{
    size_t skip = (uintptr_t)from % UNIT;
    if (skip && size) {
        size_t part = size < UNIT - skip ? size : UNIT - skip;
        copy_part(to, from - skip, skip, part, sum);
        to += part, from += part, size -= part;
    }
    size_t pairs = size / (2 * UNIT), done = pairs * 2 * UNIT;
    copy_pairs((capdl_payload_word *)(void *)to, (const capdl_payload_word *)(const void *)from, pairs, sum);
    for (; done < size; done += UNIT) {
        copy_part(to + done, from + done, 0, size - done < UNIT ? size - done : UNIT, sum);
    }
}
