/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes words to the board, one at a time, each after the previous one has been read. */
#include "pd.h"

enum { FULL = 4, EMPTY = 5 };

void pd_main(const uint64_t *args)
{
    static const char *const words[] = {"seven", "sheep", "sleep"};
    volatile char *board = (volatile char *)args[0];
    for (unsigned i = 0; i < 3; i++) {
        pd_print("producer: writes %s\n", words[i]);
        for (unsigned j = 0; j == 0 || words[i][j - 1]; j++) {
            board[j] = words[i][j];
        }
        pd_signal(FULL);
        pd_wait(EMPTY);
    }
    pd_print("producer: done, the board says %s\n", (const char *)args[0]);
}
