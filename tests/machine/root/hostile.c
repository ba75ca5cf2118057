/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What takes the ground from under a thread: its code is rewritten, replaced, unmapped or taken back while it runs, by
 * itself, by others and by the kernel; its registers, buffer, CSpace, address space and TCB go while it uses them. Code
 * is made of two instructions, so what a thread has executed shows in a register when it stops at an illegal one.
 */
#include "root.h"

enum {
    FAULT_EP,
    REPLY,
    THREAD,
    SC,
    CODE_FRAME,
    OTHER_FRAME,
    ALIAS,
    EP,
    NTFN,
    REPLY2,
    SPACE,
    SLOTS,
    COPY,
    DEEP,
    LAST = 100
};
enum { PAGE = 4096 };
#define ARENA UINT64_C(0x3000000000)
#define CODE ARENA
#define MIRROR (ARENA + 2 * PAGE) /* where the frame is mapped a second time */
#define STACK (ARENA + 5 * PAGE)

static uint64_t at(unsigned n)
{
    return base + n;
}

/* ---- Code ---- */

#if defined(__aarch64__)
enum {
    RESULT = SEL4_REGISTER_X0,
    PC = SEL4_REGISTER_PC,
    SP = SEL4_REGISTER_SP,
    FLAGS = SEL4_REGISTER_SPSR,
    CACHED = SEL4_VM_CACHEABLE
};
enum {
    CPTR = SEL4_REGISTER_X0,
    TAG = SEL4_REGISTER_X1,
    MR0 = SEL4_REGISTER_X2,
    MR1 = SEL4_REGISTER_X3,
    MR2 = SEL4_REGISTER_X4,
    NUMBER = SEL4_REGISTER_X7,
    REPLY_REGISTER = SEL4_REGISTER_X6
};
enum { TRAP = 4 }; /* bytes of the instruction */
#define SET(n) (0xd2800000u | (uint32_t)(n) << 5)
#define SET_AND_STOP(n) ((uint64_t)SET(n))
#define TRAP_AND_STOP UINT64_C(0xd4000001)
#define LOOP UINT64_C(0x14000000)
static void make_executable(uint64_t address)
{
    __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" ::"r"(address) : "memory");
}
#elif defined(__riscv)
enum { RESULT = SEL4_REGISTER_A0, PC = SEL4_REGISTER_PC, SP = SEL4_REGISTER_SP, CACHED = 0 };
enum {
    CPTR = SEL4_REGISTER_A0,
    TAG = SEL4_REGISTER_A1,
    MR0 = SEL4_REGISTER_A2,
    MR1 = SEL4_REGISTER_A3,
    MR2 = SEL4_REGISTER_A4,
    NUMBER = SEL4_REGISTER_A7,
    REPLY_REGISTER = SEL4_REGISTER_A6
};
enum { TRAP = 4 };
#define SET_AND_STOP(n) ((uint64_t)(0x513u | (uint32_t)(n) << 20))
#define TRAP_AND_STOP UINT64_C(0x73)
#define LOOP UINT64_C(0x6f)
static void make_executable(uint64_t address)
{
    (void)address;
    __asm__ volatile("fence.i" ::: "memory");
}
#else
enum {
    RESULT = SEL4_REGISTER_RAX,
    PC = SEL4_REGISTER_RIP,
    SP = SEL4_REGISTER_RSP,
    FLAGS = SEL4_REGISTER_RFLAGS,
    CACHED = 0
};
enum {
    CPTR = SEL4_REGISTER_RDI,
    TAG = SEL4_REGISTER_RSI,
    MR0 = SEL4_REGISTER_R10,
    MR1 = SEL4_REGISTER_R8,
    MR2 = SEL4_REGISTER_R9,
    NUMBER = SEL4_REGISTER_RDX,
    REPLY_REGISTER = SEL4_REGISTER_R12
};
enum { TRAP = 2 };
#define SET_AND_STOP(n) (UINT64_C(0xb8) | (uint64_t)(n) << 8 | UINT64_C(0x0b0f) << 40)
#define TRAP_AND_STOP UINT64_C(0x0b0f050f)
#define LOOP UINT64_C(0x0b0ffeeb)
static void make_executable(uint64_t address)
{
    (void)address;
}
#endif

