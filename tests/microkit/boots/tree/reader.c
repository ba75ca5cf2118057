/* SPDX-License-Identifier: BSD-2-Clause */
#include "../contract.h"

const uint64_t *volatile tree;

static uint32_t number(unsigned index)
{
    const uint8_t *bytes = (const uint8_t *)(tree + 2) + 4 * index;
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void init(void)
{
    enum { HEADER = 16 };

    pd_print("tree: kind %u, magic %x\n", tree[0], (uint64_t)number(0));
    pd_print("its size and the chunk's are %s\n", tree[1] == number(1) + HEADER ? "the same" : "different");
    pd_print("it ends in %x\n", (uint64_t)number((number(2) + number(9)) / 4 - 1));
    pd_print("tree: complete\n");
}

NO_MESSAGES
NO_FAULTS
