/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_words[0] = 41;
    uint64_t label = pd_call(4, 0, 1).label;
    pd_print("asks: got %u, label %u\n", pd_words[0], label);
}
