/* SPDX-License-Identifier: BSD-2-Clause */
/* Never gives way. */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("hog: starts\n");
    for (;;) {
        __asm__ volatile("");
    }
}
