/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Kernel profile: every fact about one seL4 kernel configuration that the host tool, the emulated machine and (by way
 * of the blob) the initialiser need. Derived from a kernel's install prefix or built in (stock 16.0.0).
 */
#ifndef CAPDL_PROFILE_H
#define CAPDL_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/facts.h>

enum { CAPDL_PROFILE_ABSENT = 0xffff }; /* object type or label that this kernel does not have */
enum { CAPDL_MAX_VSPACE_LEVELS = 4 };

/* Physical memory: [start, end), in bytes. */
struct capdl_region {
    uint64_t start;
    uint64_t end;
};

struct capdl_profile {
    char name[64];     /* "aarch64-mcs", or the last path component of the prefix */
    char version[32];  /* "16.0.0"; "" if the prefix does not say */
    char platform[32]; /* "qemu-arm-virt", "qemu-riscv-virt", "pc99", ... */
    char prefix[4096]; /* install prefix, "" for a built-in profile */
    enum capdl_arch arch;

    bool mcs;        /* CONFIG_KERNEL_MCS */
    bool hypervisor; /* CONFIG_ARM_HYPERVISOR_SUPPORT or CONFIG_VTX */
    bool smp;        /* CONFIG_ENABLE_SMP_SUPPORT */
    bool printing;   /* CONFIG_PRINTING: DebugPutChar exists */
    bool debug;      /* CONFIG_DEBUG_BUILD */
    bool sysenter;   /* x86-64: CONFIG_SYSENTER instead of CONFIG_SYSCALL */
    bool smc;        /* CONFIG_ALLOW_SMC_CALLS */
    bool fpu;        /* CONFIG_HAVE_FPU */
    bool fsgsbase;   /* x86-64: CONFIG_FSGSBASE_INST: user level may use RDFSBASE and its kin */
    bool pmu_user;   /* AArch64: CONFIG_EXPORT_PMU_USER: user level has the performance monitors */
    bool pcnt_user;  /* AArch64: CONFIG_EXPORT_PCNT_USER: and the physical counter */
    bool vcnt_user;  /* AArch64: CONFIG_EXPORT_VCNT_USER: and the virtual one */

    uint32_t max_nodes;            /* CONFIG_MAX_NUM_NODES */
    uint32_t num_domains;          /* CONFIG_NUM_DOMAINS */
    uint32_t num_domain_schedules; /* CONFIG_NUM_DOMAIN_SCHEDULES; 0 where the schedule is fixed at build time */
    uint32_t num_priorities;       /* CONFIG_NUM_PRIORITIES */
    uint32_t root_cnode_bits;      /* CONFIG_ROOT_CNODE_SIZE_BITS */
    uint32_t max_untypeds;         /* CONFIG_MAX_NUM_BOOTINFO_UNTYPED_CAPS */
    uint32_t fan_out;              /* CONFIG_RETYPE_FAN_OUT_LIMIT */
    uint32_t reset_chunk_bits;     /* CONFIG_RESET_CHUNK_BITS */
    uint32_t max_irq;         /* largest interrupt number (x86-64: vector) of a handler; 0 if the prefix does not say */
    uint64_t timer_frequency; /* ticks a second of the kernel's timer; 0: only known at boot (x86-64) */
    uint32_t timer_tick_ms;   /* without MCS, milliseconds between two ticks: CONFIG_TIMER_TICK_MS; 0 with MCS */
    uint64_t max_period_us;   /* MCS: CONFIG_KERNEL_STATIC_MAX_PERIOD_US; 0: as long as the timer counts */
    uint64_t kernel_wcet_us;  /* MCS: smallest budget is twice this; 0 if the prefix does not say, and without MCS */

    /* Numbers of system calls, as signed words; 0 is never one: the call does not exist. */
    int32_t syscalls[CAPDL_SYSCALL_COUNT];
    /* Invocation labels; CAPDL_PROFILE_ABSENT: no such method in this kernel. */
    uint16_t labels[CAPDL_METHOD_COUNT];
    /* Object type numbers for Retype; CAPDL_PROFILE_ABSENT: no such object. */
    uint16_t types[CAPDL_TYPE_COUNT];
    /* log2 of an object's size in bytes; of one slot for CNODE; of the smallest for UNTYPED and SCHED_CONTEXT. */
    uint8_t size_bits[CAPDL_TYPE_COUNT];
    uint8_t max_untyped_bits;
    /* Numbers of faults: labels of a fault handler's messages; 0: this kernel has no such fault. */
    uint8_t faults[CAPDL_FAULT_COUNT];

    /* Shape of an address space, from the root: log2 of the number of entries per level. */
    uint8_t vspace_levels;
    uint8_t vspace_index_bits[CAPDL_MAX_VSPACE_LEVELS];
    uint64_t user_top;      /* first address a user mapping may not include */
    uint8_t asid_pool_bits; /* log2 of address spaces per ASID pool */
    uint8_t num_asid_pool_bits;
    uint8_t pa_bits; /* log2 of the first physical address no untyped covers (CONFIG_PADDR_USER_DEVICE_TOP) */

    /* Offsets of slot regions in struct seL4_BootInfo, in bytes; schedcontrol is 0 without MCS. */
    uint16_t bootinfo_untyped_offset;
    uint16_t bootinfo_schedcontrol_offset;

    /* Platform (support/platform_gen.json, kernel.elf). On x86-64, where firmware decides, empty but for the kernel,
       unless its memory map was given. */
    size_t num_memory;
    struct capdl_region memory[32]; /* RAM the kernel manages, ascending */
    size_t num_devices;
    struct capdl_region devices[256]; /* device regions, ascending */
    struct capdl_region kernel;       /* physical span of the kernel image; start == end: unknown */
    uint64_t kernel_boot_end; /* physical end of the part that is free again after boot (`ki_boot_end`); 0: unknown */
    uint64_t dtb_bytes;       /* size of support/kernel.dtb; 0: there is none */
    uint32_t
        num_ioapics; /* x86-64: I/O APICs that the kernel manages; at most this many, unless a memory map was given */
    uint32_t num_iommus; /* x86-64, where a memory map was given: IOMMUs that the kernel will find and manage */
};

#endif
