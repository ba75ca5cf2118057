/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes more memory than the room has. */
#include "program.h"

static volatile unsigned char zeros[70000];

void pd_main(const uint64_t *args)
{
    (void)args;
    work(4, zeros[69999]);
}
