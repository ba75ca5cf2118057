/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what lies in two large pages, near their beginning and 2 MiB further, and whether the rest of the second is
 * zero. */
#include "pd.h"

enum { STEP = 4096 };

void pd_main(const uint64_t *args)
{
    const volatile char *small = (const volatile char *)args[0], *huge = (const volatile char *)args[1];
    uint64_t sum = 0;
    for (uint64_t at = 0x201000; at < 0x40000000; at += STEP) {
        sum += (uint64_t)huge[at];
    }
    pd_print("reader: %u %u %u, rest %u\n", (uint64_t)small[0], (uint64_t)huge[0], (uint64_t)huge[0x200000], sum);
}