static void write_code(uint64_t address, uint64_t code)
{
    *(volatile uint64_t *)address = code;
    make_executable(address);
}

/* ---- The thread ---- */

static uint64_t registers[SEL4_REGISTERS + 2];

static void clear_registers(uint64_t pc)
{
    registers[0] = 0;
    registers[1] = SEL4_REGISTERS;
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        registers[2 + i] = 0;
    }
    registers[2 + PC] = pc;
    registers[2 + SP] = STACK;
#if defined(__x86_64__)
    registers[2 + FLAGS] = 0x202;
#endif
}

static uint64_t write_registers(bool resume)
{
    registers[0] = resume;
    return call(at(THREAD), SEL4_LABEL_TCB_WRITE_REGISTERS, SEL4_REGISTERS + 2, registers, NONE);
}

static uint64_t read_register(unsigned number)
{
    call(at(THREAD), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, SEL4_REGISTERS), NONE);
    return ipc[1 + number];
}

/* Slots are numbered from the first empty one, which is another on each kernel. */
static void put_relative(uint64_t n)
{
    put_number(n >= base && n <= at(LAST) ? n - base : n);
}

/* Its next fault, and what it had set. */
static void print_fault(const char *name)
{
    struct answer a = receive(at(FAULT_EP), at(REPLY));
    uint64_t word[8];
    for (unsigned i = 0; i < 8; i++) {
        word[i] = ipc[1 + i];
    }
    uint64_t kind = a.info >> 12;
    puts_(name);
    puts_(": ");
    if (kind == SEL4_FAULT_USER_EXCEPTION) {
        puts_("exception at ");
        put_number(word[SEL4_USER_EXCEPTION_IP]);
    } else if (kind == SEL4_FAULT_VM) {
        puts_(word[SEL4_VM_FAULT_INSTRUCTION] ? "fetch at " : "access at ");
        put_number(word[SEL4_VM_FAULT_IP]);
        puts_(" address ");
        put_number(word[SEL4_VM_FAULT_ADDR]);
        puts_(" status ");
        put_number(word[SEL4_VM_FAULT_FSR]);
    } else if (kind == SEL4_FAULT_CAP) {
        puts_("capability ");
        put_relative(word[1]);
        put(' ');
        put_number(word[2]);
        puts_(" failure ");
        put_number(word[3]);
    } else {
        puts_("fault ");
        put_number(kind);
    }
    puts_(" result ");
    (kind == SEL4_FAULT_CAP ? put_relative : put_number)(read_register(RESULT));
    put('\n');
}

static void run(const char *name, uint64_t pc)
{
    clear_registers(pc);
    write_registers(true);
    print_fault(name);
}

/* Makes a system call, the instruction being at CODE, and stops behind it. */
static void run_call(const char *name, int64_t number, uint64_t cptr, uint64_t info, uint64_t mr0, uint64_t mr1,
                     uint64_t mr2)
{
    clear_registers(CODE);
    registers[2 + CPTR] = cptr;
    registers[2 + TAG] = info;
    registers[2 + MR0] = mr0;
    registers[2 + MR1] = mr1;
    registers[2 + MR2] = mr2;
    registers[2 + NUMBER] = (uint64_t)number;
    registers[2 + REPLY_REGISTER] = at(REPLY2);
    write_registers(true);
    if (name) {
        print_fault(name);
    }
}

/* ---- Code that changes ---- */

static void rewritten(void)
{
    write_code(CODE, SET_AND_STOP(1));
    run("first", CODE);
    write_code(CODE, SET_AND_STOP(2));
    run("rewritten", CODE);
    write_code(CODE + PAGE - 8, SET_AND_STOP(4));
    run("at the end of the page", CODE + PAGE - 8);
    run("through its last bytes", CODE + PAGE - 4);
    run("beyond", CODE + PAGE);
}

