/* SPDX-License-Identifier: BSD-2-Clause */
/* Lets the hog run on twice when its budget is used up, and then no more. */
#include "pd.h"

enum { OVERRUNS = 4, HOG };

void pd_main(const uint64_t *args)
{
    (void)args;
    for (unsigned i = 0; i < 3; i++) {
        struct pd_message m = pd_recv(OVERRUNS);
        pd_print("boss: badge %u, %s, data %u, it ran: %u\n", m.badge,
                 m.label == SEL4_FAULT_TIMEOUT ? "budget used up" : "a fault", pd_words[SEL4_TIMEOUT_DATA],
                 pd_words[SEL4_TIMEOUT_CONSUMED] > 0);
        if (i < 2) {
            pd_reply(0, 0);
        }
    }
    pd_print("boss: stops it, error %u\n", pd_call(HOG, SEL4_LABEL_TCB_SUSPEND, 0).label);
}
