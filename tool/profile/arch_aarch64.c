/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/arch.h"

enum { NUM_IPIS = 2, VGIC_IRQ = 25, PRIVATE_IRQS = 32 };

static enum irq_use irq_use(const struct capdl_profile *profile, const struct board *board, uint64_t irq)
{
    bool smmu = profile->labels[CAPDL_METHOD_SID_CONTROL_GET_SID] != CAPDL_PROFILE_ABSENT;
    if (irq > board->last_irq) {
        return IRQ_USE_NONE;
    }
    if (irq == (profile->hypervisor ? board->hypervisor_timer_irq : board->timer_irq)) {
        return IRQ_USE_TIMER;
    }
    bool between = profile->smp && irq < NUM_IPIS;
    bool guests = profile->hypervisor && (irq == board->timer_irq || (board->has_gic && irq == VGIC_IRQ));
    return between || guests || (smmu && irq && irq == board->smmu_irq) ? IRQ_USE_KERNEL : IRQ_USE_FREE;
}

/* Each further core has the first 32 once more. */
static uint64_t other_irqs(const struct capdl_profile *profile)
{
    return (uint64_t)(profile->max_nodes - 1) * PRIVATE_IRQS;
}

static const struct profile_constant attributes[] = {{"VM_CACHEABLE", 1},
                                                     {"VM_PARITY", 2},
                                                     {"VM_EXECUTE_NEVER", 4},
                                                     {NULL, 0}};

static const struct profile_stock stock = {
    .platform = "qemu-arm-virt",
    .hypervisor = true,
    .max_irq = 159,
    .timer_frequency = 62500000,
    .user_top = UINT64_C(1) << 40,
    .vspace_levels = 3,
    .vspace_index_bits = {10, 9, 9},
    .vspace_size_bits = 13,
    .max_untyped_bits = 47,
    .num_asid_pool_bits = 7,
    .pa_bits = 40,
    .kernel_start = 0x60000000,
    .kernel_end = {0x60242000, 0x6024a000},
    .kernel_boot_end = 0x60010000,
    .dtb_bytes = 7832,
    .memory = {0x60000000, 0xc0000000},
    .devices = {{0, 0x8000000},
                {0x8001000, 0x8010000},
                {0x8011000, 0x8030000},
                {0x8031000, 0x60000000},
                {0xc0000000, UINT64_C(1) << 40}},
    .labels = PROFILE_NUMBERS(
        CAPDL_METHOD_VSPACE_CLEAN_DATA, CAPDL_METHOD_VSPACE_INVALIDATE_DATA, CAPDL_METHOD_VSPACE_CLEAN_INVALIDATE_DATA,
        CAPDL_METHOD_VSPACE_UNIFY_INSTRUCTION, CAPDL_METHOD_SMC_CALL, CAPDL_METHOD_PAGE_TABLE_MAP,
        CAPDL_METHOD_PAGE_TABLE_UNMAP, CAPDL_METHOD_PAGE_MAP, CAPDL_METHOD_PAGE_UNMAP, CAPDL_METHOD_PAGE_CLEAN_DATA,
        CAPDL_METHOD_PAGE_INVALIDATE_DATA, CAPDL_METHOD_PAGE_CLEAN_INVALIDATE_DATA, CAPDL_METHOD_PAGE_UNIFY_INSTRUCTION,
        CAPDL_METHOD_PAGE_GET_ADDRESS, CAPDL_METHOD_ASID_CONTROL_MAKE_POOL, CAPDL_METHOD_ASID_POOL_ASSIGN,
        CAPDL_METHOD_VCPU_SET_TCB, PROFILE_UNUSED /* VCPU_InjectIRQ */, PROFILE_UNUSED /* VCPU_ReadRegs */,
        PROFILE_UNUSED /* VCPU_WriteRegs */, PROFILE_UNUSED /* VCPU_AckVPPI */, CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER,
        CAPDL_METHOD_IRQ_CONTROL_ISSUE_SGI_SIGNAL),
    .types = PROFILE_NUMBERS(CAPDL_TYPE_FRAME_1G, CAPDL_TYPE_VSPACE, CAPDL_TYPE_FRAME_4K, CAPDL_TYPE_FRAME_2M,
                             CAPDL_TYPE_PAGE_TABLE, CAPDL_TYPE_VCPU),
    .faults = PROFILE_NUMBERS(CAPDL_FAULT_VGIC_MAINTENANCE, CAPDL_FAULT_VCPU, CAPDL_FAULT_VPPI_EVENT),
};

const struct profile_arch profile_aarch64 = {
    .stock = &stock,
    .last_irq = 2047,
    .irq_use = irq_use,
    .other_irqs = other_irqs,
    .user_top_is_last = true,
    .symbols_tell_hypervisor = true,
    .unknown_syscall = "X0 X1 X2 X3 X4 X5 X6 X7 IP SP LR SPSR SYSCALL",
    .user_exception = "IP SP SPSR NUMBER CODE",
    .attributes = attributes,
};
