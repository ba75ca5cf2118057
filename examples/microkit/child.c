/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads memory that it does not have. */
#include "contract.h"

static volatile uint64_t *volatile nothing = (volatile uint64_t *)(uintptr_t)0x10;

static void init(void)
{
    pd_print("%s: reads address 0x%x\n", name(), (uint64_t)(uintptr_t)nothing);
    (void)*nothing;
    pd_print("%s: got something\n", name());
}

static void notified(unsigned channel)
{
    (void)channel;
}

static uint64_t protected(unsigned channel, uint64_t word)
{
    (void)channel;
    return word;
}

static void fault(unsigned child, uint64_t label)
{
    (void)child, (void)label;
}
