/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Built-in profiles: stock seL4 16.0.0 on three boards, MCS or not, root CNode of 17 or 12 bits. Numbers a kernel
 * counts (labels, object types, system calls) are counted here too, over lists in the kernel's order; a row says in
 * which of the kernels it is.
 */
#include <stdio.h>
#include <string.h>

#include "profile/profile.h"

enum {
    ARM = 1 << CAPDL_ARCH_AARCH64,
    RISCV = 1 << CAPDL_ARCH_RISCV,
    X86 = 1 << CAPDL_ARCH_X86_64,
    PLAIN = 1 << CAPDL_ARCH_COUNT, /* not MCS */
    MCS = PLAIN << 1,
    ALL = ARM | RISCV | X86,
    BOTH = PLAIN | MCS,
    UNUSED = 0xff, /* takes a number, but is nothing we name */
};

struct row {
    uint8_t id;
    uint8_t kernels; /* architectures and PLAIN, MCS */
};

/* Invocations, from 1. */
static const struct row label_order[] = {
    {CAPDL_METHOD_UNTYPED_RETYPE, ALL | BOTH},
    {CAPDL_METHOD_TCB_READ_REGISTERS, ALL | BOTH},
    {CAPDL_METHOD_TCB_WRITE_REGISTERS, ALL | BOTH},
    {CAPDL_METHOD_TCB_COPY_REGISTERS, ALL | BOTH},
    {CAPDL_METHOD_TCB_CONFIGURE, ALL | BOTH},
    {CAPDL_METHOD_TCB_SET_PRIORITY, ALL | BOTH},
    {CAPDL_METHOD_TCB_SET_MC_PRIORITY, ALL | BOTH},
    {CAPDL_METHOD_TCB_SET_SCHED_PARAMS, ALL | BOTH},
    {CAPDL_METHOD_TCB_SET_TIMEOUT_ENDPOINT, ALL | MCS},
    {CAPDL_METHOD_TCB_SET_IPC_BUFFER, ALL | BOTH},
    {CAPDL_METHOD_TCB_SET_SPACE, ALL | BOTH},
    {CAPDL_METHOD_TCB_SUSPEND, ALL | BOTH},
    {CAPDL_METHOD_TCB_RESUME, ALL | BOTH},
    {CAPDL_METHOD_TCB_BIND_NOTIFICATION, ALL | BOTH},
    {CAPDL_METHOD_TCB_UNBIND_NOTIFICATION, ALL | BOTH},
    {CAPDL_METHOD_TCB_SET_TLS_BASE, ALL | BOTH},
    {CAPDL_METHOD_TCB_SET_FLAGS, ALL | BOTH},
    {CAPDL_METHOD_CNODE_REVOKE, ALL | BOTH},
    {CAPDL_METHOD_CNODE_DELETE, ALL | BOTH},
    {CAPDL_METHOD_CNODE_CANCEL_BADGED_SENDS, ALL | BOTH},
    {CAPDL_METHOD_CNODE_COPY, ALL | BOTH},
    {CAPDL_METHOD_CNODE_MINT, ALL | BOTH},
    {CAPDL_METHOD_CNODE_MOVE, ALL | BOTH},
    {CAPDL_METHOD_CNODE_MUTATE, ALL | BOTH},
    {CAPDL_METHOD_CNODE_ROTATE, ALL | BOTH},
    {CAPDL_METHOD_CNODE_SAVE_CALLER, ALL | PLAIN},
    {CAPDL_METHOD_IRQ_CONTROL_GET, ALL | BOTH},
    {CAPDL_METHOD_IRQ_HANDLER_ACK, ALL | BOTH},
    {CAPDL_METHOD_IRQ_HANDLER_SET_NOTIFICATION, ALL | BOTH},
    {CAPDL_METHOD_IRQ_HANDLER_CLEAR, ALL | BOTH},
    {CAPDL_METHOD_DOMAIN_SET_SET, ALL | BOTH},
    {CAPDL_METHOD_DOMAIN_SET_SCHEDULE_CONFIGURE, ALL | BOTH},
    {CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START, ALL | BOTH},
    {CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, ALL | MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_BIND, ALL | MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_UNBIND, ALL | MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_UNBIND_OBJECT, ALL | MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_CONSUMED, ALL | MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_YIELD_TO, ALL | MCS},
    {CAPDL_METHOD_VSPACE_CLEAN_DATA, ARM | BOTH},
    {CAPDL_METHOD_VSPACE_INVALIDATE_DATA, ARM | BOTH},
    {CAPDL_METHOD_VSPACE_CLEAN_INVALIDATE_DATA, ARM | BOTH},
    {CAPDL_METHOD_VSPACE_UNIFY_INSTRUCTION, ARM | BOTH},
    {CAPDL_METHOD_SMC_CALL, ARM | BOTH},
    {CAPDL_METHOD_PDPT_MAP, X86 | BOTH},
    {CAPDL_METHOD_PDPT_UNMAP, X86 | BOTH},
    {CAPDL_METHOD_PAGE_DIRECTORY_MAP, X86 | BOTH},
    {CAPDL_METHOD_PAGE_DIRECTORY_UNMAP, X86 | BOTH},
    {CAPDL_METHOD_PAGE_TABLE_MAP, ALL | BOTH},
    {CAPDL_METHOD_PAGE_TABLE_UNMAP, ALL | BOTH},
    {CAPDL_METHOD_IO_PAGE_TABLE_MAP, X86 | BOTH},
    {UNUSED, X86 | BOTH}, /* IOPageTable_Unmap */
    {CAPDL_METHOD_PAGE_MAP, ALL | BOTH},
    {CAPDL_METHOD_PAGE_UNMAP, ALL | BOTH},
    {CAPDL_METHOD_PAGE_MAP_IO, X86 | BOTH},
    {CAPDL_METHOD_PAGE_CLEAN_DATA, ARM | BOTH},
    {CAPDL_METHOD_PAGE_INVALIDATE_DATA, ARM | BOTH},
    {CAPDL_METHOD_PAGE_CLEAN_INVALIDATE_DATA, ARM | BOTH},
    {CAPDL_METHOD_PAGE_UNIFY_INSTRUCTION, ARM | BOTH},
    {CAPDL_METHOD_PAGE_GET_ADDRESS, ALL | BOTH},
    {CAPDL_METHOD_ASID_CONTROL_MAKE_POOL, ALL | BOTH},
    {CAPDL_METHOD_ASID_POOL_ASSIGN, ALL | BOTH},
    {CAPDL_METHOD_VCPU_SET_TCB, ARM | BOTH},
    {UNUSED, ARM | BOTH}, /* VCPU_InjectIRQ */
    {UNUSED, ARM | BOTH}, /* VCPU_ReadRegs */
    {UNUSED, ARM | BOTH}, /* VCPU_WriteRegs */
    {UNUSED, ARM | BOTH}, /* VCPU_AckVPPI */
    {CAPDL_METHOD_IRQ_CONTROL_GET_TRIGGER, ARM | RISCV | BOTH},
    {CAPDL_METHOD_IRQ_CONTROL_ISSUE_SGI_SIGNAL, ARM | BOTH},
    {CAPDL_METHOD_IO_PORT_CONTROL_ISSUE, X86 | BOTH},
    {UNUSED, X86 | BOTH}, /* IOPort_In8, In16, In32, Out8, Out16, Out32 */
    {UNUSED, X86 | BOTH},
    {UNUSED, X86 | BOTH},
    {UNUSED, X86 | BOTH},
    {UNUSED, X86 | BOTH},
    {UNUSED, X86 | BOTH},
    {CAPDL_METHOD_IRQ_CONTROL_GET_IOAPIC, X86 | BOTH},
    {CAPDL_METHOD_IRQ_CONTROL_GET_MSI, X86 | BOTH},
};

