/* SPDX-License-Identifier: BSD-2-Clause */
#include "../contract.h"

volatile uint64_t ports, base, tick;

static void init(void)
{
    enum { CONTROL = 3, ONE_SHOT = 0x30 };

    pd_print("ports: areas %x, interrupts %x\n", microkit_ioports, microkit_irqs);
    pd_print("another's: %s\n", out8((unsigned)ports, 0x70, 0) ? "refused" : "taken");
    uint64_t error = out8((unsigned)ports, base + CONTROL, ONE_SHOT);
    error |= out8((unsigned)ports, base, 0xff);
    error |= out8((unsigned)ports, base, 0x10);
    pd_print("its own: error %u\n", error);
}

static void notified(unsigned channel)
{
    pd_print("ticked: %s\n", channel == tick ? "yes" : "no");
    pd_print("acknowledged: %u\n", acknowledge(channel));
    pd_print("ports: complete\n");
}

NO_CALLS
NO_FAULTS
