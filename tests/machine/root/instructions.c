/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executes every snippet of a table (instructions_*.S), each in a thread of its own, and prints what became of it:
 * nothing out of the ordinary ("done"), or the fault with its numbers, with instruction pointers relative to the
 * snippet. Then the registers that have changed. What differs from run to run is not printed: the result of a counter,
 * say.
 */
#include "instructions.h"

#include "root.h"

struct snippet {
    uint64_t start, end; /* no code: a heading */
    const char *name;
    uint64_t argument, flags;
};

extern const struct snippet snippets[], snippets_end[];

enum { FAULT_EP, REPLY, THREAD, SC, PORT };

#define AARCH64 "aarch64"
#define RISCV "riscv"
#define X86_64 "x86_64"
#if defined(__aarch64__)
#define IF_AARCH64(name) name,
#define IF_RISCV(name)
#define IF_X86_64(name)
enum { STACK_POINTER = SEL4_REGISTER_SP, FLAGS = SEL4_REGISTER_SPSR };
enum { UNDEFINED = 0x2000000 };
static const uint64_t undefined_instructions = 0;
#elif defined(__riscv)
#define IF_AARCH64(name)
#define IF_RISCV(name) name,
#define IF_X86_64(name)
enum { STACK_POINTER = SEL4_REGISTER_SP, FLAGS = SEL4_REGISTER_PC };
enum { UNDEFINED = 2 };
static const uint64_t undefined_instructions = 0;
#else
#define IF_AARCH64(name)
#define IF_RISCV(name)
#define IF_X86_64(name) name,
enum { STACK_POINTER = SEL4_REGISTER_RSP, FLAGS = SEL4_REGISTER_RFLAGS };
enum { UNDEFINED = 6 };
static const uint64_t undefined_instructions = 0x0b0f0b0f0b0f0b0f;
#endif
#define CAPDL_REGISTER(arch, name) IF_##arch(name)
static const char *const register_names[] = {
#include "capdl/registers.def"
};
#undef CAPDL_REGISTER

static uint64_t at(unsigned n)
{
    return base + n;
}

/* ---- Pages ---- */

#if defined(__aarch64__)
enum { NORMAL = SEL4_VM_CACHEABLE, NO_CODE = SEL4_VM_CACHEABLE | SEL4_VM_EXECUTE_NEVER, DEVICE = 0 };
#elif defined(__riscv)
enum { NORMAL = 0, NO_CODE = SEL4_VM_EXECUTE_NEVER, DEVICE = 0 };
#else
enum { NORMAL = 0, NO_CODE = 0, DEVICE = SEL4_VM_UNCACHEABLE };
#endif

/* Code that was written is not where instructions are fetched from until it is asked for. */
static void make_executable(uint64_t address)
{
#if defined(__aarch64__)
    for (uint64_t line = address; line < address + 4096; line += 16) {
        __asm__ volatile("dc cvau, %0; dsb ish; ic ivau, %0; dsb ish; isb" ::"r"(line) : "memory");
    }
#elif defined(__riscv)
    __asm__ volatile("fence.i" ::: "memory");
#endif
    (void)address;
}

static void fill(uint64_t address, uint64_t word)
{
    for (unsigned i = 0; i < 512; i++) {
        ((volatile uint64_t *)address)[i] = word;
    }
    make_executable(address);
}