/* Object types, from 0. */
static const struct row type_order[] = {
    {CAPDL_TYPE_UNTYPED, ALL | BOTH},        {CAPDL_TYPE_TCB, ALL | BOTH},
    {CAPDL_TYPE_ENDPOINT, ALL | BOTH},       {CAPDL_TYPE_NOTIFICATION, ALL | BOTH},
    {CAPDL_TYPE_CNODE, ALL | BOTH},          {CAPDL_TYPE_SCHED_CONTEXT, ALL | MCS},
    {CAPDL_TYPE_REPLY, ALL | MCS},           {CAPDL_TYPE_PDPT, X86 | BOTH},
    {CAPDL_TYPE_VSPACE, X86 | BOTH},         {CAPDL_TYPE_FRAME_1G, ALL | BOTH},
    {CAPDL_TYPE_VSPACE, ARM | BOTH},         {CAPDL_TYPE_FRAME_4K, ALL | BOTH},
    {CAPDL_TYPE_FRAME_2M, ALL | BOTH},       {CAPDL_TYPE_PAGE_TABLE, ALL | BOTH},
    {CAPDL_TYPE_PAGE_DIRECTORY, X86 | BOTH}, {CAPDL_TYPE_IO_PAGE_TABLE, X86 | BOTH},
    {CAPDL_TYPE_VCPU, ARM | BOTH},
};

