/* SPDX-License-Identifier: BSD-2-Clause */
/* What kernels know of their boards and install prefixes do not say, or not in every release. */
#ifndef TOOL_PROFILE_BOARD_H
#define TOOL_PROFILE_BOARD_H

#include <capdl/profile.h>

struct board {
    uint32_t last_irq;        /* of the interrupt controller; x86-64: the last number of a handler */
    uint64_t timer_frequency; /* ticks a second */
    uint64_t max_period_us;   /* as the kernel was configured; 0: what the timer can count */
    bool has_gic;             /* AArch64: without one, triggers cannot be set, nor signals sent between cores */
    uint8_t timer_irq;        /* AArch64: the kernel's, without hypervisor; with it, that of guests */
    uint8_t hypervisor_timer_irq;
    uint16_t smmu_irq;        /* 0: the board has no SMMU */
    uint32_t last_sgi_target; /* of signals between cores: a GICv2 numbers eight, a GICv3 takes affinities */
};

/* The release a kernel is of, 13 and up. */
unsigned profile_release(const struct capdl_profile *);
struct board board_of(const struct capdl_profile *);
/* How long the domain schedule's ticks are: so many in so many microseconds. Kernels without MCS count those of their
 * timer's interrupt. ticks 0: only the running kernel knows, which counts at most BOARD_MOST_MHZ in a microsecond. */
enum { BOARD_MOST_MHZ = 16000 };
struct board_clock {
    uint64_t ticks, us;
};
struct board_clock board_domain_clock(const struct capdl_profile *);
/* MCS: the longest period that the kernel takes. */
uint64_t board_max_period_us(const struct board *);

/* Who has an interrupt: nobody, or the kernel for its timer or for itself; or there is no such interrupt. */
enum { BOARD_LAST_SGI = 15 };
enum irq_use { IRQ_USE_FREE, IRQ_USE_TIMER, IRQ_USE_KERNEL, IRQ_USE_NONE };
enum irq_use board_irq_use(const struct capdl_profile *, const struct board *, uint64_t irq);
/* The first number of the interrupt controller's; the last is the board's. */
uint32_t board_first_irq(const struct capdl_profile *);

#endif
