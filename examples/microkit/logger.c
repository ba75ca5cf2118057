/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints what it finds in memory when it is notified, and says so. */
#include "contract.h"

const char *volatile buffer; /* set by the tool */
volatile uint64_t buffer_size;

static void init(void)
{
    pd_print("%s: ready, %u bytes\n", name(), buffer_size);
}

static void notified(unsigned channel)
{
    pd_print("%s: \"%s\"\n", name(), buffer);
    notify(channel);
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
