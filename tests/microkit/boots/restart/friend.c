/* SPDX-License-Identifier: BSD-2-Clause */
#include "../contract.h"

static void init(void)
{
    pd_print("restart: complete\n");
}

NO_MESSAGES
NO_FAULTS