/* System calls, from -1 downwards. Those after the API proper have their number whether they are left out or not. */
static const struct row syscall_order[] = {
    {CAPDL_SYSCALL_CALL, ALL | BOTH},
    {CAPDL_SYSCALL_REPLY_RECV, ALL | BOTH},
    {CAPDL_SYSCALL_NBSEND_RECV, ALL | MCS},
    {CAPDL_SYSCALL_NBSEND_WAIT, ALL | MCS},
    {CAPDL_SYSCALL_SEND, ALL | BOTH},
    {CAPDL_SYSCALL_NBSEND, ALL | BOTH},
    {CAPDL_SYSCALL_RECV, ALL | BOTH},
    {CAPDL_SYSCALL_NBRECV, ALL | MCS},
    {CAPDL_SYSCALL_REPLY, ALL | PLAIN},
    {CAPDL_SYSCALL_WAIT, ALL | MCS},
    {CAPDL_SYSCALL_NBWAIT, ALL | MCS},
    {CAPDL_SYSCALL_YIELD, ALL | BOTH},
    {CAPDL_SYSCALL_NBRECV, ALL | PLAIN},
    {CAPDL_SYSCALL_DEBUG_PUTCHAR, ALL | BOTH},
    {CAPDL_SYSCALL_DEBUG_DUMP_SCHEDULER, ALL | BOTH},
    {CAPDL_SYSCALL_DEBUG_HALT, ALL | BOTH},
    {CAPDL_SYSCALL_DEBUG_CAP_IDENTIFY, ALL | BOTH},
    {CAPDL_SYSCALL_DEBUG_SNAPSHOT, ALL | BOTH},
    {CAPDL_SYSCALL_DEBUG_NAME_THREAD, ALL | BOTH},
};

/* Between DebugNameThread and SetTLSBase, which x86-64 has: IPIs, code injection, benchmarks, MSRs, VMEnter. */
enum { SYSCALLS_BEFORE_SET_TLS_BASE = 15 };

/* Faults, from 1; 4 stands for debug exceptions, which stock kernels leave out. */
static const struct row fault_order[] = {
    {CAPDL_FAULT_CAP, ALL | BOTH},
    {CAPDL_FAULT_UNKNOWN_SYSCALL, ALL | BOTH},
    {CAPDL_FAULT_USER_EXCEPTION, ALL | BOTH},
    {UNUSED, ALL | BOTH},
    {CAPDL_FAULT_TIMEOUT, ALL | MCS},
    {CAPDL_FAULT_VM, ALL | BOTH},
    {CAPDL_FAULT_VGIC_MAINTENANCE, ARM | BOTH},
    {CAPDL_FAULT_VCPU, ARM | BOTH},
    {CAPDL_FAULT_VPPI_EVENT, ARM | BOTH},
};

/* What the boards differ in. */
struct board {
    const char *name, *platform;
    enum capdl_arch arch;
    bool hypervisor;
    uint32_t max_irq;
    uint64_t timer_frequency;
    uint64_t user_top;
    uint8_t vspace_levels, vspace_index_bits[CAPDL_MAX_VSPACE_LEVELS], vspace_size_bits;
    uint8_t max_untyped_bits, num_asid_pool_bits, pa_bits;
    uint64_t kernel_start, kernel_end[2], kernel_boot_end; /* kernel_end: not MCS, MCS */
    uint64_t dtb_bytes;
    struct capdl_region memory, devices[5];
};

