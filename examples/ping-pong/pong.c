/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers each call with twice the number it was sent. */
#include "pd.h"

enum { TABLE = 4 };

void pd_main(const uint64_t *args)
{
    (void)args;
    struct pd_message m = pd_recv(TABLE);
    for (;;) {
        pd_print("pong: %u from badge %u\n", pd_words[0], m.badge);
        pd_words[0] *= 2;
        m = pd_reply_recv(TABLE, 0, 1);
    }
}
