/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls pong in turn through two capabilities to the same endpoint. */
#include "pd.h"

enum { FOREHAND = 4, BACKHAND = 5, ROUNDS = 4 };

void pd_main(const uint64_t *args)
{
    uint64_t ball = 1;
    (void)args;
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t side = i % 2 ? BACKHAND : FOREHAND;
        pd_print("ping: %u by the capability in slot %u\n", ball, side);
        pd_words[0] = ball;
        struct pd_message answer = pd_call(side, 0, 1);
        ball = pd_words[0];
        pd_print("ping: got %u, %u word\n", ball, answer.length);
    }
    pd_print("ping: done\n");
}
