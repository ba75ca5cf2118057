/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

static const uint64_t addresses[] = {0x10000000, 0x10001000, 0x10002000, 0x10003000, 0x10200000, 0x10400000};
static const uint64_t sizes[] = {1ul << 12, 1ul << 12, 1ul << 12, 1ul << 12, 1ul << 21, 1ul << 21};

enum { FRAMES = sizeof(addresses) / sizeof(addresses[0]) };

static volatile uint64_t *at(unsigned frame, uint64_t offset)
{
    return (volatile uint64_t *)(addresses[frame] + offset);
}

#ifdef SEL4_ARCH_AARCH64
enum { RAM = 0x70000000 };
#elif defined SEL4_ARCH_X86_64
enum { RAM = 0x10000000 };
#else
#define RAM 0xa0000000
#endif

static uint64_t physical(uint64_t cap)
{
    invoke(cap, SEL4_LABEL_PAGE_GET_ADDRESS, 0, 0, 0);
    return pd_words[0];
}

void pd_main(const uint64_t *args)
{
    uint64_t zero = 1, kept = 1;
    (void)args;
    for (unsigned i = 0; i < FRAMES; i++) {
        zero &= *at(i, 0) == 0 && *at(i, sizes[i] / 2) == 0 && *at(i, sizes[i] - 8) == 0;
    }
    for (unsigned i = 0; i < FRAMES; i++) {
        *at(i, 0) = *at(i, sizes[i] - 8) = 0x1111 * (i + 1);
    }
    for (unsigned i = 0; i < FRAMES; i++) {
        kept &= *at(i, 0) == 0x1111 * (i + 1) && *at(i, sizes[i] - 8) == 0x1111 * (i + 1);
    }
    pd_print("frames: zero at first: %u, each its own: %u\n", zero, kept);
    pd_print("at their addresses: %u %u %u ", (uint64_t)(physical(4) == RAM), (uint64_t)(physical(5) == RAM + 0x1000),
             (uint64_t)(physical(7) == RAM + 0x5000));
    pd_print("%u %u %u\n", (uint64_t)(physical(8) == RAM + 0x200000), (uint64_t)(physical(10) == 0x4000000000),
             (uint64_t)(physical(12) == 0));
    pd_signal(11);
    pd_print("between them: %u\n", pd_wait(11));
    pd_print("frames: complete\n");
}
