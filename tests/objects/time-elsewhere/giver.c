/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

enum { CORE = 4, CONTEXT = 5 };

static volatile uint64_t *const word = (volatile uint64_t *)0x10000000;

static int has_run(void)
{
    for (volatile unsigned i = 0; i < 10000000 && *word == 0; i++) {
    }
    return *word != 0;
}

void pd_main(const uint64_t *args)
{
    const uint64_t context = CONTEXT, words[] = {10000, 10000, 0, 0, 0};
    (void)args;
    pd_print("time: it ran here: %u\n", (uint64_t)has_run());
    for (unsigned i = 0; i < 5; i++) {
        pd_words[i] = words[i];
    }
    pd_print("time: given: %u\n", invoke(CORE, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, 1, &context, 5));
    while (*word == 0)
        ;
    pd_print("time: it ran on core 2\n");
}
