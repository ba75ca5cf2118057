/* SPDX-License-Identifier: BSD-2-Clause */
/* args: where the large frame, the small one and the lent one are. */
#include "pd.h"

enum { BELL = 4 };

static volatile uint64_t *at(uint64_t base, uint64_t offset)
{
    return (volatile uint64_t *)(uintptr_t)(base + offset);
}

void pd_main(const uint64_t *args)
{
    pd_wait(BELL);
    pd_print("reader: large %x %x\n", *at(args[0], 0), *at(args[0], 0x1000));
    pd_print("reader: small %x, lent %x\n", *at(args[1], 8), *at(args[2], 0));
}
