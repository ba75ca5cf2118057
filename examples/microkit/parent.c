/* SPDX-License-Identifier: BSD-2-Clause */
/* Hears of its child's fault, and stops it. */
#include "contract.h"

volatile uint64_t child_id;

static void init(void)
{
    pd_print("%s: child %u may start\n", name(), child_id);
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
    pd_print("%s: child %u read what it does not have (%s)\n", name(), (uint64_t)child,
             label == SEL4_FAULT_VM ? "VM fault" : "another fault");
    stop(child);
}
