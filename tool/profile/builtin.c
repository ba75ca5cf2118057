/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Built-in profiles: stock seL4 16.0.0 on three boards, MCS or not, root CNode of 17 or 12 bits. Numbers a kernel
 * counts (labels, object types, system calls) are counted here too, over lists in the kernel's order: first what all
 * architectures have, then what is in the file of the architecture.
 */
#include <stdio.h>
#include <string.h>

#include <capdl/architecture.h>

#include "profile/arch.h"
#include "profile/bootinfo.h"
#include "profile/profile.h"

enum { PLAIN = 1 /* not MCS */, MCS = 2, BOTH = PLAIN | MCS };

struct row {
    uint8_t id;
    uint8_t kernels; /* PLAIN, MCS or BOTH */
};

/* Invocations, from 1. */
static const struct row label_order[] = {
    {CAPDL_METHOD_UNTYPED_RETYPE, BOTH},
    {CAPDL_METHOD_TCB_READ_REGISTERS, BOTH},
    {CAPDL_METHOD_TCB_WRITE_REGISTERS, BOTH},
    {CAPDL_METHOD_TCB_COPY_REGISTERS, BOTH},
    {CAPDL_METHOD_TCB_CONFIGURE, BOTH},
    {CAPDL_METHOD_TCB_SET_PRIORITY, BOTH},
    {CAPDL_METHOD_TCB_SET_MC_PRIORITY, BOTH},
    {CAPDL_METHOD_TCB_SET_SCHED_PARAMS, BOTH},
    {CAPDL_METHOD_TCB_SET_TIMEOUT_ENDPOINT, MCS},
    {CAPDL_METHOD_TCB_SET_IPC_BUFFER, BOTH},
    {CAPDL_METHOD_TCB_SET_SPACE, BOTH},
    {CAPDL_METHOD_TCB_SUSPEND, BOTH},
    {CAPDL_METHOD_TCB_RESUME, BOTH},
    {CAPDL_METHOD_TCB_BIND_NOTIFICATION, BOTH},
    {CAPDL_METHOD_TCB_UNBIND_NOTIFICATION, BOTH},
    {CAPDL_METHOD_TCB_SET_TLS_BASE, BOTH},
    {CAPDL_METHOD_TCB_SET_FLAGS, BOTH},
    {CAPDL_METHOD_CNODE_REVOKE, BOTH},
    {CAPDL_METHOD_CNODE_DELETE, BOTH},
    {CAPDL_METHOD_CNODE_CANCEL_BADGED_SENDS, BOTH},
    {CAPDL_METHOD_CNODE_COPY, BOTH},
    {CAPDL_METHOD_CNODE_MINT, BOTH},
    {CAPDL_METHOD_CNODE_MOVE, BOTH},
    {CAPDL_METHOD_CNODE_MUTATE, BOTH},
    {CAPDL_METHOD_CNODE_ROTATE, BOTH},
    {CAPDL_METHOD_CNODE_SAVE_CALLER, PLAIN},
    {CAPDL_METHOD_IRQ_CONTROL_GET, BOTH},
    {CAPDL_METHOD_IRQ_HANDLER_ACK, BOTH},
    {CAPDL_METHOD_IRQ_HANDLER_SET_NOTIFICATION, BOTH},
    {CAPDL_METHOD_IRQ_HANDLER_CLEAR, BOTH},
    {CAPDL_METHOD_DOMAIN_SET_SET, BOTH},
    {CAPDL_METHOD_DOMAIN_SET_SCHEDULE_CONFIGURE, BOTH},
    {CAPDL_METHOD_DOMAIN_SET_SCHEDULE_SET_START, BOTH},
    {CAPDL_METHOD_SCHED_CONTROL_CONFIGURE_FLAGS, MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_BIND, MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_UNBIND, MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_UNBIND_OBJECT, MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_CONSUMED, MCS},
    {CAPDL_METHOD_SCHED_CONTEXT_YIELD_TO, MCS},
};

/* Object types, from 0. */
static const struct row type_order[] = {
    {CAPDL_TYPE_UNTYPED, BOTH},      {CAPDL_TYPE_TCB, BOTH},   {CAPDL_TYPE_ENDPOINT, BOTH},
    {CAPDL_TYPE_NOTIFICATION, BOTH}, {CAPDL_TYPE_CNODE, BOTH}, {CAPDL_TYPE_SCHED_CONTEXT, MCS},
    {CAPDL_TYPE_REPLY, MCS},
};

