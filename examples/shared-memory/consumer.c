/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads words from the board, then tries to write on it, which its mapping does not allow. */
#include "pd.h"

enum { FULL = 4, EMPTY = 5 };

void pd_main(const uint64_t *args)
{
    volatile char *board = (volatile char *)args[0];
    for (unsigned i = 0; i < 3; i++) {
        pd_wait(FULL);
        pd_print("consumer: reads %s\n", (const char *)args[0]);
        pd_signal(EMPTY);
    }
    pd_print("consumer: tries to write\n");
    board[0] = 'S';
    pd_print("consumer: could write, and should not\n");
}
