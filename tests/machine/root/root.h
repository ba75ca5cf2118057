/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Support for initial tasks that state rules of the kernel: they print what happens, and print the same on the machine
 * and on the kernel itself. Numbers, SEL4_..., come from a header made from the kernel's profile; only labels, types
 * and sizes that differ between kernels are taken from there.
 */
#ifndef ROOT_H
#define ROOT_H

#include <stdbool.h>
#include <stdint.h>

enum {
    TCB = 1,
    CNODE = 2,
    VSPACE = 3,
    IRQ_CONTROL = 4,
    ASID_CONTROL = 5,
    ASID_POOL = 6,
    IO_PORT_CONTROL = 7,
    IPC_FRAME = 10,
    DOMAIN = 11,
    INITIAL_SC = 14,
    SMC = 15
};
enum { ILLEGAL_OPERATION = 3, FAILED_LOOKUP = 6 };
enum { RIGHT_W = 1, RIGHT_R = 2, RIGHT_G = 4, RIGHT_P = 8, RIGHTS = 15 };

struct region {
    uint64_t start, end;
};

struct bootinfo {
    uint64_t extra_len, node, nodes, iopt_levels, ipc_buffer;
    struct region empty, shared, image_frames, image_paging, io_space, extra_pages;
    uint64_t cnode_bits, domain;
};

extern struct bootinfo *info;
extern uint64_t *ipc;    /* message words, 0 is the tag */
extern uint64_t base;    /* first empty slot; tests use base + n */
extern uint64_t untyped; /* a large untyped */
extern uint64_t device;  /* a device untyped */

/* Runs the tests. */
void root_main(void);

/* A call: words and capabilities from arrays ended by their counts. Returns the error; the reply's words are in
 * ipc[1..]. */
uint64_t call(uint64_t cap, uint64_t label, unsigned words, const uint64_t *word, unsigned caps, const uint64_t *cptr);
#define WORDS(...)                                        \
    (sizeof((uint64_t[]){__VA_ARGS__}) / 8), (uint64_t[]) \
    {                                                     \
        __VA_ARGS__                                       \
    }
#define NONE 0, (uint64_t *)0

/* The system call itself; word 0..3 of ipc travel in registers. */
struct answer {
    uint64_t badge, info;
};
extern uint64_t nbsend_dest; /* NBSendRecv: to whom */
struct answer trap(int64_t number, uint64_t cap, uint64_t tag, uint64_t reply);

void put(char);
void puts_(const char *);
void put_number(uint64_t);
/* An error, and the words of the message that mean something, each behind the separator. */
void put_error(uint64_t error, const uint64_t detail[3], char separator);
/* "name: error" of the last call */
void check(const char *name, uint64_t error);
void value(const char *name, uint64_t);
_Noreturn void finish(void);

uint64_t retype(uint64_t from, uint64_t type, uint64_t size, uint64_t slot, uint64_t count);
uint64_t copy(uint64_t dest, uint64_t source, uint64_t rights);
uint64_t mint(uint64_t dest, uint64_t source, uint64_t rights, uint64_t badge);
uint64_t delete(uint64_t slot);
uint64_t revoke(uint64_t slot);
uint64_t map_page(uint64_t frame, uint64_t vspace, uint64_t vaddr, uint64_t rights);

/* The same with the tables that are missing. A mapping that fails is printed. */
void map_with_tables(uint64_t frame, uint64_t vspace, uint64_t vaddr, uint64_t rights, uint64_t attributes);
/* A slot behind those that tests number themselves, each time another one. */
uint64_t spare_slot(void);

/* Capability of the page of our image at this address. */
uint64_t frame_of(const void *address);

/* A second thread in our own address space; runs `code` on its own stack. No more than eight at a time. */
uint64_t thread_start(uint64_t tcb_slot, uint64_t sc_slot, uint64_t priority, void (*code)(void), uint64_t fault_slot);
extern uint64_t *newest_buffer; /* IPC buffer of the thread started last */
/* Lets threads below our priority, 255, run until they all wait. */
void let_others_run(void);

/* System calls that exist on kernels with MCS and without, under one name or another. `reply` is for MCS only. */
uint64_t tag(uint64_t label, unsigned caps, unsigned words);
struct answer receive(uint64_t endpoint, uint64_t reply);
struct answer wait_for(uint64_t notification);
struct answer poll(uint64_t object);
void answer(uint64_t reply, uint64_t label, unsigned words);
/* With the first four words. */
void print_message(const char *name, struct answer);

/* For programs that draw what they do: from which seed, and of which block of steps they print each one. */
#ifndef SEED
#define SEED 1
#endif
#ifndef SHOW
#define SHOW (-1)
#endif
/* A number below `below`, 0: any. The state must not be 0. */
uint64_t draw_number(uint64_t *state, uint64_t below);
void add_to_digest(uint64_t *digest, uint64_t word);

#endif
