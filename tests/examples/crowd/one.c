/* SPDX-License-Identifier: BSD-2-Clause */
/* Reports the sum of its argument, a thread's own variable and a program's own variable. */
#include "pd.h"

enum { REPORTS = 4 };

static volatile uint64_t shared = 100;
static __thread volatile uint64_t own = 40;

void pd_main(const uint64_t *args)
{
    own += args[0];
    shared += 1000;
    pd_words[0] = own + shared;
    pd_send(REPORTS, 0, 1);
}
