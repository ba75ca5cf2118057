/* SPDX-License-Identifier: BSD-2-Clause */
/* Says hello, and shows what a program finds when it starts: its arguments, its data, zeroed memory, thread-local
   data. */
#include "pd.h"

static const char *greeting = "hello, world";
static volatile uint64_t zeros[1024];
static __thread volatile uint64_t counter = 7;
static __thread volatile uint64_t fresh;

void pd_main(const uint64_t *args)
{
    uint64_t sum = 0;
    for (unsigned i = 0; i < 1024; i++) {
        sum += zeros[i];
    }
    counter += args[0];
    pd_print("%s\n", greeting);
    pd_print("hello: argument %u, zeros %u, thread-local %u and %u\n", args[0], sum, counter, fresh);
}
