/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * args[0]: where the description of the leftovers is. Makes a thread from them, uses a page of the initialiser's
 * image, and then revokes everything it was given, to show that this does not affect the rest of the system.
 */
#include "objects.h"

enum {
    CNODE = 4,
    VSPACE = 5,
    TCB = 6,
    WITNESS = 7,
    SCHED_CONTROL = 8, /* MCS kernels */
    NEW_TCB = 16,      /* free slots: what we make */
    NEW_STACK,
    NEW_SC,
    NEW_DONE,
};

enum { STACK_AT = 0x3f0000, PAGE_AT = 0x3f2000, PAGE = 4096, THREAD_MEMORY_BITS = 16 };

static const struct capdl_leftovers *left;
static unsigned errors;

static void must(uint64_t error, const char *what)
{
    if (error) {
        pd_print("dynamic: %s failed: error %u\n", what, error);
    }
    errors += error != 0;
}

/* Runs as the thread that is made here. */
static void thread(uint64_t number)
{
    pd_print("thread: made of what was left, told %u\n", number);
    pd_signal(NEW_DONE);
    for (;;) {
        pd_wait(PD_SLOT_STOP);
    }
}

static void make_objects(uint64_t untyped)
{
    must(pd_retype(untyped, SEL4_TYPE_TCB, 0, CNODE, NEW_TCB), "making a TCB");
    must(pd_retype(untyped, SEL4_TYPE_FRAME_4K, 0, CNODE, NEW_STACK), "making a frame");
    must(pd_retype(untyped, SEL4_TYPE_NOTIFICATION, 0, CNODE, NEW_DONE), "making a notification");
#if SEL4_MCS
    must(pd_retype(untyped, SEL4_TYPE_SCHED_CONTEXT, SEL4_BITS_SCHED_CONTEXT, CNODE, NEW_SC),
         "making a scheduling context");
#endif
}

/* In our CSpace and address space, without a fault handler and without an IPC buffer. */
static void configure(void)
{
    uint64_t word = 0;
#if !SEL4_MCS
    pd_words[word++] = 0; /* fault endpoint */
#endif
    pd_words[word++] = 0; /* the CNode's guard as it is */
    pd_words[word++] = 0;
    pd_words[word++] = 0; /* address of the IPC buffer */
    must(pd_invoke(NEW_TCB, SEL4_LABEL_TCB_CONFIGURE, 3, (const uint64_t[]){CNODE, VSPACE, 0}, word),
         "configuring the TCB");
}

/* A priority below ours: it runs when we wait. */
static void schedule(void)
{
#if SEL4_MCS
    pd_words[0] = 1000; /* budget and period in microseconds */
    pd_words[1] = 1000;
    pd_words[2] = 0; /* extra refills, badge, flags */
    pd_words[3] = 0;
    pd_words[4] = 0;
    must(pd_invoke(SCHED_CONTROL, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, 1, (const uint64_t[]){NEW_SC}, 5),
         "configuring the scheduling context");
#endif
    pd_words[0] = 90; /* maximum controlled priority, priority */
    pd_words[1] = 90;
    must(pd_invoke(NEW_TCB, SEL4_LABEL_TCB_SET_SCHED_PARAMS, SEL4_MCS ? 3 : 1, (const uint64_t[]){TCB, NEW_SC, 0}, 2),
         "setting the priority");
}

static void start(uint64_t number)
{
    uint64_t registers[SEL4_REGISTERS];
    must(pd_read_registers(NEW_TCB, 0, registers), "reading registers");
    registers[SEL4_REGISTER_PROGRAM_COUNTER] = (uintptr_t)thread;
    registers[SEL4_REGISTER_STACK_POINTER] = STACK_AT + PAGE;
#if defined(__x86_64__)
    registers[SEL4_REGISTER_STACK_POINTER] -= sizeof(uint64_t); /* as if its address of return stood there */
#endif
    registers[SEL4_REGISTER_ARGUMENT] = number;
#if defined(__riscv)
    __asm__("mv %0, gp" : "=r"(registers[SEL4_REGISTER_GP]));
#endif
    must(pd_write_registers(NEW_TCB, 1, registers), "starting the thread");
}

static void run_thread(void)
{
    const uint64_t untyped = pd_leftover_ram(left, THREAD_MEMORY_BITS);
    must(!untyped, "finding 64 KiB of RAM");
    make_objects(untyped);
    must(pd_map(NEW_STACK, VSPACE, STACK_AT), "mapping the stack");
    configure();
    schedule();
    start(42);
    if (!errors) {
        pd_wait(NEW_DONE);
    }
    pd_print("dynamic: the thread has run\n");
}

static void use_page(void)
{
    volatile uint64_t *page = (volatile uint64_t *)PAGE_AT;
    must(!left->num_frames, "finding a page of the initialiser's image");
    must(pd_map(left->first_frame, VSPACE, PAGE_AT), "mapping it");
    for (unsigned i = 0; !errors && i < PAGE / sizeof(*page); i++) {
        must(page[i] != 0, "reading zeros from it");
    }
    page[0] = 1;
    pd_print("dynamic: a page of the initialiser's image is empty, and ours\n");
}

static void ask_witness(const char *when)
{
    pd_call(WITNESS, 0, 0);
    pd_print("dynamic: %s, the witness has answered %u times\n", when, pd_words[0]);
}

static void for_all(uint64_t label, const char *what)
{
    for (uint64_t i = 0; i < left->num_untypeds; i++) {
        must(pd_cnode(CNODE, label, left->first_untyped + i), what);
    }
    for (uint64_t i = 0; i < left->num_frames; i++) {
        must(pd_cnode(CNODE, label, left->first_frame + i), what);
    }
}

void pd_main(const uint64_t *args)
{
    left = (const struct capdl_leftovers *)args[0];
    must(left->version != CAPDL_LEFTOVERS_VERSION || left->untypeds_left_out || left->frames_left_out,
         "reading the description");
    ask_witness("first");
    run_thread();
    use_page();
    for_all(SEL4_LABEL_CNODE_REVOKE, "revoking");
    ask_witness("with all leftovers revoked");
    make_objects(pd_leftover_ram(left, THREAD_MEMORY_BITS)); /* only into empty slots: what was there is gone */
    for_all(SEL4_LABEL_CNODE_REVOKE, "revoking again");
    for_all(SEL4_LABEL_CNODE_DELETE, "deleting");
    ask_witness("with all of them deleted");
    pd_print("dynamic: %s\n", errors ? "something went wrong" : "done");
}
