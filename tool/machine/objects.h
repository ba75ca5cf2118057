/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel model is made of: capabilities, the slots that hold them, and objects. */
#ifndef MACHINE_OBJECTS_H
#define MACHINE_OBJECTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/architecture.h>
#include <capdl/profile.h>

#include "physical.h"

enum {
    MESSAGE_REGISTERS = 4, /* at most */
    MESSAGE_MAX_LENGTH = 120,
    MESSAGE_MAX_CAPS = 3,
    MESSAGE_CAPS_OFFSET = MESSAGE_MAX_LENGTH + 2,                    /* words into an IPC buffer */
    MESSAGE_RECEIVE_OFFSET = MESSAGE_CAPS_OFFSET + MESSAGE_MAX_CAPS, /* root, index, depth of the receive slot */
    ASID_POOL_BITS = 12,                                             /* log2 bytes */
    PAGE_BITS = 12,
    MAX_IRQS = 2048,
    MAX_ASID_POOLS = 256,
    NUM_STREAMS = 128, /* of the one platform whose kernel has an SMMU */
    NUM_BANKS = 64,
    MIN_UNTYPED_BITS = 4,
    TIME_SLICE_TICKS = 5, /* timer interrupts of a time slice, not MCS */
    MIN_SCHED_CONTEXT_BITS = 7,
    MIN_REFILLS = 2,
    MAX_REGISTERS = 40,
    NAME_LENGTH = 64,
};

enum cap_type {
#define CAP_TYPE(id, name, size, same, issuer, revocable, copy, rights, data) CAP_##id,
#include "captypes.def"
    CAP_TYPES,
    CAP_FIRST_ARCH = CAP_FRAME
};

enum vm_rights { VM_NONE, VM_READ, VM_READ_WRITE };

enum {
    CAP_FLAG_DEVICE = 1,
    CAP_FLAG_MAPPED = 2,
    CAP_FLAG_MASTER = 4,
    CAP_FLAG_TCB = 8,
    CAP_FLAG_GUEST = 16, /* frame: mapped in extended page tables */
    CAP_FLAG_DMA = 32,   /* frame: mapped for a device */
};

/*
 * A capability. What `paddr` and `data` hold:
 *     untyped      address              bytes in use from its start
 *     endpoint, notification, SMC       address, badge
 *     CNode        address              guard
 *     zombie       address              slots left; CAP_FLAG_TCB: of a TCB
 *     IRQ handler  number               -
 *     sched control core                -
 *     frame, tables address             virtual address where mapped
 *     VSpace       address              -
 *     ASID pool    address              first ASID
 *     I/O port     first port           last port
 *     SGI signal   number               target
 *     I/O space    request id           domain
 *     I/O table    address              device's address where mapped; `asid` is the request id, `bits` the level
 *     stream, context bank  number      -
 */
struct cap {
    uint8_t type;   /* enum cap_type */
    uint8_t rights; /* CAPDL_RIGHT_*, of a frame enum vm_rights */
    uint8_t bits;   /* log2 of untyped, frame, SC: bytes; of a CNode: slots */
    uint8_t guard_bits;
    uint8_t flags;
    uint16_t asid; /* 0: none */
    uint64_t paddr;
    uint64_t data;
    void *object;
};

/* A capability slot, linked into the derivation list: children follow their parent. */
struct slot {
    struct cap cap;
    struct slot *prev, *next;
    bool revocable, first_badged;
};

struct cnode {
    struct object header;
    struct slot slots[];
};

struct queue {
    struct tcb *head, *tail;
};

enum thread_state {
    THREAD_INACTIVE,
    THREAD_RUNNING,
    THREAD_RESTART,
    THREAD_BLOCKED_ON_RECEIVE,
    THREAD_BLOCKED_ON_SEND,
    THREAD_BLOCKED_ON_REPLY,
    THREAD_BLOCKED_ON_NOTIFICATION,
    THREAD_IDLE,
};

enum tcb_slot {
    TCB_CTABLE,
    TCB_VTABLE,
    TCB_REPLY,
    TCB_CALLER,
    TCB_BUFFER,
    TCB_FAULT_HANDLER,
    TCB_TIMEOUT_HANDLER,
    TCB_EPT_ROOT,
    TCB_SLOTS
};