/* All pages get their contents first, then the rights and attributes that they are named after. */
static void make_pages(void)
{
    static const struct {
        uint64_t address, rights, attributes;
        bool is_code;
    } pages[] = {
        {ARENA, RIGHT_R | RIGHT_W, NORMAL, false},
        {ARENA_SECOND, RIGHT_R | RIGHT_W, NORMAL, false},
        {ARENA_THIRD, RIGHT_R | RIGHT_W, NORMAL, false},
        {ARENA_READ_ONLY, RIGHT_R, NORMAL, false},
        {ARENA_NO_RIGHTS, 0, NORMAL, false},
        {ARENA_FOURTH, RIGHT_R | RIGHT_W, NORMAL, false},
        {ARENA_CODE, RIGHT_R | RIGHT_W, NORMAL, true},
        {ARENA_NO_CODE, RIGHT_R | RIGHT_W, NO_CODE, true},
        {ARENA_DEVICE, RIGHT_R | RIGHT_W, DEVICE, false},
        {ARENA_WRITE_ONLY, RIGHT_W, NORMAL, false},
        {SEL4_USER_TOP - 4096, RIGHT_R | RIGHT_W, NORMAL, true},
    };
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        uint64_t frame = spare_slot();
        retype(untyped, SEL4_TYPE_FRAME_4K, 0, frame, 1);
        map_with_tables(frame, VSPACE, pages[i].address, RIGHT_R | RIGHT_W, NORMAL);
        fill(pages[i].address, pages[i].is_code ? undefined_instructions : 0);
        if (pages[i].rights != (RIGHT_R | RIGHT_W) || pages[i].attributes != NORMAL) {
            map_with_tables(frame, VSPACE, pages[i].address, pages[i].rights, pages[i].attributes);
        }
    }
}

/* ---- Threads ---- */

/* General registers start with numbers that tell them apart. */
static void make_thread(const struct snippet *s, uint64_t before[SEL4_REGISTERS])
{
    uint64_t error = retype(untyped, SEL4_TYPE_TCB, 0, at(THREAD), 1);
    error |= thread_start(at(THREAD), at(SC), 200, (void (*)(void))s->start, at(FAULT_EP));
    uint64_t registers[SEL4_REGISTERS + 2] = {0, SEL4_REGISTERS};
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        registers[2 + i] = 0x100 + i;
    }
    registers[2] = s->start;
    registers[2 + STACK_POINTER] = SNIPPET_STACK;
    registers[2 + SEL4_REGISTER_ARGUMENT] = s->argument;
    registers[2 + FLAGS] = FLAGS ? 0 : s->start;
    error |= call(at(THREAD), SEL4_LABEL_TCB_WRITE_REGISTERS, SEL4_REGISTERS + 2, registers, NONE);
#ifdef SEL4_LABEL_TCB_SET_FLAGS
    if (s->flags & WITHOUT_FPU) {
        error |= call(at(THREAD), SEL4_LABEL_TCB_SET_FLAGS, WORDS(0, 1), NONE);
    }
#endif
    error |= call(at(THREAD), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, SEL4_REGISTERS), NONE);
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        before[i] = ipc[1 + i];
    }
    error |= call(at(THREAD), SEL4_LABEL_TCB_RESUME, NONE, NONE);
    if (error) {
        value("no thread", error);
    }
}

/* ---- What is printed ---- */

/* Addresses inside a snippet depend on how the program was built. */
static void put_address(const struct snippet *s, uint64_t address)
{
    if (address >= s->start && address <= s->end + 8) {
        put('+');
        address -= s->start;
    }
    put_number(address);
}

static void put_field(const struct snippet *s, const char *name, uint64_t number)
{
    put(' ');
    puts_(name);
    put(' ');
    put_address(s, number);
}

struct fault {
    uint64_t label, length, word[32];
};

static bool is_done(const struct snippet *s, const struct fault *f)
{
    return f->label == SEL4_FAULT_USER_EXCEPTION && f->word[SEL4_USER_EXCEPTION_NUMBER] == UNDEFINED &&
           f->word[SEL4_USER_EXCEPTION_IP] == s->end;
}

static void put_exception(const struct snippet *s, const struct fault *f)
{
    puts_(" exception");
    put_field(s, "at", f->word[SEL4_USER_EXCEPTION_IP]);
    put_field(s, "number", f->word[SEL4_USER_EXCEPTION_NUMBER]);
    put_field(s, "code", f->word[SEL4_USER_EXCEPTION_CODE]);
}

static void put_vm_fault(const struct snippet *s, const struct fault *f)
{
    puts_(f->word[SEL4_VM_FAULT_INSTRUCTION] ? " fetch" : " access");
    put_field(s, "at", f->word[SEL4_VM_FAULT_IP]);
    put_field(s, "address", f->word[SEL4_VM_FAULT_ADDR]);
    put_field(s, "status", f->word[SEL4_VM_FAULT_FSR]);
}

