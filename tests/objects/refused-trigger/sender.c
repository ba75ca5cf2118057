/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_signal(4);
    pd_signal(4);
}