/* Kinds of faults; fault_label gives the number a message carries. */
enum fault_kind {
    FAULT_NONE,
    FAULT_CAP,
    FAULT_UNKNOWN_SYSCALL,
    FAULT_USER_EXCEPTION,
    FAULT_TIMEOUT,
    FAULT_VM,
    FAULT_VCPU
};

struct fault {
    enum fault_kind kind;
    uint64_t address; /* cap pointer, address, system call, exception number, badge */
    uint64_t code;    /* fault status, exception code, syndrome */
    bool flag;        /* cap fault: in receive phase; VM fault: of an instruction */
};

/* Why a capability lookup failed; values are one less than in messages. */
enum lookup_kind { LOOKUP_INVALID_ROOT, LOOKUP_MISSING_CAPABILITY, LOOKUP_DEPTH_MISMATCH, LOOKUP_GUARD_MISMATCH };

struct lookup_fault {
    enum lookup_kind kind;
    uint64_t bits_left, bits_found, guard_found;
};

struct tcb {
    struct object header;
    struct slot slots[TCB_SLOTS];
    uint64_t regs[MAX_REGISTERS]; /* in the kernel's order: struct registers */
    enum thread_state state;
    struct tcb *queue_prev, *queue_next; /* ready or release queue */
    struct tcb *wait_prev, *wait_next;   /* queue of an endpoint or notification */
    bool queued, in_release_queue;
    void *blocked_on; /* endpoint or notification */
    uint64_t blocked_badge;
    bool blocked_can_grant, blocked_can_grant_reply, blocked_is_call;
    struct reply *reply;
    struct fault fault;
    struct lookup_fault lookup_fault;
    struct fault unhandled; /* a fault nobody heard: why the thread stopped */
    uint64_t fault_handler; /* cap pointer, not MCS */
    uint64_t ipc_buffer;
    uint64_t flags;
    uint32_t affinity;
    uint8_t priority, mcp;
    uint8_t domain;
    uint32_t time_slice;
    struct notification *notification;
    struct sched_context *sc;
    struct sched_context *yield_to;
    struct vcpu *vcpu;
    struct tcb *all_prev, *all_next;
    char name[NAME_LENGTH];
    uint64_t instructions; /* executed so far */
    void *cpu;             /* state of whoever executes instructions */
};

struct endpoint {
    struct object header;
    enum { ENDPOINT_IDLE, ENDPOINT_SEND, ENDPOINT_RECEIVE } state;
    struct queue queue;
};

struct notification {
    struct object header;
    enum { NOTIFICATION_IDLE, NOTIFICATION_WAITING, NOTIFICATION_ACTIVE } state;
    struct queue queue;
    uint64_t badge;
    struct tcb *bound;
    struct sched_context *sc;
};

/* MCS: a link of a call stack. */
struct reply {
    struct object header;
    struct tcb *tcb;
    struct reply *prev;
    void *next; /* reply, or at the head the scheduling context */
    bool next_is_sc;
};

struct refill {
    uint64_t time, amount;
};

struct sched_context {
    struct object header;
    uint64_t period, consumed, badge;
    uint32_t core;
    uint32_t refill_max, head, tail;
    bool sporadic;
    struct tcb *tcb;
    struct reply *reply;
    struct notification *notification;
    struct tcb *yield_from;
    struct refill *refills;
};

enum pte_kind { PTE_NONE, PTE_TABLE, PTE_PAGE };
enum { PAGE_R = 1, PAGE_W = 2, PAGE_X = 4 };

struct pte {
    union {
        struct table *table;
        uint64_t paddr;
    };
    uint8_t kind;
    uint8_t rights; /* PAGE_* */
    uint8_t attributes;
};

/* A page table of any level, the root included. */
struct table {
    struct object header;
    uint32_t entries;
    bool had_engine; /* an address space that has run */
    struct pte pte[];
};

struct asid_pool {
    struct object header;
    struct table *vspace[];
};

enum { VCPU_REGISTERS = 24 };

struct vcpu {
    struct object header;
    struct tcb *tcb;
    uint64_t regs[VCPU_REGISTERS];
};

#endif
