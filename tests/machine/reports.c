/* SPDX-License-Identifier: BSD-2-Clause */
/* What the report at the end says (docs/machine.md): of a thread that ended with an exception its number, as the
 * processor's manual has it, and its name; of other faults, threads that wait, and the boot. */
#include "world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "machine/report.h"

struct exception {
    const char *profile;
    uint64_t number;
    const char *words; /* 0: it has none */
};

static const struct exception exceptions[] = {
    /* ESR_ELx: the class is in bits 31 to 26, bit 25 says that the instruction has 32 bits */
    {"aarch64", 0x02000000, "undefined"},
    {"aarch64", 0x06000000, "WFI"},
    {"aarch64", 0x1e000000, "floating-point unit switched off"},
    {"aarch64", 0x56000000, NULL}, /* SVC */
    {"aarch64", 0x62000000, "system register"},
    {"aarch64", 0x8a000000, "misaligned program counter"},
    {"aarch64", 0x9a000000, "misaligned stack pointer"},
    {"aarch64", 0xf2000000, "breakpoint"},
    /* scause */
    {"riscv64", 0, "misaligned program counter"},
    {"riscv64", 1, "instruction access fault"},
    {"riscv64", 2, "illegal"},
    {"riscv64", 3, "breakpoint"},
    {"riscv64", 4, "misaligned load"},
    {"riscv64", 5, "load access fault"},
    {"riscv64", 6, "misaligned store"},
    {"riscv64", 7, "store or AMO access fault"},
    {"riscv64", 8, NULL}, /* ECALL */
    /* vectors */
    {"x86_64", 0, "division"},
    {"x86_64", 1, "debug"},
    {"x86_64", 2, NULL}, /* NMI */
    {"x86_64", 3, "breakpoint"},
    {"x86_64", 4, "overflow"},
    {"x86_64", 5, "bound"},
    {"x86_64", 6, "undefined"},
    {"x86_64", 7, "floating-point unit switched off"},
    {"x86_64", 10, "invalid task state segment"},
    {"x86_64", 11, "segment not present"},
    {"x86_64", 12, "stack fault"},
    {"x86_64", 13, "general protection"},
    {"x86_64", 16, "x87"},
    {"x86_64", 17, "misaligned access"},
    {"x86_64", 19, "SIMD"},
    {"x86_64", 20, NULL},
};

/* To be freed. */
static char *report_with(struct world *w, enum machine_outcome outcome, const struct capdl_image_header *header)
{
    char *text = NULL;
    size_t size;
    struct names names = {.kernel = w->k, .boot = &w->info};
    struct report report = {.out = open_memstream(&text, &size),
                            .kernel = w->k,
                            .names = &names,
                            .outcome = outcome,
                            .header = header,
                            .instructions = 1234};
    report_print(&report);
    fclose(report.out);
    return text;
}

static char *report_of(struct world *w)
{
    return report_with(w, MACHINE_IDLE, NULL);
}

/* The report has this line, without registers that may follow. Frees it. */
static void expect_line(char *text, const char *line)
{
    char wanted[512];
    snprintf(wanted, sizeof(wanted), "machine: %s\n", line);
    if (!strstr(text, wanted)) {
        printf("expected '%s' in\n%s", line, text);
        EXPECT(false, true);
    }
    free(text);
}

/* ---- Faults of a thread without handler ---- */

enum { PC = 0x400010 };

static void begin_fault(struct world *w)
{
    w->k->current->regs[w->k->registers->fault_ip] = PC;
}

static void kinds_of_faults(void)
{
    struct world *w = world_new("aarch64");
    uint64_t *regs = w->k->current->regs;
    begin_fault(w);
    regs[w->k->registers->cap] = UINT64_C(1) << 40;
    kernel_syscall(w->k, w->k->profile->syscalls[CAPDL_SYSCALL_SEND]);
    expect_line(report_of(w), "rootserver used capability pointer 0x10000000000 to send: a guard does not match at pc "
                              "0x400010, and has no fault handler");
    world_free(w);

    w = world_new("aarch64");
    begin_fault(w);
    w->k->current->regs[w->k->registers->cap] = slot_at(w, 3);
    kernel_syscall(w->k, w->k->profile->syscalls[CAPDL_SYSCALL_RECV]);
    char line[256];
    snprintf(line, sizeof(line),
             "rootserver used capability pointer 0x%" PRIx64
             " to receive: there is no capability at pc 0x400010, and has "
             "no fault handler",
             slot_at(w, 3));
    expect_line(report_of(w), line);
    world_free(w);

    w = world_new("aarch64");
    begin_fault(w);
    kernel_syscall(w->k, -1234);
    expect_line(report_of(w),
                "rootserver made system call -1234, which this kernel does not have at pc 0x400010, and has "
                "no fault handler");
    world_free(w);

    w = world_new("aarch64");
    begin_fault(w);
    kernel_vcpu_fault(w->k, 0x06000000);
    expect_line(report_of(w),
                "rootserver raised an exception with syndrome 0x6000000, WFI or WFE at pc 0x400010, and has "
                "no fault handler");
    world_free(w);
}

