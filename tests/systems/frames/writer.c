/* SPDX-License-Identifier: BSD-2-Clause */
/* args: where the large frame, the small one and the lent one are. */
#include "pd.h"

enum { BELL = 4, LENT };

static volatile uint64_t *at(uint64_t base, uint64_t offset)
{
    return (volatile uint64_t *)(uintptr_t)(base + offset);
}

void pd_main(const uint64_t *args)
{
    pd_print("writer: large %x %x %x %x\n", *at(args[0], 0), *at(args[0], 0x1000), *at(args[0], 0x10008),
             *at(args[0], 0x1ffff8));
    pd_print("writer: small %x %x\n", *at(args[1], 0), *at(args[1], 8));
    *at(args[0], 0x1000) = 0x77;
    *at(args[1], 8) = 0x1234;
    pd_print("writer: lent %x\n", *at(args[2], 0));
    pd_print("writer: unmaps it: error %u\n", pd_call(LENT, SEL4_LABEL_PAGE_UNMAP, 0).label);
    pd_signal(BELL);
    pd_print("writer: lent %x\n", *at(args[2], 0));
}
