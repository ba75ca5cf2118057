/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A support library for protection domains: start code, messages, printing. Programs need not care whether the kernel
 * is an MCS kernel: there the right to answer is in the reply object in slot 1, else in the thread itself.
 *
 * Numbers of the kernel, SEL4_..., come from the header that `capdl profile KERNEL --header` prints. Have the compiler
 * include it first: -include kernel.h.
 *
 * The kernel passes the first four words of a message in registers; here all words are in pd_words, the IPC buffer.
 */
#ifndef LIBPD_PD_H
#define LIBPD_PD_H

#include <stdint.h>

/* Each program begins here; args are the numbers of `args` in its declaration. When it returns, the PD waits forever
 * for the notification in slot PD_SLOT_STOP, which the spec must put there: cnode_NAME { 3: stop (R) }. */
void pd_main(const uint64_t *args);

/* Slots of a PD's CSpace: `pd` fills the first two, the spec the third. */
enum { PD_SLOT_REPLY = 1, PD_SLOT_FAULT = 2, PD_SLOT_STOP = 3 };

/* The words of a message sent or received. */
extern uint64_t *pd_words;

/* A received message, or the answer to a call. */
struct pd_message {
    uint64_t badge;  /* of the capability it was sent through */
    uint64_t label;  /* of a fault message: SEL4_FAULT_...; of an invocation's answer: the kernel's error, 0 if none */
    uint64_t length; /* in words */
};

struct pd_message pd_call(uint64_t cap, uint64_t label, uint64_t length);
struct pd_message pd_recv(uint64_t endpoint);
struct pd_message pd_reply_recv(uint64_t endpoint, uint64_t label, uint64_t length);
void pd_reply(uint64_t label, uint64_t length);
void pd_send(uint64_t endpoint, uint64_t label, uint64_t length);
void pd_signal(uint64_t notification);
uint64_t pd_wait(uint64_t notification); /* returns the badges that were signalled, or-ed together */
void pd_yield(void);

/* Acknowledges an interrupt, so that the next one can come; takes the capability to its handler. */
void pd_irq_ack(uint64_t handler);

#if defined(__x86_64__)
/* One byte from or to an I/O port. */
uint8_t pd_port_in8(uint64_t ports, uint16_t port);
void pd_port_out8(uint64_t ports, uint16_t port, uint8_t value);
#endif

/* Registers of another thread, numbered SEL4_REGISTER_... Both return the kernel's error, 0 if none. Reading
   suspends the thread if `suspend`, writing resumes it if `resume`. */
uint64_t pd_read_registers(uint64_t tcb, int suspend, uint64_t registers[SEL4_REGISTERS]);
uint64_t pd_write_registers(uint64_t tcb, int resume, const uint64_t registers[SEL4_REGISTERS]);

/* Prints on the kernel's debug console, if there is one. Knows %s, %c, %u (uint64_t, decimal), %x (uint64_t,
   hexadecimal). */
void pd_print(const char *format, ...);

#endif