static void put_system_call(const struct snippet *s, const struct fault *f)
{
    puts_(" system call");
    put_field(s, "at", f->word[SEL4_UNKNOWN_SYSCALL_IP]);
    put_field(s, "number", f->word[SEL4_UNKNOWN_SYSCALL_SYSCALL]);
}

static void put_fault(const struct snippet *s, const struct fault *f)
{
    if (is_done(s, f)) {
        puts_(" done");
        return;
    }
    switch (f->label) {
    case 0:
        puts_(" nothing");
        return;
    case SEL4_FAULT_USER_EXCEPTION:
        put_exception(s, f);
        break;
    case SEL4_FAULT_VM:
        put_vm_fault(s, f);
        break;
    case SEL4_FAULT_UNKNOWN_SYSCALL:
        put_system_call(s, f);
        break;
#ifdef SEL4_FAULT_VCPU
    case SEL4_FAULT_VCPU:
        put_field(s, "VCPU", f->word[0]);
        break;
#endif
    default:
        put_field(s, "fault", f->label);
        break;
    }
    put_field(s, "words", f->length);
}

/* Registers other than the program counter, which is printed only if it is not that of the message. */
static void put_changes(const struct snippet *s, const struct fault *f, const uint64_t *before)
{
    call(at(THREAD), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, SEL4_REGISTERS), NONE);
    uint64_t after[SEL4_REGISTERS];
    for (unsigned i = 0; i < SEL4_REGISTERS; i++) {
        after[i] = ipc[1 + i];
    }
    bool done = is_done(s, f), told = f->label == SEL4_FAULT_USER_EXCEPTION || f->label == SEL4_FAULT_VM;
    if (!done && (!told || after[0] != f->word[0])) {
        put_field(s, register_names[0], after[0]);
    }
    for (unsigned i = 1; i < SEL4_REGISTERS && (!done || s->flags & SHOW); i++) {
        if (after[i] != before[i]) {
            put_field(s, register_names[i], after[i]);
        }
    }
}

static struct fault next_fault(void)
{
#if SEL4_MCS
    struct answer a = trap(SEL4_SYS_NBRECV, at(FAULT_EP), 0, at(REPLY));
#else
    struct answer a = poll(at(FAULT_EP));
#endif
    struct fault f = {.label = a.badge || a.info ? a.info >> 12 : 0, .length = a.info & 127};
    for (unsigned i = 0; i < f.length && i < 32; i++) {
        f.word[i] = ipc[1 + i];
    }
    return f;
}

static void run(const struct snippet *s)
{
    uint64_t before[SEL4_REGISTERS];
    make_thread(s, before);
    let_others_run();
    struct fault f = next_fault();
    puts_(s->name);
    put(':');
    put_fault(s, &f);
    put_changes(s, &f, before);
    put('\n');
    delete (at(THREAD));
}

static void make_objects(void)
{
    retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(FAULT_EP), 1);
#if SEL4_MCS
    uint64_t control = ((uint64_t *)info)[19];
    retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1);
    retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC), 1);
    /* A budget that never ends: an INT3 just then would be lost, since the thread goes on behind it. */
    call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(10000000, 10000000, 0, 0, 0), WORDS(at(SC)));
#endif
#if defined(__x86_64__)
    /* Having the capability of a port does not make IN and OUT legal. */
    check("port",
          call(IO_PORT_CONTROL, SEL4_LABEL_IO_PORT_CONTROL_ISSUE, WORDS(0x70, 0x71, at(PORT), 64), WORDS(CNODE)));
#endif
}

void root_main(void)
{
    make_objects();
    make_pages();
    for (const struct snippet *s = snippets; s < snippets_end; s++) {
#ifndef SEL4_LABEL_TCB_SET_FLAGS
        if (s->flags & WITHOUT_FPU) {
            continue;
        }
#endif
        if (!s->start) {
            puts_("== ");
            puts_(s->name);
            put('\n');
            continue;
        }
        run(s);
    }
}
