/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers calls, on the time of whoever calls. */
#include "contract.h"

static void init(void)
{
    pd_print("%s: ready\n", name());
}

static void notified(unsigned channel)
{
    pd_print("%s: notified on channel %u, which nobody may do\n", name(), (uint64_t)channel);
}

static uint64_t protected(unsigned channel, uint64_t word)
{
    pd_print("%s: %u on channel %u\n", name(), word, (uint64_t)channel);
    return word * 2;
}

static void fault(unsigned child, uint64_t label)
{
    (void)child, (void)label;
}