/* System calls, from -1 downwards. Those after the API proper have their number whether they are left out or not. */
static const struct row syscall_order[] = {
    {CAPDL_SYSCALL_CALL, BOTH},
    {CAPDL_SYSCALL_REPLY_RECV, BOTH},
    {CAPDL_SYSCALL_NBSEND_RECV, MCS},
    {CAPDL_SYSCALL_NBSEND_WAIT, MCS},
    {CAPDL_SYSCALL_SEND, BOTH},
    {CAPDL_SYSCALL_NBSEND, BOTH},
    {CAPDL_SYSCALL_RECV, BOTH},
    {CAPDL_SYSCALL_NBRECV, MCS},
    {CAPDL_SYSCALL_REPLY, PLAIN},
    {CAPDL_SYSCALL_WAIT, MCS},
    {CAPDL_SYSCALL_NBWAIT, MCS},
    {CAPDL_SYSCALL_YIELD, BOTH},
    {CAPDL_SYSCALL_NBRECV, PLAIN},
    {CAPDL_SYSCALL_DEBUG_PUTCHAR, BOTH},
    {CAPDL_SYSCALL_DEBUG_DUMP_SCHEDULER, BOTH},
    {CAPDL_SYSCALL_DEBUG_HALT, BOTH},
    {CAPDL_SYSCALL_DEBUG_CAP_IDENTIFY, BOTH},
    {CAPDL_SYSCALL_DEBUG_SNAPSHOT, BOTH},
    {CAPDL_SYSCALL_DEBUG_NAME_THREAD, BOTH},
};

/* Faults, from 1; 4 stands for debug exceptions, which stock kernels leave out. */
static const struct row fault_order[] = {
    {CAPDL_FAULT_CAP, BOTH}, {CAPDL_FAULT_UNKNOWN_SYSCALL, BOTH}, {CAPDL_FAULT_USER_EXCEPTION, BOTH},
    {PROFILE_UNUSED, BOTH},  {CAPDL_FAULT_TIMEOUT, MCS},          {CAPDL_FAULT_VM, BOTH},
};

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

static bool row_applies(const struct row *row, const struct capdl_profile *p)
{
    return row->kernels & (p->mcs ? MCS : PLAIN);
}

static const struct profile_stock *stock_of(const struct capdl_profile *p)
{
    return profile_arch(p->arch)->stock;
}

/* Ids in the kernel's order: rows of all architectures, then those of this one. Returns how many there are. */
static unsigned in_order(const struct capdl_profile *p, const struct row *rows, size_t num_rows,
                         const struct profile_numbers *own, uint8_t ids[UINT8_MAX])
{
    unsigned count = 0;
    for (size_t i = 0; i < num_rows; i++) {
        if (row_applies(&rows[i], p)) {
            ids[count++] = rows[i].id;
        }
    }
    for (size_t i = 0; i < own->count; i++) {
        ids[count++] = own->ids[i];
    }
    return count;
}

static void count_labels(struct capdl_profile *p)
{
    uint8_t ids[UINT8_MAX];
    unsigned count = in_order(p, label_order, LENGTH(label_order), &stock_of(p)->labels, ids);
    for (size_t i = 0; i < CAPDL_METHOD_COUNT; i++) {
        p->labels[i] = CAPDL_PROFILE_ABSENT;
    }
    for (unsigned i = 0; i < count; i++) {
        if (ids[i] != PROFILE_UNUSED) {
            p->labels[ids[i]] = (uint16_t)(1 + i);
        }
    }
}

static void count_types(struct capdl_profile *p)
{
    uint8_t ids[UINT8_MAX];
    unsigned count = in_order(p, type_order, LENGTH(type_order), &stock_of(p)->types, ids);
    for (size_t i = 0; i < CAPDL_TYPE_COUNT; i++) {
        p->types[i] = CAPDL_PROFILE_ABSENT;
    }
    for (unsigned i = 0; i < count; i++) {
        p->types[ids[i]] = (uint16_t)i;
    }
    if (capdl_architecture(p->arch)->one_table_kind) { /* a root is a page table like any other */
        p->types[CAPDL_TYPE_VSPACE] = p->types[CAPDL_TYPE_PAGE_TABLE];
    }
}

static void count_syscalls(struct capdl_profile *p)
{
    int32_t number = -1;
    for (size_t i = 0; i < LENGTH(syscall_order); i++) {
        if (row_applies(&syscall_order[i], p)) {
            p->syscalls[syscall_order[i].id] = number--;
        }
    }
    if (stock_of(p)->before_set_tls_base) {
        p->syscalls[CAPDL_SYSCALL_SET_TLS_BASE] = number - stock_of(p)->before_set_tls_base;
    }
}

static void count_faults(struct capdl_profile *p)
{
    uint8_t ids[UINT8_MAX];
    unsigned count = in_order(p, fault_order, LENGTH(fault_order), &stock_of(p)->faults, ids);
    for (unsigned i = 0; i < count; i++) {
        if (ids[i] != PROFILE_UNUSED) {
            p->faults[ids[i]] = (uint8_t)(1 + i);
        }
    }
}

