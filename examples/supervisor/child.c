/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads where nothing is mapped, twice: args[0] and the page after it. */
#include "pd.h"

/* Not inlined: when the load faults, the address is in the first argument register. */
__attribute__((noinline)) static uint64_t load(const volatile uint64_t *address)
{
    return *address;
}

void pd_main(const uint64_t *args)
{
    for (unsigned i = 0; i < 2; i++) {
        uint64_t address = args[0] + i * 4096;
        pd_print("child: reads 0x%x\n", address);
        pd_print("child: found %u\n", load((const volatile uint64_t *)address));
    }
    pd_print("child: done\n");
}
