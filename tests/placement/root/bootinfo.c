/* SPDX-License-Identifier: BSD-2-Clause */
/* An initial task that prints which memory the kernel gave it, in order. */
#include "root.h"

static void word(const char *before, uint64_t n)
{
    puts_(before);
    put_number(n);
}

void root_main(void)
{
    const uint64_t *words = (const uint64_t *)(const void *)info;
    const uint64_t *slots = words + (SEL4_MCS ? 21 : 19), *list = slots + 2;
    word("empty ", info->empty.start);
    word(" ", info->empty.end);
    word("\nuntypeds ", slots[0]);
    put('\n');
    for (uint64_t i = 0; i < slots[1] - slots[0]; i++) {
        word("", list[2 * i]);
        word(" ", list[2 * i + 1] & 0xff);
        word(" ", list[2 * i + 1] >> 8 & 0xff);
        put('\n');
    }
}
