/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps running while the child is replaced: it counts the calls that it gets. */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    uint64_t count = 0;
    (void)args;
    for (pd_recv(4);; pd_reply_recv(4, 0, 1)) {
        count++;
        pd_print("witness: call %u, from program %u\n", count, pd_words[0]);
        pd_words[0] = count;
    }
}
