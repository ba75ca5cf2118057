/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract between a Microkit system and its programs, for programs of one source file: symbols that the tool sets,
 * capabilities in fixed slots, and a loop that calls init once, then notified, protected and fault as messages come.
 * Messages have at most four words, which travel in registers.
 */
#ifndef EXAMPLE_CONTRACT_H
#define EXAMPLE_CONTRACT_H

#include "pd.h"
#include "syscall.h"

/* What the program defines. */
static void init(void);
static void notified(unsigned channel);
/* A call with one word; what is returned is the answer. */
static uint64_t protected(unsigned channel, uint64_t word);
/* A child's fault; the child waits until it is stopped. */
static void fault(unsigned child, uint64_t label);

/* Set by the tool, so they are not to be taken for what is written here. */
volatile char microkit_name[64];
volatile uint8_t microkit_passive;
volatile uint64_t microkit_irqs, microkit_notifications, microkit_pps, microkit_ioports;

enum {
    SLOT_INPUT = 1,
    SLOT_REPLY = 4,
    SLOT_MONITOR = 5,
    SLOT_NOTIFICATIONS = 10,
    SLOT_CALLS = 74,
    SLOT_CHILDREN = 202,
    MOST_IDS = 62,
};
#define BADGE_CALL (UINT64_C(1) << 63)
#define BADGE_FAULT (UINT64_C(1) << 62)

static inline const char *name(void)
{
    return (const char *)(uintptr_t)microkit_name;
}

/* False: the system gives the program no such channel. */
static inline int notify(unsigned channel)
{
    struct syscall_registers r = {.cap = SLOT_NOTIFICATIONS + channel, .reply = SLOT_REPLY};
    if (!(microkit_notifications >> channel & 1)) {
        return 0;
    }
    syscall_enter(SEL4_SYS_SEND, &r);
    return 1;
}

static inline uint64_t call(unsigned channel, uint64_t word)
{
    struct syscall_registers r = {
        .cap = SLOT_CALLS + channel, .info = SEL4_MESSAGE(0, 0, 1), .word = {word}, .reply = SLOT_REPLY};
    syscall_enter(SEL4_SYS_CALL, &r);
    return r.word[0];
}

/* Stops a child for good. */
static inline void stop(unsigned child)
{
    struct syscall_registers r = {
        .cap = SLOT_CHILDREN + child, .info = SEL4_MESSAGE(SEL4_LABEL_TCB_SUSPEND, 0, 0), .reply = SLOT_REPLY};
    syscall_enter(SEL4_SYS_CALL, &r);
}

static void notifications(uint64_t badge)
{
    for (unsigned id = 0; id < MOST_IDS; id++) {
        if (badge >> id & 1) {
            notified(id);
        }
    }
}

/* Takes one message; whether it wants an answer, which is then in *answer. */
static int take(const struct syscall_registers *r, uint64_t *answer)
{
    if (r->cap & BADGE_CALL) {
        *answer = protected(r->cap & 63, r->word[0]);
        return 1;
    }
    if (r->cap & BADGE_FAULT) {
        fault(r->cap & 63, SEL4_MESSAGE_LABEL(r->info));
    } else {
        notifications(r->cap);
    }
    return 0;
}

void pd_main(const uint64_t *args)
{
    struct syscall_registers r;
    uint64_t answer = 0;
    int answers = 0;
    (void)args;
    init();
    if (microkit_passive) { /* the monitor now lets our time go when we wait */
        r = (struct syscall_registers){.cap = SLOT_MONITOR, .reply = SLOT_REPLY};
        syscall_enter(SEL4_SYS_NBSEND, &r);
    }
    for (;;) {
        r = (struct syscall_registers){
            .cap = SLOT_INPUT, .info = SEL4_MESSAGE(0, 0, answers), .word = {answer}, .reply = SLOT_REPLY};
        syscall_enter(answers ? SEL4_SYS_REPLY_RECV : SEL4_SYS_RECV, &r);
        answers = take(&r, &answer);
    }
}

#endif
