/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
}

void entry(uint64_t *buffer, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h,
           uint64_t i, uint64_t j, uint64_t k, uint64_t l);

void entry(uint64_t *buffer, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h,
           uint64_t i, uint64_t j, uint64_t k, uint64_t l)
{
    uint64_t frame = (uint64_t)__builtin_frame_address(0);
    pd_words = buffer + SEL4_IPC_BUFFER_WORD_MESSAGE;
    pd_print("arguments: %x %x %x %x %x %x ", b, c, d, e, f, g);
    pd_print("%x %x %x %x %x, stack aligned: %u\n", h, i, j, k, l, (uint64_t)(frame % 16 == 0));
    pd_wait(3);
}
