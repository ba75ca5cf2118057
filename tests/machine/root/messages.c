/* SPDX-License-Identifier: BSD-2-Clause */
/* Threads that talk, fault and wait, each step printed. The machine must print what the kernel does. */
#include "root.h"

enum {
    EP,
    EP7,
    FAULT_EP,
    NTFN,
    NTFN2,
    TCB2,
    TCB3,
    SC,
    SC3,
    REPLY,
    REPLY2,
    GIFT,
    PARCEL,
    FRAME,
    BADGED,
    ABSENT,
    FAULT_BADGED,
    PT,
    PD,
    PDPT,
    LAST
};

static uint64_t at(unsigned n)
{
    return base + n;
}

/* The partner's own IPC buffer; the words in registers go through `ipc`, which belongs to the one that runs. */
static void partner_wait_for_cap(void)
{
    uint64_t *buffer = newest_buffer;
    buffer[125] = CNODE;
    buffer[126] = at(PARCEL);
    buffer[127] = 64;
    struct answer a = receive(at(EP), at(REPLY));
    print_message("with capability", a);
    value("received", copy(at(ABSENT), at(PARCEL), RIGHTS));
    delete (at(ABSENT));
    answer(at(REPLY), 0, 0);
    a = receive(at(EP), at(REPLY));
    print_message("slot is full", a);
    value("unwrapped badge", buffer[122]);
    answer(at(REPLY), 0, 0);
}

static void partner(void)
{
    struct answer a = receive(at(EP), at(REPLY));
    print_message("partner got", a);
    ipc[1] += 1;
    ipc[2] += 1;
    answer(at(REPLY), 5, 2);
    a = receive(at(EP), at(REPLY));
    print_message("partner got a send", a);
    partner_wait_for_cap();
    a = receive(at(EP), at(REPLY));
    print_message("partner got a signal", a);
    a = wait_for(at(NTFN2));
    print_message("partner waited", (struct answer){a.badge, 0});
    puts_("partner goes\n");
    trap(SEL4_SYS_CALL, TCB2 + base, tag(SEL4_LABEL_TCB_SUSPEND, 0, 0), 0);
    puts_("partner came back\n");
    for (;;) {
        wait_for(at(NTFN2));
    }
}

static void talk(void)
{
    check("partner", thread_start(at(TCB2), at(SC), 254, partner, 0));
    ipc[1] = 1, ipc[2] = 2, ipc[3] = 3, ipc[4] = 4, ipc[5] = 5;
    print_message("root got", trap(SEL4_SYS_CALL, at(EP7), tag(9, 0, 5), 0));
    ipc[1] = 11;
    value("nobody is there", trap(SEL4_SYS_NBSEND, at(EP), tag(1, 0, 1), 0).info);
    trap(SEL4_SYS_SEND, at(EP7), tag(1, 0, 1), 0);
    ipc[122] = at(GIFT);
    print_message("gave", trap(SEL4_SYS_CALL, at(EP7), tag(2, 1, 0), 0));
    ipc[122] = at(EP7);
    ipc[123] = at(GIFT);
    print_message("gave badge", trap(SEL4_SYS_CALL, at(EP7), tag(3, 2, 0), 0));
    check("bind", call(at(TCB2), SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(NTFN))));
    trap(SEL4_SYS_SEND, at(BADGED), 0, 0);
    trap(SEL4_SYS_SEND, at(BADGED), 0, 0);
    trap(SEL4_SYS_SEND, at(NTFN2), 0, 0);
    print_message("poll", (struct answer){poll(at(NTFN2)).badge, 0});
}

#define FAR UINT64_C(0x3000000000)

static volatile unsigned faults;

/* Counts to three around a store that faults in the middle: a restart must not count again. */
static uint64_t count_around(uint64_t address)
{
    uint64_t n;
#if defined(__aarch64__)
    __asm__ volatile("mov %0, #0; add %0, %0, #1; add %0, %0, #1; str %0, [%1]; add %0, %0, #1"
                     : "=&r"(n)
                     : "r"(address)
                     : "memory");
#elif defined(__riscv)
    __asm__ volatile("li %0, 0; addi %0, %0, 1; addi %0, %0, 1; sd %0, 0(%1); addi %0, %0, 1"
                     : "=&r"(n)
                     : "r"(address)
                     : "memory");
#else
    __asm__ volatile("xorl %k0, %k0; incq %0; incq %0; movq %0, (%1); incq %0"
                     : "=&r"(n)
                     : "r"(address)
                     : "memory", "cc");
#endif
    return n;
}