/* A page that the thread has, but not for that; at the program counter it is always the instruction that is missing. */
static void pages_of_faults(void)
{
    static const struct {
        uint8_t rights;
        const char *words;
    } pages[] = {
        {0, "without rights"},   {PAGE_X, "without rights"}, {PAGE_R, "R"},
        {PAGE_R | PAGE_X, "RX"}, {PAGE_R | PAGE_W, "RW"},    {PAGE_R | PAGE_W | PAGE_X, "RWX"},
    };
    for (unsigned i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
        struct world *w = world_new("aarch64");
        struct table *root = vspace_of_thread(w->k, w->k->current);
        struct walk walk = vspace_walk(w->k, root, w->info.image_start, 12);
        char line[256];
        begin_fault(w);
        walk.pte->rights = pages[i].rights;
        kernel_vm_fault(w->k, w->info.image_start + 8, i ? 0x92000046 : 0x92000006, false);
        snprintf(line, sizeof(line),
                 "rootserver cannot %s address 0x%" PRIx64 " of the frame at 0x%" PRIx64
                 ", which is mapped %s (status 0x%x) at pc 0x400010, and has no fault handler",
                 i ? "write to" : "read from", w->info.image_start + 8, walk.pte->paddr, pages[i].words,
                 i ? 0x92000046 : 0x92000006);
        expect_line(report_of(w), line);
        world_free(w);
    }
    static const struct {
        uint64_t address;
        bool fetch;
    } fetches[] = {{PC, false}, {0x7000, true}};
    for (unsigned i = 0; i < 2; i++) {
        struct world *w = world_new("aarch64");
        begin_fault(w);
        w->k->current->regs[w->k->registers->fault_ip] = 0x7fff0010;
        kernel_vm_fault(w->k, i ? 0x7000 : 0x7fff0010, 0x92000046, fetches[i].fetch);
        expect_line(report_of(w),
                    i ? "rootserver cannot execute at address 0x7000, where nothing is mapped (status "
                        "0x92000046) at pc 0x7fff0010, and has no fault handler"
                      : "rootserver cannot execute at address 0x7fff0010, where nothing is mapped (status "
                        "0x92000046) at pc 0x7fff0010, and has no fault handler");
        world_free(w);
    }
}

/* ---- Stacks ---- */

/* The access is below mapped memory that can be written, and where the stack pointer has come down to. */
static void stacks(void)
{
    enum { PAGE = 4096 };
    static const struct {
        int64_t address, sp; /* from the beginning of the stack's lowest page */
        bool writable, overflow;
    } cases[] = {
        {-8, 0, true, true},
        {-8, -8, true, true},
        {-PAGE, 0, true, true},
        {-8, 1, true, false},                      /* the stack pointer is still in its page */
        {-8, 0, false, false},                     /* no stack */
        {-16 * PAGE, -15 * PAGE, true, true},      /* the farthest page */
        {-16 * PAGE - 8, -16 * PAGE, true, false}, /* one beyond */
        {-PAGE, -16 * PAGE, true, true},           /* the stack pointer is farther than the access */
        {-PAGE, -16 * PAGE - 16, true, false},     /* too far */
        {-2 * PAGE, -PAGE + 8, true, false},       /* more than a page below the stack pointer */
        {-2 * PAGE, -PAGE, true, true},            /* just a page */
    };
    for (unsigned i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct world *w = world_new("aarch64");
        uint64_t begin = w->info.image_start, address = begin + (uint64_t)cases[i].address;
        struct walk walk = vspace_walk(w->k, vspace_of_thread(w->k, w->k->current), begin, 12);
        walk.pte->rights = cases[i].writable ? PAGE_R | PAGE_W : PAGE_R;
        begin_fault(w);
        w->k->current->regs[w->k->registers->sp] = begin + (uint64_t)cases[i].sp;
        kernel_vm_fault(w->k, address, 0x92000046, false);
        char line[256], other[256];
        snprintf(line, sizeof(line),
                 "rootserver overflowed its stack (address 0x%" PRIx64 ", below 0x%" PRIx64
                 ") at pc 0x400010, and has no fault handler",
                 address, begin);
        snprintf(other, sizeof(other),
                 "rootserver cannot write to address 0x%" PRIx64
                 ", where nothing is mapped (status 0x92000046) at pc 0x400010, and has no fault handler",
                 address);
        expect_line(report_of(w), cases[i].overflow ? line : other);
        world_free(w);
    }
}

