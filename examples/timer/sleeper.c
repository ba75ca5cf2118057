/* SPDX-License-Identifier: BSD-2-Clause */
/* A client of the driver: sleeps for a while, three times. */
#include "pd.h"

enum { TIMER = 4 };

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("sleeper: goes to sleep\n");
    for (unsigned i = 1; i <= 3; i++) {
        pd_words[0] = i == 3 ? 2 : 1;
        pd_call(TIMER, 0, 1);
        pd_print("sleeper: slept for %u s\n", pd_words[0]);
    }
    pd_print("sleeper: awake\n");
}
