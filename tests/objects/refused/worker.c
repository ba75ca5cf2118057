/* SPDX-License-Identifier: BSD-2-Clause */
/* Its CSpace is what matters. */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
}