static void set_sizes(struct capdl_profile *p, const struct profile_stock *board)
{
    static const uint8_t bits[CAPDL_TYPE_COUNT] = {
        [CAPDL_TYPE_UNTYPED] = 4,         [CAPDL_TYPE_TCB] = 11,      [CAPDL_TYPE_ENDPOINT] = 4,
        [CAPDL_TYPE_SCHED_CONTEXT] = 7,   [CAPDL_TYPE_REPLY] = 5,     [CAPDL_TYPE_FRAME_4K] = 12,
        [CAPDL_TYPE_FRAME_2M] = 21,       [CAPDL_TYPE_FRAME_1G] = 30, [CAPDL_TYPE_PAGE_TABLE] = 12,
        [CAPDL_TYPE_PAGE_DIRECTORY] = 12, [CAPDL_TYPE_PDPT] = 12,     [CAPDL_TYPE_VCPU] = 12,
        [CAPDL_TYPE_IO_PAGE_TABLE] = 12,
    };
    for (size_t i = 0; i < CAPDL_TYPE_COUNT; i++) {
        if (p->types[i] != CAPDL_PROFILE_ABSENT) {
            p->size_bits[i] = bits[i];
        }
    }
    p->size_bits[CAPDL_TYPE_CNODE] = capdl_architecture(p->arch)->slot_bits;
    p->size_bits[CAPDL_TYPE_NOTIFICATION] = p->mcs ? 6 : 5;
    p->size_bits[CAPDL_TYPE_VSPACE] = board->vspace_size_bits;
    p->max_untyped_bits = board->max_untyped_bits;
    p->vspace_levels = board->vspace_levels;
    memcpy(p->vspace_index_bits, board->vspace_index_bits, sizeof(p->vspace_index_bits));
    p->user_top = board->user_top;
    p->asid_pool_bits = 9;
    p->num_asid_pool_bits = board->num_asid_pool_bits;
    p->pa_bits = board->pa_bits;
    p->bootinfo_schedcontrol_offset = p->mcs ? (uint16_t)bootinfo_offset(p->arch, BOOTINFO_VARIABLE) : 0;
    p->bootinfo_untyped_offset =
        (uint16_t)(bootinfo_offset(p->arch, BOOTINFO_VARIABLE) + (p->mcs ? bootinfo_region_bytes(p->arch) : 0));
}

static void set_platform(struct capdl_profile *p, const struct profile_stock *board)
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
    p->fsgsbase = stock_of(p)->fsgsbase;
    p->max_nodes = 1;
    p->num_domains = 1;
    p->num_domain_schedules = 2;
    p->num_priorities = 256;
    p->max_untypeds = 230;
    p->fan_out = 256;
    p->reset_chunk_bits = 8;
    p->kernel_wcet_us = p->mcs ? 10 : 0;
    p->timer_tick_ms = p->mcs ? 0 : 2;
    p->num_ioapics = stock_of(p)->num_ioapics;
}

static void make_profile(struct capdl_profile *p, enum capdl_arch arch, bool mcs, uint32_t root_cnode_bits)
{
    const struct profile_stock *stock = profile_arch(arch)->stock;
    snprintf(p->name, sizeof(p->name), "%s%s%s", capdl_architecture(arch)->kernel, mcs ? "-mcs" : "",
             root_cnode_bits == 12 ? "-12" : "");
    snprintf(p->version, sizeof(p->version), "16.0.0");
    snprintf(p->platform, sizeof(p->platform), "%s", stock->platform);
    p->arch = arch;
    p->mcs = mcs;
    p->hypervisor = stock->hypervisor;
    p->root_cnode_bits = root_cnode_bits;
    p->max_irq = stock->max_irq;
    p->timer_frequency = stock->timer_frequency;
    set_configuration(p);
    count_labels(p);
    count_types(p);
    count_syscalls(p);
    count_faults(p);
    set_sizes(p, stock);
    set_platform(p, stock);
}

/* Of each architecture the kernel without and with MCS, then with a small root CNode. */
enum { VARIANTS = 4 };

static const enum capdl_arch stocked[] = {
#define CAPDL_ARCH_BOOTED(id, name) CAPDL_ARCH_##id,
#include <capdl/arch.def>
};

const struct capdl_profile *profile_builtin_at(size_t i)
{
    static struct capdl_profile profiles[VARIANTS * LENGTH(stocked)];
    if (i >= LENGTH(profiles)) {
        return NULL;
    }
    if (profiles[i].name[0] == 0) {
        make_profile(&profiles[i], stocked[i / VARIANTS], i & 1, i & 2 ? 12 : 17);
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
