/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/arch.h"

/* Handlers are numbered from the first vector that user level may have. */
enum { FIRST_USER_VECTOR = 48, LAST_USER_VECTOR = 155, LAST_IRQ = LAST_USER_VECTOR - FIRST_USER_VECTOR };

static enum irq_use irq_use(const struct capdl_profile *profile, const struct board *board, uint64_t irq)
{
    (void)profile;
    return irq > board->last_irq ? IRQ_USE_NONE : IRQ_USE_FREE;
}

static uint64_t other_irqs(const struct capdl_profile *profile)
{
    (void)profile;
    return 0;
}

static const struct profile_constant attributes[] = {{"VM_WRITE_THROUGH", 1},
                                                     {"VM_CACHE_DISABLED", 2},
                                                     {"VM_UNCACHEABLE", 3},
                                                     {"VM_WRITE_COMBINING", 4},
                                                     {NULL, 0}};

static const struct profile_stock stock = {
    .platform = "pc99",
    .fsgsbase = true,
    .num_ioapics = 1,
    .before_set_tls_base = 15, /* IPIs, code injection, benchmarks, MSRs, VMEnter */
    .max_irq = LAST_IRQ,
    .user_top = UINT64_C(0x7ffffffff000),
    .vspace_levels = 4,
    .vspace_index_bits = {9, 9, 9, 9},
    .vspace_size_bits = 12,
    .max_untyped_bits = 47,
    .num_asid_pool_bits = 3,
    .pa_bits = 47,
    .kernel_start = 0x100000,
    .kernel_end = {0xa13000, 0xa13000},
    .kernel_boot_end = 0x800000,
    .labels = PROFILE_NUMBERS(
        CAPDL_METHOD_PDPT_MAP, CAPDL_METHOD_PDPT_UNMAP, CAPDL_METHOD_PAGE_DIRECTORY_MAP,
        CAPDL_METHOD_PAGE_DIRECTORY_UNMAP, CAPDL_METHOD_PAGE_TABLE_MAP, CAPDL_METHOD_PAGE_TABLE_UNMAP,
        CAPDL_METHOD_IO_PAGE_TABLE_MAP, PROFILE_UNUSED /* IOPageTable_Unmap */, CAPDL_METHOD_PAGE_MAP,
        CAPDL_METHOD_PAGE_UNMAP, CAPDL_METHOD_PAGE_MAP_IO, CAPDL_METHOD_PAGE_GET_ADDRESS,
        CAPDL_METHOD_ASID_CONTROL_MAKE_POOL, CAPDL_METHOD_ASID_POOL_ASSIGN, CAPDL_METHOD_IO_PORT_CONTROL_ISSUE,
        /* IOPort_In8, In16, In32, Out8, Out16, Out32 */
        PROFILE_UNUSED, PROFILE_UNUSED, PROFILE_UNUSED, PROFILE_UNUSED, PROFILE_UNUSED, PROFILE_UNUSED,
        CAPDL_METHOD_IRQ_CONTROL_GET_IOAPIC, CAPDL_METHOD_IRQ_CONTROL_GET_MSI),
    .types = PROFILE_NUMBERS(CAPDL_TYPE_PDPT, CAPDL_TYPE_VSPACE, CAPDL_TYPE_FRAME_1G, CAPDL_TYPE_FRAME_4K,
                             CAPDL_TYPE_FRAME_2M, CAPDL_TYPE_PAGE_TABLE, CAPDL_TYPE_PAGE_DIRECTORY,
                             CAPDL_TYPE_IO_PAGE_TABLE),
};

const struct profile_arch profile_x86_64 = {
    .stock = &stock,
    .last_irq = LAST_IRQ,
    .max_irq = LAST_IRQ,
    .irq_use = irq_use,
    .other_irqs = other_irqs,
    .unknown_syscall = "RAX RBX RCX RDX RSI RDI RBP R8 R9 R10 R11 R12 R13 R14 R15 IP SP FLAGS SYSCALL",
    .user_exception = "IP SP FLAGS NUMBER CODE",
    .attributes = attributes,
};
