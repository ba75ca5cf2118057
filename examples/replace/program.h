/* SPDX-License-Identifier: BSD-2-Clause */
/* What the child's programs have in common. `started` must be zero whatever ran before. */
#include "pd.h"

enum { WITNESS = 4, DONE = 5 };

static volatile uint64_t started;

static inline void work(uint64_t number, uint64_t check)
{
    started++;
    pd_print("child: program %u, started %u time, check %u\n", number, started, check);
    pd_words[0] = number;
    pd_call(WITNESS, 0, 1);
    pd_print("child: the witness says %u\n", pd_words[0]);
    pd_signal(DONE);
}