/* The kernel writes a message into the buffer, which is the code. */
static void by_message(void)
{
    check("buffer", call(at(THREAD), SEL4_LABEL_TCB_SET_IPC_BUFFER, WORDS(CODE + 1024), WORDS(at(CODE_FRAME))));
    for (unsigned i = 0; i < 2; i++) {
        write_code(CODE, TRAP_AND_STOP);
        run_call(0, SEL4_SYS_RECV, at(EP), 0, 0, 0, 0);
        let_others_run();
        for (unsigned n = 5; n <= 120; n++) {
            ipc[n] = SET_AND_STOP(n + 100 * i);
        }
        trap(SEL4_SYS_SEND, at(EP), tag(1, 0, 120), 0);
        print_fault("received");
        make_executable(CODE + 1024 + 8 * 120);
        run("runs word 6", CODE + 1024 + 8 * 6);
        run("runs word 120", CODE + 1024 + 8 * 120);
    }
}

/* Lets the thread, which does not wait, have its turn. */
static void let_it_loop(void)
{
    call(TCB, SEL4_LABEL_TCB_SET_PRIORITY, WORDS(200), WORDS(TCB));
    trap(SEL4_SYS_YIELD, 0, 0, 0);
    call(TCB, SEL4_LABEL_TCB_SET_PRIORITY, WORDS(255), WORDS(TCB));
    value("loops at", read_register(PC));
}