static void faulty(void)
{
    value("counted", count_around(FAR + 0x10));
    value("wrote", *(volatile uint64_t *)(FAR + 0x10));
    *(volatile uint64_t *)(FAR + 0x18) = 2;
    puts_("wrote to what was read-only\n");
#if defined(__aarch64__)
    __asm__ volatile(".word 0");
#elif defined(__riscv)
    __asm__ volatile(".word 0");
#else
    __asm__ volatile("ud2");
#endif
    puts_("behind an illegal instruction\n");
    ipc[1] = 21, ipc[2] = 22;
    struct answer a = trap(-77, 31, 32, 0);
    value("behind an unknown system call", a.badge);
    trap(SEL4_SYS_SEND, at(ABSENT), 0, 0);
    puts_("behind an empty slot\n");
    trap(SEL4_SYS_SEND, UINT64_C(1) << 40, 0, 0);
    puts_("behind an address without a slot\n");
    trap(SEL4_SYS_NBSEND, at(ABSENT), 0, 0);
    receive(at(EP), at(ABSENT));
    ((void (*)(void))(FAR + 0x100000))();
    puts_("not reached\n");
    for (;;)
        ;
}

static uint64_t print_fault(const char *name, struct answer a, uint64_t word)
{
    uint64_t words[32];
    for (unsigned i = 0; i < 32; i++) {
        words[i] = ipc[1 + i];
    }
    puts_(name);
    puts_(": badge ");
    put_number(a.badge);
    puts_(" tag ");
    put_number(a.info);
    puts_(" ");
    put_number(words[word]);
    puts_("\n");
    for (unsigned i = 0; i < 32; i++) {
        ipc[1 + i] = words[i];
    }
    return words[word];
}

#if defined(__aarch64__)
enum {
    SYSCALL_IP = 8,
    SYSCALL_WORDS = 12,
    EXCEPTION_WORDS = 3,
    INSTRUCTION = 4,
    SYSCALL_INSTRUCTION = 4,
    CAP_REGISTER = SEL4_REGISTER_X0
};
#elif defined(__riscv)
enum {
    SYSCALL_IP = 0,
    SYSCALL_WORDS = 10,
    EXCEPTION_WORDS = 2,
    INSTRUCTION = 4,
    SYSCALL_INSTRUCTION = 4,
    CAP_REGISTER = SEL4_REGISTER_A0
};
#else
enum {
    SYSCALL_IP = 15,
    SYSCALL_WORDS = 18,
    EXCEPTION_WORDS = 3,
    INSTRUCTION = 2,
    SYSCALL_INSTRUCTION = 2,
    CAP_REGISTER = SEL4_REGISTER_RDI
};
#endif

static void map_far(void)
{
#if defined(__x86_64__)
    call(at(PDPT), SEL4_LABEL_PDPT_MAP, WORDS(FAR, 0), WORDS(VSPACE));
    call(at(PD), SEL4_LABEL_PAGE_DIRECTORY_MAP, WORDS(FAR, 0), WORDS(VSPACE));
#else
    call(at(PD), SEL4_LABEL_PAGE_TABLE_MAP, WORDS(FAR, 0), WORDS(VSPACE));
#if SEL4_VSPACE_LEVELS == 4
    call(at(PDPT), SEL4_LABEL_PAGE_TABLE_MAP, WORDS(FAR, 0), WORDS(VSPACE));
#endif
#endif
    check("table", call(at(PT), SEL4_LABEL_PAGE_TABLE_MAP, WORDS(FAR, 0), WORDS(VSPACE)));
}

