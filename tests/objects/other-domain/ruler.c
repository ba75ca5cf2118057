/* SPDX-License-Identifier: BSD-2-Clause */
#include "../invoke.h"

enum { DOMAINS = 4, THREAD = 5 };

void pd_main(const uint64_t *args)
{
    const uint64_t thread = THREAD;
    (void)args;
    pd_words[0] = 1;
    pd_print("ruler: set: %u\n", invoke(DOMAINS, SEL4_LABEL_DOMAIN_SET_SET, 1, &thread, 1));
    while (__atomic_load_n((uint64_t *)0x10000000, __ATOMIC_ACQUIRE) == 0)
        ;
    pd_print("ruler: the other one ran\n");
}
