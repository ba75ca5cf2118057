/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints how many equal reports came one after the other. */
#include "pd.h"

enum { REPORTS = 4, EXPECTED = 65 };

void pd_main(const uint64_t *args)
{
    uint64_t badge = 0, number = 0, same = 0;
    (void)args;
    for (unsigned i = 0; i < EXPECTED; i++) {
        struct pd_message m = pd_recv(REPORTS);
        if (same && (m.badge != badge || pd_words[0] != number)) {
            pd_print("%u times %u from badge %u\n", same, number, badge);
            same = 0;
        }
        badge = m.badge;
        number = pd_words[0];
        same++;
    }
    pd_print("%u times %u from badge %u, that is all\n", same, number, badge);
}
