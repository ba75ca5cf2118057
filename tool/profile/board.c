/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/arch.h"

#include <stdlib.h>
#include <string.h>

static const struct profile_arch *const arches[CAPDL_ARCH_COUNT] = {
#define CAPDL_ARCH_BOOTED(id, name) [CAPDL_ARCH_##id] = &profile_##name,
#include <capdl/arch.def>
};

const struct profile_arch *profile_arch(enum capdl_arch arch)
{
    return arches[arch];
}

enum { ANY_RELEASE = 255 };

#define ARM_TIMERS .timer_irq = 27, .hypervisor_timer_irq = 26

static const struct {
    const char *platform;
    unsigned before; /* release */
    struct board board;
} boards[] = {
    {"bcm2837", ANY_RELEASE, {.last_irq = 127, .timer_frequency = 19200000, .timer_irq = 3, .hypervisor_timer_irq = 2}},
    {"qemu-arm-virt", ANY_RELEASE, {.last_irq = 159, .timer_frequency = 62500000, .has_gic = true, ARM_TIMERS}},
    {"qemu-riscv-virt", 14, {.last_irq = 128, .timer_frequency = 10000000}},
    {"qemu-riscv-virt", ANY_RELEASE, {.last_irq = 95, .timer_frequency = 10000000}},
    {"tx2", ANY_RELEASE, {.last_irq = 383, .timer_frequency = 31250000, .has_gic = true, ARM_TIMERS, .smmu_irq = 202}},
    {"zynqmp",
     ANY_RELEASE,
     {.last_irq = 187, .timer_frequency = 100000000, .has_gic = true, ARM_TIMERS, .smmu_irq = 187}},
};

static const char *const gic_v3[] = {"fvp",       "imx8mm-evk", "imx8mp-evk", "imx8mq-evk", "imx93",
                                     "maaxboard", "quartz64",   "rk3568",     "rockpro64",  "tqma8xqp1gb"};
enum { GIC_V2_CORES = 8 };

static uint32_t last_sgi_target(const char *platform)
{
    for (size_t i = 0; i < sizeof(gic_v3) / sizeof(gic_v3[0]); i++) {
        if (strcmp(gic_v3[i], platform) == 0) {
            return UINT32_MAX;
        }
    }
    return GIC_V2_CORES - 1;
}

/* Of a board that is not there, or one whose frequency is measured at boot. */
static const struct board unknown = {.timer_frequency = 1000000000, .has_gic = true, ARM_TIMERS};

/* Install prefixes do not say it; what they offer tells them apart, but for 15 and 16 without debug calls. */
unsigned profile_release(const struct capdl_profile *profile)
{
    if (*profile->version) {
        return (unsigned)strtoul(profile->version, NULL, 10);
    }
    if (profile->labels[CAPDL_METHOD_TCB_SET_FLAGS] == CAPDL_PROFILE_ABSENT) {
        return 13;
    }
    if (profile->labels[CAPDL_METHOD_DOMAIN_SET_SCHEDULE_CONFIGURE] == CAPDL_PROFILE_ABSENT) {
        return 14;
    }
    return profile->syscalls[CAPDL_SYSCALL_DEBUG_SEND_IPI] && !profile->smp ? 15 : 16;
}

struct board board_of(const struct capdl_profile *profile)
{
    struct board board = unknown;
    unsigned release = profile_release(profile);
    board.last_irq = profile_arch(profile->arch)->last_irq;
    for (size_t i = sizeof(boards) / sizeof(boards[0]); i-- > 0;) {
        if (strcmp(boards[i].platform, profile->platform) == 0 && release < boards[i].before) {
            board = boards[i].board;
        }
    }
    board.max_period_us = profile->max_period_us;
    board.last_sgi_target = last_sgi_target(profile->platform);
    if (profile->max_irq) {
        board.last_irq = profile->max_irq;
    }
    if (profile->timer_frequency) {
        board.timer_frequency = profile->timer_frequency;
    }
    return board;
}

struct board_clock board_domain_clock(const struct capdl_profile *profile)
{
    if (profile->mcs) {
        return (struct board_clock){profile->timer_frequency, 1000000};
    }
    return (struct board_clock){profile->timer_tick_ms != 0, (uint64_t)profile->timer_tick_ms * 1000};
}

uint64_t board_max_period_us(const struct board *board)
{
    uint64_t unit = board->timer_frequency % 1000000 ? 1000 : 1000000;
    return board->max_period_us ? board->max_period_us : UINT64_MAX / (board->timer_frequency / unit) / 8;
}

enum irq_use board_irq_use(const struct capdl_profile *profile, const struct board *board, uint64_t irq)
{
    return profile_arch(profile->arch)->irq_use(profile, board, irq);
}

uint32_t board_first_irq(const struct capdl_profile *profile)
{
    return profile_arch(profile->arch)->first_irq;
}
