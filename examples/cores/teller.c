/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One of several tellers: args are its number, how many there are, and where the page is that they share. None
 * goes on before all have arrived, and none of them sleeps while it waits for the others.
 */
#include "pd.h"

struct meeting {
    uint64_t present; /* tellers that have come */
    uint64_t turn;    /* who prints next */
};

/* Tells the processor that we only wait; emulators let another core go first. */
static void relax(void)
{
#if defined(__x86_64__)
    __asm__ volatile("pause");
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#elif defined(__riscv)
    __asm__ volatile(".4byte 0x0100000f"); /* pause */
#endif
}

/* Yields now and then, for the sake of machines that have fewer cores. Each time all cores want the kernel's lock. */
static void wait_for(uint64_t *word, uint64_t value)
{
    for (unsigned i = 1; __atomic_load_n(word, __ATOMIC_ACQUIRE) < value; i++) {
        relax();
        if (i % 1000000 == 0) {
            pd_yield();
        }
    }
}

void pd_main(const uint64_t *args)
{
    uint64_t number = args[0], count = args[1];
    struct meeting *meeting = (struct meeting *)args[2];
    __atomic_fetch_add(&meeting->present, 1, __ATOMIC_ACQ_REL);
    wait_for(&meeting->present, count);
    wait_for(&meeting->turn, number);
    pd_print("teller %u: on core %u, all %u are here\n", number, number, count);
    __atomic_store_n(&meeting->turn, number + 1, __ATOMIC_RELEASE);
}