/* ---- Threads that wait ---- */

enum { THREAD };

static struct tcb *new_thread(struct world *w)
{
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_TCB, 0, THREAD, 1), CAPDL_ERROR_NO_ERROR);
    struct tcb *thread = slot_of(w, THREAD)->cap.object;
    strcpy(thread->name, "other");
    thread->regs[w->k->registers->next_ip] = PC;
    thread->regs[w->k->registers->fault_ip] = PC;
    thread->priority = 7;
    return thread;
}

static void obstacles(void)
{
    struct world *w = world_new("aarch64-mcs");
    struct tcb *thread = new_thread(w);
    thread->state = THREAD_RUNNING;
    expect_line(report_with(w, MACHINE_TIMEOUT, NULL),
                "other is still running; it is at pc 0x400010, priority 7, but has no scheduling context");
    thread->state = THREAD_BLOCKED_ON_RECEIVE;
    thread->fault = (struct fault){.kind = FAULT_TIMEOUT};
    expect_line(report_of(w),
                "other waits for a message at endpoint nothing after a fault: ran out of budget at pc 0x400010");
    world_free(w);

    w = world_new("aarch64");
    thread = new_thread(w);
    thread->state = THREAD_RUNNING;
    expect_line(report_with(w, MACHINE_TIMEOUT, NULL),
                "other is still running; it is at pc 0x400010, priority 7, but rootserver, of priority 255, runs");
    thread->priority = 255;
    expect_line(report_with(w, MACHINE_TIMEOUT, NULL), "other is still running; it is at pc 0x400010, priority 255");
    world_free(w);
}

/* ---- The initialiser ---- */

static void expect_boot(struct world *w, struct capdl_image_header header, const char *line)
{
    expect_line(report_with(w, MACHINE_BOOT_FAILED, &header), line);
}

static void boots(void)
{
    struct world *w = world_new("aarch64");
    expect_boot(w, (struct capdl_image_header){.phase = CAPDL_PHASE_PAGES, .num_calls = 20, .object = UINT64_MAX},
                "the initialiser stopped while mapping pages, after 20 kernel calls");
    expect_boot(
        w,
        (struct capdl_image_header){.phase = CAPDL_PHASE_PAGES,
                                    .num_calls = 20,
                                    .kernel_error = CAPDL_ERROR_DELETE_FIRST,
                                    .method = 36,
                                    .object = 100,
                                    .detail = {0, 1}},
        "the initialiser stopped while mapping pages, after 20 kernel calls; error DeleteFirst of invocation 36 of "
        "slot 100 (0x0, 0x1)");
    expect_boot(w,
                (struct capdl_image_header){.phase = 99, .kernel_error = 99, .object = UINT64_MAX, .detail = {0x10, 0}},
                "the initialiser stopped while an unknown phase, after 0 kernel calls; error an unknown error of "
                "invocation 0 (0x10, 0x0)");
    expect_boot(w, (struct capdl_image_header){.phase = CAPDL_PHASE_OPEN, .object = 3},
                "the initialiser stopped while reading the blob, after 0 kernel calls");
    w->k->halted_by = w->k->current;
    expect_line(report_with(w, MACHINE_HALTED, NULL), "rootserver halted the system");
    expect_line(report_with(w, MACHINE_MEMORY, NULL),
                "stopped, because the emulation takes too much of the host's memory, "
                "after 1234 instructions");
    expect_line(report_with(w, MACHINE_TIMEOUT, NULL), "stopped at the limit, after 1234 instructions");
    expect_line(report_with(w, MACHINE_BOOTED, NULL), "stopped before the first thread runs");
    world_free(w);
}

int main(void)
{
    kinds_of_faults();
    pages_of_faults();
    stacks();
    obstacles();
    boots();
    for (size_t i = 0; i < sizeof(exceptions) / sizeof(exceptions[0]); i++) {
        const struct exception *e = &exceptions[i];
        struct world *w = world_new(e->profile);
        char expected[128];
        snprintf(expected, sizeof(expected), "raised exception 0x%" PRIx64 "%s%s", e->number,
                 e->words ? ", " : " (code ", e->words ? e->words : "0x5)");
        kernel_user_exception(w->k, e->number, 5);
        char *text = report_of(w);
        if (!strstr(text, expected)) {
            printf("%s: expected '%s' in\n%s", e->profile, expected, text);
            EXPECT(false, true);
        }
        free(text);
        world_free(w);
    }
    return failures();
}