static void unmapped(void)
{
    write_code(CODE, LOOP);
    clear_registers(CODE);
    write_registers(true);
    let_it_loop();
    check("unmap", call(at(CODE_FRAME), SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    print_fault("unmapped while it loops");
    check("map another", map_page(at(OTHER_FRAME), VSPACE, CODE, RIGHT_R | RIGHT_W));
    write_code(CODE, SET_AND_STOP(6));
    answer(at(REPLY), 0, 0);
    print_fault("another page");
    check("unmap", call(at(OTHER_FRAME), SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    check("map again", map_page(at(CODE_FRAME), VSPACE, CODE, RIGHT_R | RIGHT_W));
    write_code(CODE, SET_AND_STOP(7));
    run("the first again", CODE);
#if !defined(__x86_64__)
    check("map without execution", call(at(CODE_FRAME), SEL4_LABEL_PAGE_MAP,
                                        WORDS(CODE, RIGHT_R | RIGHT_W, CACHED | SEL4_VM_EXECUTE_NEVER), WORDS(VSPACE)));
    run("not executable", CODE);
#endif
    check("map without rights", call(at(CODE_FRAME), SEL4_LABEL_PAGE_MAP, WORDS(CODE, 0, CACHED), WORDS(VSPACE)));
    run("no rights", CODE);
    check("map", map_page(at(CODE_FRAME), VSPACE, CODE, RIGHT_R | RIGHT_W));
    run("all rights", CODE);
}

/* The page is deleted, and its memory is a page again. */
static void taken_back(void)
{
    uint64_t part = spare_slot(), frame = spare_slot();
    check("untyped", retype(untyped, SEL4_TYPE_UNTYPED, 12, part, 1));
    for (unsigned i = 0; i < 3; i++) {
        check("frame", retype(part, SEL4_TYPE_FRAME_4K, 0, frame, 1));
        check("map", map_page(frame, VSPACE, ARENA + 6 * PAGE, RIGHT_R | RIGHT_W));
        value("word", *(volatile uint64_t *)(ARENA + 6 * PAGE));
        write_code(ARENA + 6 * PAGE, SET_AND_STOP(20 + i));
        run("in memory used again", ARENA + 6 * PAGE);
        check("revoke", revoke(part));
        run("revoked", ARENA + 6 * PAGE);
    }
}

/* ---- What a thread does to itself ---- */

static void itself(void)
{
    check("cspace", copy(at(COPY), at(THREAD), RIGHTS));
    write_code(CODE, TRAP_AND_STOP);
    run_call("unmaps its page", SEL4_SYS_CALL, at(CODE_FRAME), tag(SEL4_LABEL_PAGE_UNMAP, 0, 0), 0, 0, 0);
    check("map", map_page(at(CODE_FRAME), VSPACE, CODE, RIGHT_R | RIGHT_W));
    answer(at(REPLY), 0, 0);
    print_fault("mapped");
    run_call(0, SEL4_SYS_CALL, at(THREAD), tag(SEL4_LABEL_TCB_SUSPEND, 0, 0), 0, 0, 0);
    let_others_run();
    value("suspends itself", read_register(PC) - CODE);
    run_call("resumes itself", SEL4_SYS_CALL, at(THREAD), tag(SEL4_LABEL_TCB_RESUME, 0, 0), 0, 0, 0);
    run_call("reads its registers", SEL4_SYS_CALL, at(THREAD), tag(SEL4_LABEL_TCB_READ_REGISTERS, 0, 2), 0, 2, 0);
    value("error", read_register(TAG));
    run_call("writes its registers", SEL4_SYS_CALL, at(THREAD), tag(SEL4_LABEL_TCB_WRITE_REGISTERS, 0, 3), 0, 1, CODE);
    value("error", read_register(TAG));
    run_call("binds no notification", SEL4_SYS_CALL, at(THREAD), tag(SEL4_LABEL_TCB_UNBIND_NOTIFICATION, 0, 0), 0, 0,
             0);
    value("error", read_register(TAG));
    run_call("an empty slot", SEL4_SYS_CALL, at(LAST), 0, 0, 0, 0);
    run_call("receives from an empty slot", SEL4_SYS_RECV, at(LAST), 0, 0, 0, 0);
}

/* The same page at a second address. */
static void mirrored(void)
{
    check("copy", copy(at(ALIAS), at(CODE_FRAME), RIGHTS));
    check("map", map_page(at(ALIAS), VSPACE, MIRROR, RIGHT_R | RIGHT_W));
    write_code(CODE, SET_AND_STOP(30));
    run("at one address", CODE);
    run("at the other", MIRROR);
    write_code(MIRROR, SET_AND_STOP(31));
    run("written there, run here", CODE);
    write_code(CODE, SET_AND_STOP(32));
    run("written here, run there", MIRROR);
    check("delete", delete (at(ALIAS)));
    run("there no more", MIRROR);
}

static void make_space(uint64_t space)
{
    check("space", retype(untyped, SEL4_TYPE_VSPACE, 0, space, 1));
    check("assign", call(ASID_POOL, SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(space)));
}

static void enter_space(uint64_t space)
{
#if SEL4_MCS
    check("set", call(at(THREAD), SEL4_LABEL_TCB_SET_SPACE, WORDS(0, 0), WORDS(at(FAULT_EP), CNODE, space)));
#else
    check("set", call(at(THREAD), SEL4_LABEL_TCB_SET_SPACE, WORDS(at(FAULT_EP), 0, 0), WORDS(CNODE, space)));
#endif
}

/* The thread is in another address space, and its code is written from here. */
static void elsewhere(void)
{
    uint64_t space = spare_slot(), frame = spare_slot();
    make_space(space);
    check("copy", copy(frame, at(CODE_FRAME), RIGHTS));
    map_with_tables(frame, space, MIRROR, RIGHT_R | RIGHT_W, CACHED);
    enter_space(space);
    for (unsigned i = 0; i < 3; i++) {
        write_code(CODE, SET_AND_STOP(40 + i));
        run("in another address space", MIRROR);
    }
    run("where it was", CODE);
    check("revoke", revoke(at(CODE_FRAME)));
    run("in no page", MIRROR);
    check("delete", delete (space));
    enter_space(VSPACE);
    run("here again", CODE);
}

/* Of an address space that is deleted, nothing is found in one that is made afterwards. */
static void forgotten(void)
{
    uint64_t first = spare_slot(), second = spare_slot(), frame = spare_slot();
    make_space(first);
    check("copy", copy(frame, at(CODE_FRAME), RIGHTS));
    map_with_tables(frame, first, MIRROR, RIGHT_R | RIGHT_W, CACHED);
    enter_space(first);
    write_code(CODE, SET_AND_STOP(50));
    run("before it is deleted", MIRROR);
    check("delete", delete (first));
    make_space(second);
    enter_space(second);
    run("in a new one", MIRROR);
    check("unmap", call(frame, SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    check("delete", delete (second));
    enter_space(VSPACE);
}

#if SEL4_MCS /* on others its fault handler is in what it takes away */
/* With a CSpace of its own, which it takes away. */
static void own_cspace(void)
{
    check("cnode", retype(untyped, SEL4_TYPE_CNODE, 2, at(SLOTS), 1));
    check("root's cnode", call(at(SLOTS), SEL4_LABEL_CNODE_COPY, WORDS(1, 2, CNODE, 64, RIGHTS), WORDS(CNODE)));
    check("endpoint", call(at(SLOTS), SEL4_LABEL_CNODE_COPY, WORDS(2, 2, at(FAULT_EP), 64, RIGHTS), WORDS(CNODE)));
    check("minted", mint(at(SPACE), at(SLOTS), RIGHTS, 62));
    check("space", call(at(THREAD), SEL4_LABEL_TCB_SET_SPACE, WORDS(0, 0), WORDS(at(FAULT_EP), at(SPACE), VSPACE)));
    write_code(CODE, TRAP_AND_STOP);
    run_call("its own slot 3", SEL4_SYS_SEND, 3, 0, 0, 0, 0);
    run_call("beyond its slots", SEL4_SYS_SEND, 4, 0, 0, 0, 0);
    run_call("revokes its CSpace", SEL4_SYS_CALL, 1, tag(SEL4_LABEL_CNODE_REVOKE, 0, 2), at(SLOTS), 64, 0);
    value("error", read_register(TAG));
    run_call("with what is left", SEL4_SYS_SEND, 3, 0, 0, 0, 0);
}

#endif

/* ---- Depths and numbers ---- */

/* A CNode of one bit in itself: each of the 64 bits of an address goes through it again. */
static void deep(void)
{
    check("cnode", retype(untyped, SEL4_TYPE_CNODE, 1, at(DEEP), 1));
    check("itself", call(at(DEEP), SEL4_LABEL_CNODE_COPY, WORDS(0, 1, at(DEEP), 64, RIGHTS), WORDS(CNODE)));
    check("endpoint", call(at(DEEP), SEL4_LABEL_CNODE_COPY, WORDS(1, 1, at(NTFN), 64, RIGHTS), WORDS(CNODE)));
    for (unsigned depth = 0; depth < 67; depth += depth < 4 || depth > 60 ? 1 : 19) {
        check("copy", call(at(DEEP), SEL4_LABEL_CNODE_COPY, WORDS(1, depth, at(EP), 64, RIGHTS), WORDS(CNODE)));
        check("delete", call(at(DEEP), SEL4_LABEL_CNODE_DELETE, WORDS(1, depth), NONE));
    }
    check("rotate",
          call(at(DEEP), SEL4_LABEL_CNODE_ROTATE, WORDS(0, 1, 0, 1, 64, 0, 0, 63), WORDS(at(DEEP), at(DEEP))));
    check("move into itself", call(at(DEEP), SEL4_LABEL_CNODE_MOVE, WORDS(1, 64, 0, 1), WORDS(at(DEEP))));
    check("revoke", revoke(at(DEEP)));
    check("delete", delete (at(DEEP)));
}

static void many(void)
{
    write_code(CODE, 0);
    clear_registers(CODE);
    write_registers(true);
    uint64_t same = 0;
    for (unsigned i = 0; i < 3000; i++) {
        receive(at(FAULT_EP), at(REPLY));
        same += ipc[1 + SEL4_USER_EXCEPTION_IP] == CODE;
        answer(at(REPLY), 0, 0);
    }
    print_fault("after 3000 faults");
    value("of the same", same);
    for (unsigned i = 0; i < 100000; i++) {
        same += poll(at(NTFN)).badge;
    }
    value("after 100000 polls", same);
}

/* ---- Registers ---- */

static void odd_registers(void)
{
    write_code(CODE, SET_AND_STOP(9));
    for (unsigned i = 0; i < 4; i++) {
        run("odd", CODE + i);
    }
    static const uint64_t places[] = {0,
                                      1,
                                      UINT64_C(0x7ffffffffffe),
                                      UINT64_C(0x800000000000),
                                      UINT64_C(0xffff800000000000),
                                      UINT64_MAX,
                                      UINT64_MAX - 1,
                                      UINT64_MAX - 3,
                                      UINT64_C(1) << 40,
                                      (UINT64_C(1) << 40) - 4,
                                      UINT64_C(1) << 39};
    for (unsigned i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        run("far", places[i]);
    }
#if !defined(__riscv)
    for (unsigned i = 0; i < 34; i++) {
        clear_registers(CODE);
        registers[2 + FLAGS] = i == 32 ? UINT64_MAX : i == 33 ? 0 : UINT64_C(1) << i;
        write_registers(true);
        print_fault("flags");
        value("are", read_register(FLAGS));
    }
#endif
}

#if defined(__x86_64__)
/* SYSRET, by which a call by SYSCALL returns, overwrites RCX, R11 and RSP; a later call by INT keeps them. */
static void two_calls(void)
{
    enum { WORD_RCX = 2, WORD_R11 = 10, WORD_IP = 15, WORD_SP = 16, WORDS_WRITTEN = 18 };
    write_code(CODE, UINT64_C(0x0b0fa5cd050f)); /* syscall; int $165; ud2 */
    run_call(0, SEL4_SYS_YIELD, 0, 0, 0, 0, 0);
    receive(at(FAULT_EP), at(REPLY));
    value("unknown call at", ipc[1 + WORD_IP]);
    ipc[1 + WORD_RCX] = 5;
    ipc[1 + WORD_R11] = 6;
    ipc[1 + WORD_IP] += 2;
    ipc[1 + WORD_SP] = STACK;
    answer(at(REPLY), 0, WORDS_WRITTEN);
    print_fault("behind it");
    value("rcx", read_register(SEL4_REGISTER_RCX));
    value("r11", read_register(SEL4_REGISTER_R11));
    value("rsp", read_register(SP));
}
#endif

static void map_pages(void)
{
    static const uint8_t frames[] = {CODE_FRAME, OTHER_FRAME};
    for (unsigned i = 0; i < 2; i++) {
        check("frame", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(frames[i]), 1));
    }
    map_with_tables(at(CODE_FRAME), VSPACE, CODE, RIGHT_R | RIGHT_W, CACHED);
    uint64_t stack = spare_slot();
    check("stack", retype(untyped, SEL4_TYPE_FRAME_4K, 0, stack, 1));
    map_with_tables(stack, VSPACE, STACK - PAGE, RIGHT_R | RIGHT_W, CACHED);
}

void root_main(void)
{
    retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(FAULT_EP), 1);
    retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(EP), 1);
    retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 1);
    retype(untyped, SEL4_TYPE_TCB, 0, at(THREAD), 1);
#if SEL4_MCS
    uint64_t control = ((uint64_t *)info)[19];
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1);
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY2), 1);
    retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC), 1);
    call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(10000, 10000, 0, 0, 0), WORDS(at(SC)));
#endif
    map_pages();
    thread_start(at(THREAD), at(SC), 200, (void (*)(void))(CODE + PAGE), at(FAULT_EP));
    print_fault("nothing");
    rewritten();
    unmapped();
    taken_back();
    itself();
    deep();
    many();
    odd_registers();
    by_message();
    mirrored();
    forgotten();
    elsewhere();
#if defined(__x86_64__)
    two_calls();
#endif
#if SEL4_MCS
    own_cspace();
#endif
}