static const struct board boards[] = {
    {
        .name = "aarch64",
        .platform = "qemu-arm-virt",
        .arch = CAPDL_ARCH_AARCH64,
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
    },
    {
        .name = "riscv64",
        .platform = "qemu-riscv-virt",
        .arch = CAPDL_ARCH_RISCV,
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
    },
    {
        .name = "x86_64",
        .platform = "pc99",
        .arch = CAPDL_ARCH_X86_64,
        .max_irq = 107,
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
    },
};

static bool row_applies(const struct row *row, const struct capdl_profile *p)
{
    return (row->kernels & 1 << p->arch) && (row->kernels & (p->mcs ? MCS : PLAIN));
}

static void count_labels(struct capdl_profile *p)
{
    uint16_t label = 1;

    for (size_t i = 0; i < CAPDL_METHOD_COUNT; i++) {
        p->labels[i] = CAPDL_PROFILE_ABSENT;
    }
    for (size_t i = 0; i < sizeof(label_order) / sizeof(label_order[0]); i++) {
        if (!row_applies(&label_order[i], p)) {
            continue;
        }
        if (label_order[i].id != UNUSED) {
            p->labels[label_order[i].id] = label;
        }
        label++;
    }
}

static void count_types(struct capdl_profile *p)
{
    uint16_t type = 0;

    for (size_t i = 0; i < CAPDL_TYPE_COUNT; i++) {
        p->types[i] = CAPDL_PROFILE_ABSENT;
    }
    for (size_t i = 0; i < sizeof(type_order) / sizeof(type_order[0]); i++) {
        if (row_applies(&type_order[i], p)) {
            p->types[type_order[i].id] = type++;
        }
    }
    if (p->arch == CAPDL_ARCH_RISCV) { /* a root is a page table like any other */
        p->types[CAPDL_TYPE_VSPACE] = p->types[CAPDL_TYPE_PAGE_TABLE];
    }
}

static void count_syscalls(struct capdl_profile *p)
{
    int32_t number = -1;

    for (size_t i = 0; i < sizeof(syscall_order) / sizeof(syscall_order[0]); i++) {
        if (row_applies(&syscall_order[i], p)) {
            p->syscalls[syscall_order[i].id] = number--;
        }
    }
    if (p->arch == CAPDL_ARCH_X86_64) {
        p->syscalls[CAPDL_SYSCALL_SET_TLS_BASE] = number - SYSCALLS_BEFORE_SET_TLS_BASE;
    }
}

static void count_faults(struct capdl_profile *p)
{
    uint8_t number = 1;

    for (size_t i = 0; i < sizeof(fault_order) / sizeof(fault_order[0]); i++) {
        if (!row_applies(&fault_order[i], p)) {
            continue;
        }
        if (fault_order[i].id != UNUSED) {
            p->faults[fault_order[i].id] = number;
        }
        number++;
    }
}

static void set_sizes(struct capdl_profile *p, const struct board *board)
{
    static const uint8_t bits[CAPDL_TYPE_COUNT] = {
        [CAPDL_TYPE_UNTYPED] = 4,         [CAPDL_TYPE_TCB] = 11,
        [CAPDL_TYPE_ENDPOINT] = 4,        [CAPDL_TYPE_CNODE] = 5,
        [CAPDL_TYPE_SCHED_CONTEXT] = 7,   [CAPDL_TYPE_REPLY] = 5,
        [CAPDL_TYPE_FRAME_4K] = 12,       [CAPDL_TYPE_FRAME_2M] = 21,
        [CAPDL_TYPE_FRAME_1G] = 30,       [CAPDL_TYPE_PAGE_TABLE] = 12,
        [CAPDL_TYPE_PAGE_DIRECTORY] = 12, [CAPDL_TYPE_PDPT] = 12,
        [CAPDL_TYPE_VCPU] = 12,           [CAPDL_TYPE_IO_PAGE_TABLE] = 12,
    };

    for (size_t i = 0; i < CAPDL_TYPE_COUNT; i++) {
        if (p->types[i] != CAPDL_PROFILE_ABSENT) {
            p->size_bits[i] = bits[i];
        }
    }
    p->size_bits[CAPDL_TYPE_NOTIFICATION] = p->mcs ? 6 : 5;
    p->size_bits[CAPDL_TYPE_VSPACE] = board->vspace_size_bits;
    p->max_untyped_bits = board->max_untyped_bits;
    p->vspace_levels = board->vspace_levels;
    memcpy(p->vspace_index_bits, board->vspace_index_bits, sizeof(p->vspace_index_bits));
    p->user_top = board->user_top;
    p->asid_pool_bits = 9;
    p->num_asid_pool_bits = board->num_asid_pool_bits;
    p->pa_bits = board->pa_bits;
    p->bootinfo_schedcontrol_offset = p->mcs ? 152 : 0;
    p->bootinfo_untyped_offset = p->mcs ? 168 : 152;
}

