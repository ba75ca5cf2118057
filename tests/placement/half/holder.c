/* SPDX-License-Identifier: BSD-2-Clause */
#include "../../objects/invoke.h"

enum { DMA = 0x100, FRAMES = 256 };

static uint64_t physical(uint64_t cap)
{
    invoke(cap, SEL4_LABEL_PAGE_GET_ADDRESS, 0, 0, 0);
    return pd_words[0];
}

void pd_main(const uint64_t *args)
{
    volatile uint64_t *first = (volatile uint64_t *)0x40000000, *last = (volatile uint64_t *)0x40200000;
    uint64_t in_line = 0;
    (void)args;
    for (uint64_t i = 0; i < FRAMES; i++) {
        in_line += physical(DMA + i) == physical(DMA) + (i << 21);
    }
    *first = 1;
    last[(1 << 18) - 1] = 2;
    pd_print("half: %u frames of 2 MiB in line, %u and %u in them\n", in_line, *first, last[(1 << 18) - 1]);
}