static void handle_faults(void)
{
    uint64_t handler = at(FAULT_BADGED);
    check("faulty", thread_start(at(TCB3), at(SC3), 250, faulty, handler));
    struct answer a = receive(at(FAULT_EP), at(REPLY2));
    print_fault("page fault", a, 1);
    value("status", ipc[4]);
    value("fetch", ipc[3]);
    map_far();
    check("map", map_page(at(FRAME), VSPACE, FAR, RIGHTS));
    answer(at(REPLY2), 0, 0);
    /* it runs when we wait; make the page read-only while it sleeps in its print */
    a = (struct answer){0, 0};
    check("map read-only", map_page(at(FRAME), VSPACE, FAR, RIGHT_R));
    a = receive(at(FAULT_EP), at(REPLY2));
    print_fault("write fault", a, 1);
    value("status", ipc[4]);
    check("map", map_page(at(FRAME), VSPACE, FAR, RIGHTS));
    answer(at(REPLY2), 0, 0);
    a = receive(at(FAULT_EP), at(REPLY2));
    print_fault("exception", a, EXCEPTION_WORDS);
    ipc[1] += INSTRUCTION;
    answer(at(REPLY2), 0, EXCEPTION_WORDS);
    a = receive(at(FAULT_EP), at(REPLY2));
    print_fault("system call", a, SYSCALL_WORDS);
    ipc[1 + SYSCALL_IP] += SYSCALL_INSTRUCTION;
    answer(at(REPLY2), 0, SYSCALL_WORDS);
    a = receive(at(FAULT_EP), at(REPLY2));
    print_fault("capability", a, 3);
    value("bits left", ipc[5]);
    value("address", ipc[2]);
    check("read", call(at(TCB3), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, SEL4_REGISTERS), NONE));
    uint64_t registers[SEL4_REGISTERS + 2] = {0, SEL4_REGISTERS};
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        registers[2 + i] = ipc[1 + i];
    }
    value("it is in the register", registers[2 + CAP_REGISTER]);
    registers[2 + CAP_REGISTER] = at(NTFN2);
    check("write", call(at(TCB3), SEL4_LABEL_TCB_WRITE_REGISTERS, SEL4_REGISTERS + 2, registers, NONE));
    answer(at(REPLY2), 0, 0);
#if SEL4_MCS
    a = receive(at(FAULT_EP), at(REPLY2));
    print_fault("reply capability", a, 2);
    delete (at(ABSENT));
    check("reply object", copy(at(ABSENT), at(REPLY), RIGHTS));
    answer(at(REPLY2), 0, 0);
#endif
    ipc[1] = 77;
    value("send to faulty", trap(SEL4_SYS_SEND, at(EP), tag(1, 0, 1), 0).info);
    a = receive(at(FAULT_EP), at(REPLY2));
    print_fault("fetch", a, 1);
    value("status", ipc[4]);
    value("fetch", ipc[3]);
    answer(at(REPLY2), 1, 0);
    value("faulty has stopped", poll(at(FAULT_EP)).badge);
}

#if defined(__aarch64__)
/* Hypervisor kernels are told by the processor what the instruction was, if it loads or stores one register. */
static void accesses(void)
{
    uint64_t address = FAR + 0x800000;
    __asm__ volatile(
        "mov x1, %0\n"
        "ldr x2, [x1]\nldr w3, [x1, #4]\nldrh w4, [x1]\nldrsh x5, [x1]\nldrsh w6, [x1]\nldrb w7, [x1]\nldrsb x8, [x1]\n"
        "ldrsw x9, [x1]\nstr x10, [x1]\nstr wzr, [x1]\nstrh w11, [x1]\nstrb w12, [x1, #1]\nldr x13, [x1, xzr]\n"
        "ldrsb w14, [x1, wzr, uxtw]\nldur x15, [x1, #-8]\nstur w16, [x1, #-3]\nldtr x17, [x1]\nsttrb w2, [x1]\n"
        "ldr x3, [x1], #8\nstr w4, [x1, #-4]!\nldp x5, x6, [x1]\nstp w7, w8, [x1]\nldar x9, [x1]\nldarb w10, [x1]\n"
        "stlr w11, [x1]\nstlrh w12, [x1]\nldxr x13, [x1]\nldaxr w14, [x1]\n"
        :
        : "r"(address)
        : "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17",
          "memory");
    for (;;) {
        wait_for(at(NTFN2));
    }
}

enum { ACCESSES = 28 };

