/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    __atomic_store_n((uint64_t *)0x10000000, 1, __ATOMIC_RELEASE);
}
