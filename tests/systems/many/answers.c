/* SPDX-License-Identifier: BSD-2-Clause */
#include "pd.h"

void pd_main(const uint64_t *args)
{
    (void)args;
    for (struct pd_message m = pd_recv(4);; m = pd_reply_recv(4, 3, 1)) {
        pd_print("answers: badge %u\n", m.badge);
        pd_words[0]++;
    }
}
