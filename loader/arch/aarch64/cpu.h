/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LOADER_AARCH64_CPU_H
#define LOADER_AARCH64_CPU_H

#include "loader.h"

#pragma GCC visibility push(hidden)

#define read_register(name)                                \
    ({                                                     \
        uint64_t value_;                                   \
        __asm__ volatile("mrs %0, " #name : "=r"(value_)); \
        value_;                                            \
    })
#define write_register(name, value) __asm__ volatile("msr " #name ", %0" : : "r"((uint64_t)(value)) : "memory")

static inline void barrier(void)
{
    __asm__ volatile("dsb sy\n\tisb" : : : "memory");
}

/* Bits that are to be one. */
#define SCTLR_EL1_RES1 UINT64_C(0x30d00800)
#define SCTLR_EL2_RES1 UINT64_C(0x30c50830)

unsigned current_level(void);
/* start.S */
void drop_to_el2(void);
void drop_to_el1(void);
void drop_past_el2(void);
void arch_vectors_set(void);
void start_secondary(void);
void start_spinning(void);
void exception_report(uint64_t sp);
/* psci.c: remembers the level the boot core was entered at; what is above it is firmware. */
void cpu_entered_at(unsigned level);
/* gic.c: entered at EL3, nobody has given the interrupts to the non-secure side yet. */
void gic_open(void);
/* efi.c: an EFI status, and the address of the device tree or 0. */
struct efi_system_table;
uint64_t efi_leave(void *image, const struct efi_system_table *, uint64_t *tree);

#pragma GCC visibility pop

#endif