static void handle_accesses(void)
{
    delete (at(TCB3));
    retype(untyped, SEL4_TYPE_TCB, 0, at(TCB3), 1);
    check("accesses", thread_start(at(TCB3), at(SC3), 250, accesses, at(FAULT_BADGED)));
    for (unsigned i = 0; i < ACCESSES; i++) {
        receive(at(FAULT_EP), at(REPLY2));
        uint64_t pc = ipc[1];
        value("status", ipc[4]);
        call(at(TCB3), SEL4_LABEL_TCB_WRITE_REGISTERS, WORDS(0, 1, pc + 4), NONE);
        answer(at(REPLY2), 0, 0);
    }
}
#endif

static void tables(void)
{
    check("frame", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(FRAME), 1));
    check("table", retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(PT), 1));
#if defined(__x86_64__)
    check("pd", retype(untyped, SEL4_TYPE_PAGE_DIRECTORY, 0, at(PD), 1));
    check("pdpt", retype(untyped, SEL4_TYPE_PDPT, 0, at(PDPT), 1));
#else
    check("table", retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(PD), 1));
    check("table", retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(PDPT), 1));
#endif
}

static void objects(void)
{
    check("endpoint", retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(EP), 1));
    check("endpoint", retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(FAULT_EP), 1));
    check("notifications", retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 2));
    check("tcbs", retype(untyped, SEL4_TYPE_TCB, 0, at(TCB2), 2));
    check("badge", mint(at(EP7), at(EP), RIGHTS, 7));
    check("badge", mint(at(BADGED), at(NTFN), RIGHTS, 0x10));
    check("badge", mint(at(FAULT_BADGED), at(FAULT_EP), RIGHTS, 0xfa));
    check("gift", copy(at(GIFT), at(NTFN), RIGHT_W));
#if SEL4_MCS
    uint64_t control = ((uint64_t *)info)[19];
    check("scs", retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC), 2));
    check("replies", retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 2));
    check("sc", call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(10000, 10000, 0, 0, 0), WORDS(at(SC))));
    check("sc", call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(10000, 10000, 0, 0, 0), WORDS(at(SC3))));
#endif
}

#if SEL4_MCS
static void spin(void)
{
    for (;;) {
        faults++;
    }
}

static void server(void)
{
    struct answer a = trap(SEL4_SYS_NBSEND_RECV, at(EP), 0, at(REPLY));
    for (;;) {
        print_message("passive server got", a);
        ipc[1]++;
        a = trap(SEL4_SYS_REPLY_RECV, at(EP), tag(0, 0, 1), at(REPLY));
    }
}

static void budgets(void)
{
    uint64_t control = ((uint64_t *)info)[19];
    for (unsigned i = TCB2; i <= REPLY; i++) {
        delete (at(i));
    }
    check("tcbs", retype(untyped, SEL4_TYPE_TCB, 0, at(TCB2), 2));
    check("scs", retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC), 2));
    check("reply", retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1));
    check("sc", call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(10000, 10000, 0, 0, 0), WORDS(at(SC))));
    check("sc",
          call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(2000, 50000, 0, 0x77, 0), WORDS(at(SC3))));
    check("spin", thread_start(at(TCB3), at(SC3), 250, spin, at(FAULT_BADGED)));
    check("timeout", call(at(TCB3), SEL4_LABEL_TCB_SET_TIMEOUT_ENDPOINT, NONE, WORDS(at(FAULT_BADGED))));
    struct answer a = receive(at(FAULT_EP), at(REPLY2));
    print_fault("out of budget", a, 0);
    check("stop", call(at(TCB3), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    check("server", thread_start(at(TCB2), at(SC), 254, server, 0));
    ipc[1] = 10;
    ipc[122] = TCB;
    let_others_run();
    check("unbind", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE));
    ipc[1] = 0x40;
    print_message("passive", trap(SEL4_SYS_CALL, at(EP7), tag(4, 0, 1), 0));
    ipc[1] = 0x50;
    print_message("passive", trap(SEL4_SYS_CALL, at(EP), tag(4, 0, 1), 0));
}
#endif

void root_main(void)
{
    objects();
    tables();
    talk();
    let_others_run();
    check("resume", call(at(TCB2), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    let_others_run();
    check("unbind", call(at(TCB2), SEL4_LABEL_TCB_UNBIND_NOTIFICATION, NONE, NONE));
    check("suspend", call(at(TCB2), SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    handle_faults();
#if defined(__aarch64__)
    handle_accesses();
#endif
#if SEL4_MCS
    budgets();
#endif
}
