/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * args: our number (0 or 1) and where the shared word is. The two take turns, and between its turns each waits without
 * ever giving up the processor. Without domains, the one of higher priority would wait forever.
 */
#include "pd.h"

enum { TURNS = 6 };

void pd_main(const uint64_t *args)
{
    uint64_t number = args[0];
    uint64_t *turn = (uint64_t *)args[1];
    for (uint64_t mine = number; mine < TURNS; mine += 2) {
        while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) != mine)
            ;
        pd_print("%s: turn %u\n", number == 0 ? "high" : "low", mine);
        __atomic_store_n(turn, mine + 1, __ATOMIC_RELEASE);
    }
}
