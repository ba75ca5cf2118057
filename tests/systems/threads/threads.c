/* SPDX-License-Identifier: BSD-2-Clause */
/* Three threads, one memory: variables are shared, thread-local ones are not. */
#include "pd.h"

static __thread volatile uint64_t own = 7;
static __thread volatile uint64_t zeros[40];
static __thread volatile uint64_t aligned __attribute__((aligned(128))) = 9;
static volatile uint64_t turn;

void pd_main(const uint64_t *args)
{
    own += args[0];
    zeros[39] += args[0];
    turn++;
    pd_print("thread %u: %u %x, own %u %u %u %u, turn %u\n", args[0], args[1], args[2], own, zeros[0], zeros[39],
             aligned + ((uintptr_t)&aligned & 127), turn);
}
