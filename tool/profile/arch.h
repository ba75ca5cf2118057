/* SPDX-License-Identifier: BSD-2-Clause */
/* What kernels of an architecture are like where no file of their install prefix says it: one table each, in arch_*.c.
 */
#ifndef TOOL_PROFILE_ARCH_H
#define TOOL_PROFILE_ARCH_H

#include "profile/board.h"

enum { PROFILE_UNUSED = 0xff }; /* takes a number, but is nothing we name */

/* Numbers in the kernel's order. */
struct profile_numbers {
    size_t count;
    const uint8_t *ids;
};
#define PROFILE_NUMBERS(...)                                      \
    {                                                             \
        sizeof((const uint8_t[]){__VA_ARGS__}), (const uint8_t[]) \
        {                                                         \
            __VA_ARGS__                                           \
        }                                                         \
    }

/* The stock kernel that is built in, as far as it differs from those of other architectures. */
struct profile_stock {
    const char *platform;
    bool hypervisor, fsgsbase;
    uint8_t num_ioapics;
    uint8_t before_set_tls_base; /* system calls between DebugNameThread and SetTLSBase; 0: there is no SetTLSBase */
    uint32_t max_irq;
    uint64_t timer_frequency;
    uint64_t user_top;
    uint8_t vspace_levels, vspace_index_bits[CAPDL_MAX_VSPACE_LEVELS], vspace_size_bits;
    uint8_t max_untyped_bits, num_asid_pool_bits, pa_bits;
    uint64_t kernel_start, kernel_end[2], kernel_boot_end; /* kernel_end: not MCS, MCS */
    uint64_t dtb_bytes;
    struct capdl_region memory, devices[5];
    struct profile_numbers labels; /* of the architecture, after those that all have */
    struct profile_numbers types;
    struct profile_numbers faults;
};

/* Constants of libsel4 for `capdl profile --header`. */
struct profile_constant {
    const char *name; /* NULL: after the last */
    unsigned value;
};

struct profile_arch {
    const struct profile_stock *stock;

    /* Interrupts. */
    uint32_t last_irq;  /* of a board that is not known */
    uint32_t first_irq; /* of the interrupt controller */
    uint32_t max_irq;   /* of every kernel; 0: they differ */
    enum irq_use (*irq_use)(const struct capdl_profile *, const struct board *, uint64_t irq);
    /* Entries of the kernel's table of interrupts that are not the interrupt controller's. */
    uint64_t (*other_irqs)(const struct capdl_profile *);

    /* Headers. */
    bool user_top_is_last;        /* seL4_UserTop is the last user address, not the one after it */
    bool symbols_tell_hypervisor; /* a kernel with hypervisor support has symbols that others lack */
    const char *unknown_syscall;  /* words of these messages: see cheader.c */
    const char *user_exception;
    const struct profile_constant *attributes; /* of mappings */
};

const struct profile_arch *profile_arch(enum capdl_arch);

#define CAPDL_ARCH_BOOTED(id, name) extern const struct profile_arch profile_##name;
#include <capdl/arch.def>

#endif
