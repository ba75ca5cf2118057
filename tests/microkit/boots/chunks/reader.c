/* SPDX-License-Identifier: BSD-2-Clause */
#include "../contract.h"

struct chunk {
    uint64_t kind, size;
    char bytes[];
};

const struct chunk *volatile map, *volatile clock, *volatile root, *volatile screen;

static void init(void)
{
    uint32_t frequency;
    __builtin_memcpy(&frequency, clock->bytes, sizeof(frequency));
    pd_print("chunks: kinds %u %u %u\n", map->kind, clock->kind, root->kind);
    pd_print("map: %s\n", map->size > 16 ? "some" : "none");
    pd_print("clock: size %u, frequency %s\n", clock->size, frequency > 100 ? "high" : "low");
    pd_print("root: %c%c%c %c%c%c\n", (uint64_t)root->bytes[0], (uint64_t)root->bytes[1], (uint64_t)root->bytes[2],
             (uint64_t)root->bytes[4], (uint64_t)root->bytes[5], (uint64_t)root->bytes[6]);
    pd_print("screen: %s\n", screen->size ? "some" : "none");
    pd_print("chunks: complete\n");
}

NO_MESSAGES
NO_FAULTS
