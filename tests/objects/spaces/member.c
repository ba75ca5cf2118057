/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

static uint64_t before = 1;

void pd_main(const uint64_t *args)
{
    pd_words[0] = args[0] + before++;
    pd_send(4, 0, 1);
}
