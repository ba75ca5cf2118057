/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one entry into the kernel did, recorded while it happens, for observers (kernel.watch). An entry has up to
 * three acts: a system call sends or invokes, then it receives, and either may end in a fault that is sent to a
 * handler.
 */
#ifndef MACHINE_RECORD_H
#define MACHINE_RECORD_H

#include "objects.h"

enum act_result {
    ACT_DONE,      /* an invocation, without error */
    ACT_REFUSED,   /* an invocation: `error` */
    ACT_NO_CAP,    /* no capability was found: `lookup` */
    ACT_NO_RIGHT,  /* the capability does not allow it */
    ACT_DELIVERED, /* a message or signal reached `peer`, who waited for it */
    ACT_QUEUED,    /* the sender waits for a receiver */
    ACT_DROPPED,   /* nobody waited, and the sender does not block */
    ACT_PENDING,   /* a signal that is kept for the next one who waits */
    ACT_NOBODY,    /* a reply that nobody waits for */
    ACT_RECEIVED,  /* from `peer`; a signal has none */
    ACT_WAITS,     /* for a message or signal */
    ACT_NOTHING,   /* nothing was there, and the thread does not block */
    ACT_UNHANDLED, /* a fault without a handler */
};

struct act {
    bool used;
    enum act_result result;
    bool unanswerable; /* the caller can never be answered, and is suspended */
    bool caps_lost;    /* capabilities of the message were not transferred */
    uint64_t cptr;
    const struct cnode *cnode; /* of the slot that cptr ended at, if any */
    uint64_t index;
    struct cap cap; /* as it was; CAP_NULL: none */
    uint64_t label, badge;
    unsigned length, caps;
    enum capdl_method method; /* of an invocation; else CAPDL_METHOD_COUNT */
    enum capdl_kernel_error error;
    uint64_t error_number, error_max;
    bool error_source;
    struct lookup_fault lookup;
    bool extra;         /* what was not found is not the capability invoked, but one that it needs */
    struct tcb *peer;   /* NULL: nobody, or a thread that is deleted */
    struct fault fault; /* of the last act */
};

struct record {
    struct tcb *thread;         /* that entered; NULL: it is deleted */
    enum capdl_syscall syscall; /* CAPDL_SYSCALL_COUNT: no system call that the kernel knows */
    struct act send, receive, fault;
    struct act *now;     /* the current one */
    struct tcb *faulted; /* whose fault it is */
};

struct kernel;

struct device_access {
    uint64_t vaddr, paddr, frame;
    bool write;
};

/* Callbacks of an observer. Any may be NULL. */
struct kernel_watch {
    void *context;
    /* The entry is over. */
    void (*entry)(void *context, const struct record *);
    /* The current act is an invocation that is about to be made and may delete what it names. */
    void (*before)(void *context, const struct record *);
    /* A thread is about to read or write device memory, `paddr` in the frame at `frame`, for the first time in a while.
     */
    void (*device)(void *context, const struct tcb *, const struct device_access *);
    /* A thread reaches an instruction that is not emulated as processors execute it. */
    void (*deviation)(void *context, const struct tcb *, uint64_t pc, const char *instruction);
    /* An object is about to be freed. */
    void (*gone)(void *context, const struct object *);
};

#endif
