/* SPDX-License-Identifier: BSD-2-Clause */
/* Four timers that can interrupt after a while, one on each platform of the examples. */
#ifndef TIMER_H
#define TIMER_H

#include <stdint.h>

#include "pd.h"

enum timer_kind {
    TIMER_PL031,    /* Arm's real-time clock: seconds, and a second to be reached */
    TIMER_GOLDFISH, /* QEMU's own clock: nanoseconds, and an alarm */
    TIMER_BCM2835,  /* Raspberry Pi: microseconds, and a microsecond to be reached, of channel 1 */
    TIMER_PIT,      /* PC: counts down from 65536 at most, 1193182 a second */
};

struct timer {
    enum timer_kind kind;
    uint64_t base;  /* where its registers are mapped, or its first I/O port */
    uint64_t ports; /* capability to its I/O ports */
};

enum { PL031_NOW = 0x00, PL031_MATCH = 0x04, PL031_ENABLE = 0x0c, PL031_MASK = 0x10, PL031_CLEAR = 0x1c };
enum {
    GOLDFISH_NOW_LOW = 0x00,
    GOLDFISH_NOW_HIGH = 0x04,
    GOLDFISH_ALARM_LOW = 0x08,
    GOLDFISH_ALARM_HIGH = 0x0c,
    GOLDFISH_ENABLE = 0x10,
    GOLDFISH_CLEAR = 0x1c,
};
enum { BCM2835_STATUS = 0x00, BCM2835_NOW = 0x04, BCM2835_COMPARE = 0x10 };
enum { PIT_COUNTER = 0, PIT_COMMAND = 3, PIT_ONCE = 0x30, PIT_SHARE = 59659 /* a twentieth of a second */ };

static inline uint32_t timer_get(const struct timer *t, unsigned reg)
{
    return *(volatile uint32_t *)(t->base + reg);
}

static inline void timer_set(const struct timer *t, unsigned reg, uint32_t value)
{
    *(volatile uint32_t *)(t->base + reg) = value;
}

/* How many interrupts make a second. */
static inline unsigned timer_rate(const struct timer *t)
{
    return t->kind == TIMER_PIT ? 20 : 1;
}

#if defined(__x86_64__)
static inline void timer_start_ports(const struct timer *t)
{
    pd_port_out8(t->ports, (uint16_t)(t->base + PIT_COMMAND), PIT_ONCE);
    pd_port_out8(t->ports, (uint16_t)(t->base + PIT_COUNTER), PIT_SHARE & 0xff);
    pd_port_out8(t->ports, (uint16_t)(t->base + PIT_COUNTER), PIT_SHARE >> 8);
}
#endif

/* One interrupt, 1/timer_rate seconds from now. */
static inline void timer_start(const struct timer *t)
{
    switch (t->kind) {
    case TIMER_PL031:
        timer_set(t, PL031_MATCH, timer_get(t, PL031_NOW) + 1);
        timer_set(t, PL031_ENABLE, 1);
        timer_set(t, PL031_MASK, 1);
        break;
    case TIMER_GOLDFISH: {
        uint64_t low = timer_get(t, GOLDFISH_NOW_LOW); /* keeps the other half until that is read */
        uint64_t alarm = ((uint64_t)timer_get(t, GOLDFISH_NOW_HIGH) << 32 | low) + 1000000000;
        timer_set(t, GOLDFISH_ENABLE, 1);
        timer_set(t, GOLDFISH_ALARM_HIGH, (uint32_t)(alarm >> 32));
        timer_set(t, GOLDFISH_ALARM_LOW, (uint32_t)alarm);
        break;
    }
    case TIMER_BCM2835:
        timer_set(t, BCM2835_COMPARE, timer_get(t, BCM2835_NOW) + 1000000);
        break;
    case TIMER_PIT:
#if defined(__x86_64__)
        timer_start_ports(t);
#endif
        break;
    }
}

/* The interrupt has been seen to. */
static inline void timer_calm(const struct timer *t)
{
    if (t->kind == TIMER_PL031) {
        timer_set(t, PL031_CLEAR, 1);
    } else if (t->kind == TIMER_GOLDFISH) {
        timer_set(t, GOLDFISH_CLEAR, 1);
    } else if (t->kind == TIMER_BCM2835) {
        timer_set(t, BCM2835_STATUS, 1 << 1);
    }
}

#endif
