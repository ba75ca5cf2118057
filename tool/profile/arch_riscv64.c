/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/arch.h"

/* Interrupts that the kernel counts after those of the interrupt controller: the timer's, and two between cores. */
enum { TIMER_IRQS = 1, BETWEEN_IRQS = 2 };

static enum irq_use irq_use(const struct capdl_profile *profile, const struct board *board, uint64_t irq)
{
    uint64_t timer = (uint64_t)board->last_irq + TIMER_IRQS;
    if (irq == timer) {
        return IRQ_USE_TIMER;
    }
    if (irq > timer) {
        return profile->smp && irq <= timer + BETWEEN_IRQS ? IRQ_USE_KERNEL : IRQ_USE_NONE;
    }
    return irq ? IRQ_USE_FREE : IRQ_USE_NONE;
}

static uint64_t other_irqs(const struct capdl_profile *profile)
{
    return TIMER_IRQS + (profile->smp ? BETWEEN_IRQS : 0);
}

static const struct profile_constant attributes[] = {{"VM_EXECUTE_NEVER", 1}, {NULL, 0}};

static const struct profile_stock stock = {
    .platform = "qemu-riscv-virt",
    .max_irq = 95,
    .timer_frequency = 10000000,
    .user_top = UINT64_C(0x3ffffff000),
    .vspace_levels = 3,
    .vspace_index_bits = {9, 9, 9},
    .vspace_size_bits = 12,
    .max_untyped_bits = 38,
    .num_asid_pool_bits = 7,
    .pa_bits = 39,
    .kernel_start = 0x80200000,
    .kernel_end = {0x80221000, 0x80228000},
    .kernel_boot_end = 0x80203000,
    .dtb_bytes = 4421,
    .memory = {0x80200000, UINT64_C(0x100000000)},
    .devices = {{0, 0x2000000},
                {0x2200000, 0xc000000},
                {0xc600000, 0x80200000},
                {UINT64_C(0x100000000), UINT64_C(1) << 39}},
    .labels =
        PROFILE_NUMBERS(CAPDL_METHOD_PAGE_TABLE_MAP, CAPDL_METHOD_PAGE_TABLE_UNMAP, CAPDL_METHOD_PAGE_MAP,
                        CAPDL_METHOD_PAGE_UNMAP, CAPDL_METHOD_PAGE_GET_ADDRESS, CAPDL_METHOD_ASID_CONTROL_MAKE_POOL,
                        CAPDL_METHOD_ASID_POOL_ASSIGN, CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER),
    .types = PROFILE_NUMBERS(CAPDL_TYPE_FRAME_1G, CAPDL_TYPE_FRAME_4K, CAPDL_TYPE_FRAME_2M, CAPDL_TYPE_PAGE_TABLE),
};

const struct profile_arch profile_riscv64 = {
    .stock = &stock,
    .last_irq = 2047,
    .first_irq = 1,
    .irq_use = irq_use,
    .other_irqs = other_irqs,
    .unknown_syscall = "IP SP RA A0 A1 A2 A3 A4 A5 A6 SYSCALL",
    .user_exception = "IP SP NUMBER CODE",
    .attributes = attributes,
};
