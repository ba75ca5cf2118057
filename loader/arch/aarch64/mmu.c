/* SPDX-License-Identifier: BSD-2-Clause */
/* 4 KiB granule, four levels, 48-bit addresses. Attribute numbers are those the kernel uses too. */
#include "cpu.h"

#define BIT(n) (UINT64_C(1) << (n))
#define ADDRESS_MASK UINT64_C(0x0000fffffffff000)

enum { ATTRIBUTE_DEVICE = 0, ATTRIBUTE_NORMAL = 4, INNER_SHAREABLE = 3 };
/* 0 device nGnRnE, 1 nGnRE, 2 GRE, 3 normal not cached, 4 normal write-back, 5 write-through */
#define MAIR UINT64_C(0xaaff440c0400)

static uint64_t shareability(void)
{
    return loader.payload->flags & CAPDL_PAYLOAD_SHAREABLE ? INNER_SHAREABLE : 0;
}

unsigned arch_paging_levels(void)
{
    return 4;
}

uint64_t arch_table_entry(uintptr_t table)
{
    return table | 3;
}

uintptr_t arch_table_address(uint64_t entry)
{
    return entry & ADDRESS_MASK;
}

uint64_t arch_block_entry(uint64_t address, enum memory_kind kind)
{
    uint64_t access_flag = BIT(10), never_executed = BIT(54) | BIT(53);
    return kind == MEMORY_NORMAL ? address | access_flag | shareability() << 8 | ATTRIBUTE_NORMAL << 2 | 1
                                 : address | access_flag | never_executed | ATTRIBUTE_DEVICE << 2 | 1;
}

/* At EL1 the upper half of the address space has a table of its own. */
bool arch_kernel_root_apart(void)
{
    return !(loader.payload->flags & CAPDL_PAYLOAD_HYPERVISOR);
}

/* The processor's address size, at most 48 bits: larger addresses need another granule. */
static uint64_t physical_size(void)
{
    uint64_t size = read_register(id_aa64mmfr0_el1) & 15;
    return size < 5 ? size : 5;
}

/* Walks are cached, write-back; 48-bit addresses: 64 - 16. */
static uint64_t walks(uint64_t shareable)
{
    return 16 | 1 << 8 | 1 << 10 | shareable << 12;
}

/* A hypervisor kernel keeps this value and refuses any other, so it is not the processor's maximum. */
static uint64_t tcr_el2(void)
{
    enum { PHYSICAL_40 = 2, PHYSICAL_44 = 4 };
    uint64_t size = loader.payload->physical_bits == 44 ? PHYSICAL_44 : PHYSICAL_40;
    return BIT(31) | BIT(23) | size << 16 | walks(INNER_SHAREABLE);
}

static uint64_t tcr_el1(void)
{
    uint64_t asid_16_bits = BIT(36), granule_4k_upper = UINT64_C(2) << 30;
    return asid_16_bits | granule_4k_upper | physical_size() << 32 | walks(shareability()) << 16 |
           walks(shareability());
}

void arch_translation_on(void)
{
    uint64_t on = BIT(0) | BIT(2) | BIT(12); /* translation, data cache, instruction cache */
    barrier();
    if (current_level() == 2) {
        write_register(mair_el2, MAIR);
        write_register(tcr_el2, tcr_el2());
        write_register(ttbr0_el2, loader.root);
        barrier();
        __asm__ volatile("tlbi alle2" : : : "memory");
        barrier();
        write_register(sctlr_el2, SCTLR_EL2_RES1 | on);
    } else {
        write_register(mair_el1, MAIR);
        write_register(tcr_el1, tcr_el1());
        write_register(ttbr0_el1, loader.root);
        write_register(ttbr1_el1, loader.kernel_root);
        barrier();
        __asm__ volatile("tlbi vmalle1" : : : "memory");
        barrier();
        write_register(sctlr_el1, SCTLR_EL1_RES1 | on);
    }
    __asm__ volatile("isb\n\tic iallu\n\tdsb sy\n\tisb" : : : "memory");
}

/* Four steps a turn: what counts is the number of instructions. */
#define FOUR_STEPS(instruction, at, step)                                                                          \
    __asm__ volatile(instruction ", %0\n\tadd %0, %0, %1\n\t" instruction ", %0\n\tadd %0, %0, %1\n\t" instruction \
                                 ", %0\n\tadd %0, %0, %1\n\t" instruction ", %0\n\tadd %0, %0, %1"                 \
                     : "+r"(at)                                                                                    \
                     : "r"(step)                                                                                   \
                     : "memory")

/* Clears whole blocks without reading them, where the processor supports and allows that. */
void arch_clear(uintptr_t start, size_t size)
{
    uint64_t zva = read_register(dczid_el0), block = UINT64_C(4) << (zva & 15);
    uintptr_t at = (start + block - 1) & -block, end = start + size;
    if (zva & BIT(4) || end < at + 4 * block) {
        memset((void *)start, 0, size);
        return;
    }
    memset((void *)start, 0, at - start);
    while (end - at >= 4 * block) {
        FOUR_STEPS("dc zva", at, block);
    }
    memset((void *)at, 0, end - at);
}

void arch_publish(uintptr_t start, size_t size)
{
    uint64_t line = UINT64_C(4) << (read_register(ctr_el0) >> 16 & 15);
    uintptr_t at = start & -line, end = start + size;
    while (end > at && end - at >= 4 * line) {
        FOUR_STEPS("dc cvac", at, line);
    }
    for (; at < end; at += line) {
        __asm__ volatile("dc cvac, %0" : : "r"(at) : "memory");
    }
}

void arch_publish_done(void)
{
    __asm__ volatile("dsb sy\n\tic ialluis\n\tdsb sy\n\tisb" : : : "memory");
}
