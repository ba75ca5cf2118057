/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    for (unsigned i = 0; i < 3; i++) {
        pd_print("turns %u: %u\n", args[0], i);
        pd_yield();
    }
}
