/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

static const uint8_t *const first = (const uint8_t *)0x10000000, *const other = (const uint8_t *)0x10200000;

static uint64_t word(const uint8_t *at)
{
    return *(const uint64_t *)(uintptr_t)at;
}

__attribute__((unused)) static uint32_t big_endian(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Bytes that are not zero. */
__attribute__((unused)) static uint64_t used(const uint8_t *at, uint64_t size)
{
    uint64_t count = 0;
    for (uint64_t i = 0; i < size; i++) {
        count += at[i] != 0;
    }
    return count;
}

static int same(const uint8_t *a, const uint8_t *b, uint64_t size)
{
    while (size && *a++ == *b++) {
        size--;
    }
    return size == 0;
}

void pd_main(const uint64_t *args)
{
    (void)args;
#ifdef SEL4_ARCH_X86_64
    int good = word(first) == 2 && word(first + 0x1008) > 100 && word(first + 0x1000) == 0;
#else
    /* The header, the magic number behind it, and the second page goes on. */
    uint64_t size = big_endian(first + 20);
    int good = word(first) == 6 && big_endian(first + 16) == 0xd00dfeed && word(first + 8) >= size + 16 &&
               (size < 5000 || used(first + 4096, 4096) > 0);
#endif
    pd_print("bootinfo: %s, ", good ? "there" : "not there");
    pd_print("in the large frame: %s\n",
             same(first, other + 0x1ff000, 4096) && !used(other, 0x1ff000) ? "the same" : "not the same");
}
