/* SPDX-License-Identifier: BSD-2-Clause */
/* What kernels know of their boards and install prefixes do not say, or not in every release. */
#include "kernel.h"

#include <string.h>

static const struct {
    const char *platform;
    unsigned before; /* release */
    struct board board;
} boards[] = {
    {"bcm2837", UINT32_MAX, {.last_irq = 127, .timer_frequency = 19200000}},
    {"qemu-arm-virt", UINT32_MAX, {.last_irq = 159, .timer_frequency = 62500000, .has_gic = true}},
    {"qemu-riscv-virt", 14, {.last_irq = 128, .timer_frequency = 10000000}},
    {"qemu-riscv-virt", UINT32_MAX, {.last_irq = 95, .timer_frequency = 10000000}},
};

/* Of a board that is not there, or one whose frequency is measured at boot. */
static const struct board unknown = {.last_irq = MAX_IRQS - 1, .timer_frequency = 1000000000, .has_gic = true};

struct board board_of(const struct capdl_profile *profile, unsigned version)
{
    struct board board = unknown;
    for (size_t i = sizeof(boards) / sizeof(boards[0]); i-- > 0;) {
        if (strcmp(boards[i].platform, profile->platform) == 0 && version < boards[i].before) {
            board = boards[i].board;
        }
    }
    if (profile->max_irq) {
        board.last_irq = profile->max_irq;
    }
    if (profile->timer_frequency) {
        board.timer_frequency = profile->timer_frequency;
    }
    return board;
}
