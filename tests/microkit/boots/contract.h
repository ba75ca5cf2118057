/* SPDX-License-Identifier: BSD-2-Clause */
/* What these programs do with capabilities of their contract, besides what the example's do. All return the kernel's
 * error. */
#ifndef BOOTS_CONTRACT_H
#define BOOTS_CONTRACT_H

#include "../../../examples/microkit/contract.h"

enum { SLOT_INTERRUPTS = 138, SLOT_PORTS = 394 };

/* At most four words, which travel in registers; what comes back in the first is in *word. */
static inline uint64_t invoke(uint64_t cap, uint64_t label, uint64_t length, uint64_t *word, uint64_t second,
                              uint64_t third)
{
    struct syscall_registers r = {
        .cap = cap, .info = SEL4_MESSAGE(label, 0, length), .word = {*word, second, third}, .reply = SLOT_REPLY};
    syscall_enter(SEL4_SYS_CALL, &r);
    *word = r.word[0];
    return SEL4_MESSAGE_LABEL(r.info);
}

/* A child goes on at an address. */
static inline uint64_t restart(unsigned child, uint64_t address)
{
    enum { RESUME = 1, ONE_REGISTER = 1 };
    uint64_t word = RESUME;

    return invoke(SLOT_CHILDREN + child, SEL4_LABEL_TCB_WRITE_REGISTERS, 3, &word, ONE_REGISTER, address);
}

#if defined(__x86_64__)
static inline uint64_t acknowledge(unsigned interrupt)
{
    uint64_t word = 0;
    return invoke(SLOT_INTERRUPTS + interrupt, SEL4_LABEL_IRQ_HANDLER_ACK, 0, &word, 0, 0);
}

static inline uint64_t out8(unsigned ports, uint64_t port, uint64_t value)
{
    return invoke(SLOT_PORTS + ports, SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 4, 2, &port, value, 0);
}

static inline uint64_t out32(unsigned ports, uint64_t port, uint64_t value)
{
    return invoke(SLOT_PORTS + ports, SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 6, 2, &port, value, 0);
}

static inline uint64_t in32(unsigned ports, uint64_t port)
{
    invoke(SLOT_PORTS + ports, SEL4_LABEL_IO_PORT_CONTROL_ISSUE + 3, 1, &port, 0, 0);
    return port & UINT32_MAX;
}
#endif

/* What a program leaves out. */
#define NO_MESSAGES                        \
    static void notified(unsigned channel) \
    {                                      \
        (void)channel;                     \
    }                                      \
    NO_CALLS
#define NO_CALLS                                               \
    static uint64_t protected(unsigned channel, uint64_t word) \
    {                                                          \
        (void)channel;                                         \
        return word;                                           \
    }
#define NO_FAULTS                                     \
    static void fault(unsigned child, uint64_t label) \
    {                                                 \
        (void)child, (void)label;                     \
    }

#endif
