/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers each call with the number of calls so far. It has no part in what `dynamic` does. */
#include "pd.h"

enum { ASKED = 4 };

void pd_main(const uint64_t *args)
{
    uint64_t count = 0;
    (void)args;
    pd_recv(ASKED);
    for (;;) {
        pd_words[0] = ++count;
        pd_reply_recv(ASKED, 0, 1);
    }
}
