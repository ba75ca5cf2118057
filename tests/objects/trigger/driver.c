/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An interrupt of which the device was not told is acknowledged: if a level triggers it, it comes again at once; if an
 * edge does, it does not. (RISC-V's interrupt controller under QEMU knows edges only.)
 */
#include "../invoke.h"

#if !defined SEL4_ARCH_X86_64
#include "../../../examples/timer/timer.h"
#endif

enum { ARRIVED = 4, OURSELVES = 5, INTERRUPT = 6, OUR_BADGE = 0x100, CLOCK = 0x10000000 };

#if defined SEL4_ARCH_X86_64
/* Femtoseconds a tick in the upper half of the first word; counter 0 routed to a pin, its interrupt's kind by bit 1. */
enum { HPET_TICK = 0, HPET_ENABLE = 0x10, HPET_PENDING = 0x20, HPET_NOW = 0xf0, HPET_MODE = 0x100, HPET_MATCH = 0x108 };

static volatile uint64_t *hpet(uint64_t offset)
{
    return (volatile uint64_t *)(CLOCK + offset);
}

static void start(void)
{
    uint64_t second = 1000000000000000 / (*hpet(HPET_TICK) >> 32);
    *hpet(HPET_ENABLE) = 1;
    *hpet(HPET_MATCH) = *hpet(HPET_NOW) + second / 10; /* before it counts, or an old match may be taken */
    *hpet(HPET_MODE) = 8 << 9 | 1 << 2 | SEL4_MCS << 1;
}

static void calm(void)
{
    *hpet(HPET_PENDING) = 1;
}
#else
static const struct timer clock = {
#ifdef SEL4_ARCH_AARCH64
    .kind = TIMER_PL031,
#else
    .kind = TIMER_GOLDFISH,
#endif
    .base = CLOCK,
};

static void start(void)
{
    timer_start(&clock);
}

static void calm(void)
{
    timer_calm(&clock);
}
#endif

/* What has been signalled in a while, without waiting for more: another core may have to take the interrupt. */
static uint64_t signalled(void)
{
    for (volatile unsigned i = 0; i < 20000000; i++) {
    }
    pd_signal(OURSELVES);
    return pd_wait(ARRIVED) & ~(uint64_t)OUR_BADGE;
}

void pd_main(const uint64_t *args)
{
    uint64_t again = 0;
    (void)args;
#if SEL4_MCS && !defined SEL4_ARCH_RISCV64
    again = 0x22;
#endif
    signalled(); /* one that firmware has left */
    pd_irq_ack(INTERRUPT);
    for (unsigned i = 0; i < 2; i++) {
        start();
        pd_print("trigger: arrived with badge %x", pd_wait(ARRIVED));
        pd_irq_ack(INTERRUPT);
        pd_print(", again as its trigger says: %u", (uint64_t)((again ? pd_wait(ARRIVED) : signalled()) == again));
        calm();
        pd_irq_ack(INTERRUPT);
        pd_print(", quiet then: %u\n", (uint64_t)(signalled() == 0));
    }
    pd_print("trigger: complete\n");
}
