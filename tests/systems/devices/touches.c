/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads and writes device memory as args[0] says, then waits. */
#include "pd.h"

enum { STOP = 3, REGISTERS = 0x10000000, WINDOW = 0x10200000, MANY = 0x10400000, FRAMES = 5 };

static volatile uint32_t *at(uintptr_t address)
{
    return (volatile uint32_t *)address;
}

void pd_main(const uint64_t *args)
{
    switch (args[0]) {
    case 0:
        pd_print("reads %u, ", (uint64_t)*at(REGISTERS + 8));
        *at(REGISTERS + 8) = 7;
        pd_print("then %u\n", (uint64_t)*at(REGISTERS + 8));
        break;
    case 1:
        *at(WINDOW + 0x123c) = 1;
        *at(WINDOW + 0x100000) = 1;
        break;
    case 2:
        for (unsigned i = 0; i < FRAMES; i++) {
            *at(MANY + 4096 * i) = i;
        }
        break;
    }
    pd_wait(STOP);
}
