/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    for (;;) {
        __asm__ volatile("" ::: "memory");
    }
}
