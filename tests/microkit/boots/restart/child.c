/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads where it has no memory, each time that it is started. */
#include "../contract.h"

void _start(void);

volatile uint64_t *volatile told;
static uint64_t starts;
static volatile uint64_t *volatile nothing = (volatile uint64_t *)(uintptr_t)0x10;

static void init(void)
{
    *told = (uint64_t)(uintptr_t)_start;
    pd_print("child: start %u\n", ++starts);
    (void)*nothing;
    pd_print("child: there is memory\n");
}

NO_MESSAGES
NO_FAULTS
