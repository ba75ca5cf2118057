/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    uint64_t count = 0, sum = 0;
    (void)args;
    for (; count < 600; count++) {
        pd_recv(4);
        sum += pd_words[0];
    }
    pd_print("spaces: %u members, each the first in its own: %s\n", count, sum == 600 * 0x1235 ? "yes" : "no");
}