static void set_platform(struct capdl_profile *p, const struct board *board)
{
    p->kernel = (struct capdl_region){board->kernel_start, board->kernel_end[p->mcs]};
    p->kernel_boot_end = board->kernel_boot_end;
    p->dtb_bytes = board->dtb_bytes;
    if (board->memory.end != 0) {
        p->memory[p->num_memory++] = board->memory;
    }
    for (size_t i = 0; i < sizeof(board->devices) / sizeof(board->devices[0]); i++) {
        if (board->devices[i].end != 0) {
            p->devices[p->num_devices++] = board->devices[i];
        }
    }
}

static void set_configuration(struct capdl_profile *p)
{
    p->printing = true;
    p->debug = true;
    p->fpu = true;
    p->fsgsbase = p->arch == CAPDL_ARCH_X86_64;
    p->max_nodes = 1;
    p->num_domains = 1;
    p->num_domain_schedules = 2;
    p->num_priorities = 256;
    p->max_untypeds = 230;
    p->fan_out = 256;
    p->reset_chunk_bits = 8;
    p->kernel_wcet_us = p->mcs ? 10 : 0;
    p->num_ioapics = p->arch == CAPDL_ARCH_X86_64;
}

static void make_profile(struct capdl_profile *p, const struct board *board, bool mcs, uint32_t root_cnode_bits)
{
    snprintf(p->name, sizeof(p->name), "%s%s%s", board->name, mcs ? "-mcs" : "", root_cnode_bits == 12 ? "-12" : "");
    snprintf(p->version, sizeof(p->version), "16.0.0");
    snprintf(p->platform, sizeof(p->platform), "%s", board->platform);
    p->arch = board->arch;
    p->mcs = mcs;
    p->hypervisor = board->hypervisor;
    p->root_cnode_bits = root_cnode_bits;
    p->max_irq = board->max_irq;
    p->timer_frequency = board->timer_frequency;
    set_configuration(p);
    count_labels(p);
    count_types(p);
    count_syscalls(p);
    count_faults(p);
    set_sizes(p, board);
    set_platform(p, board);
}

enum { VARIANTS = 4, BUILTINS = VARIANTS * sizeof(boards) / sizeof(boards[0]) };

const struct capdl_profile *profile_builtin_at(size_t i)
{
    static struct capdl_profile profiles[BUILTINS];

    if (i >= BUILTINS) {
        return NULL;
    }
    if (profiles[i].name[0] == 0) {
        make_profile(&profiles[i], &boards[i / VARIANTS], i & 1, i & 2 ? 12 : 17);
    }
    return &profiles[i];
}

const struct capdl_profile *profile_builtin(const char *name)
{
    const struct capdl_profile *p;

    for (size_t i = 0; (p = profile_builtin_at(i)) != NULL; i++) {
        if (strcmp(p->name, name) == 0) {
            return p;
        }
    }
    return NULL;
}

const struct capdl_profile *profile_default(enum capdl_arch arch)
{
    const struct capdl_profile *p;

    for (size_t i = 0; (p = profile_builtin_at(i)) != NULL; i++) {
        if (p->arch == arch && p->mcs && p->root_cnode_bits == 17) {
            return p;
        }
    }
    return NULL;
}
