/* SPDX-License-Identifier: BSD-2-Clause */
/* x86-64 user mode. */
#include "cpu.h"

#include <string.h>

#include "registers_x86_64.h"
#include "x86.h"

enum {
    VECTOR_BREAKPOINT = 3,
    VECTOR_INVALID = 6,
    VECTOR_DOUBLE_FAULT = 8,
    VECTOR_PAGE_FAULT = 14,
    VECTOR_SPURIOUS = 255,
};
enum { ERROR_PRESENT = 1, ERROR_WRITE = 2, ERROR_USER = 4 };
enum { FP_CONTROL = 24, FP_TAGS = 26, FP_MXCSR = 27 };

static void init(uc_engine *uc, const struct kernel *k)
{
    (void)k;
    uc_ctl_set_cpu_model(uc, UC_CPU_X86_NEHALEM); /* in 64-bit mode only Intel's have SYSENTER */
}

/* mov $0xc0000080, %ecx; rdmsr; or $0x800, %eax; wrmsr: execute-disable is on. mov %rbx, %cr4; mov %rdi, %cr3;
   mov %rsi, %cr0; iretq. Unicorn's reset takes the feature bit of SYSCALL away, so
   EFER.SCE cannot be set and SYSRET is no way to user level. */
static const uint8_t stub_code[] = {
    0xb9, 0x80, 0x00, 0x00, 0xc0, 0x0f, 0x32, 0x0d, 0x00, 0x08, 0x00, 0x00, 0x0f,
    0x30, 0x0f, 0x22, 0xe3, 0x0f, 0x22, 0xdf, 0x0f, 0x22, 0xc6, 0x48, 0xcf,
};

enum { STUB_STACK = 0x400, STUB_TARGET = 0x800 };
enum { CR0_PE = 1, CR0_MP = 2, CR0_TS = 8, CR0_ET = 0x10, CR0_NE = 0x20, CR0_WP = 1 << 16 };
enum { CR4_TSD = 4, CR4_PAE = 0x20, CR4_OSFXSR = 0x200, CR4_OSXMMEXCPT = 0x400 };

#define CR0_PG (UINT64_C(1) << 31)
/* As the kernel has them: code of 64 bits and data for the kernel, a task state (two entries), code and data of user
 * level, those for FS and GS. All have been accessed, so the emulator need not write them. */
#define CODE_SEGMENT UINT64_C(0x00af9b000000ffff)
#define DATA_SEGMENT UINT64_C(0x00cf97000000ffff)
#define TASK_STATE UINT64_C(0x00808b0000000067)
#define USER_SEGMENT UINT64_C(0x0000600000000000)
static const uint64_t descriptors[] = {
    0,
    CODE_SEGMENT,
    DATA_SEGMENT,
    TASK_STATE,
    0,
    CODE_SEGMENT | USER_SEGMENT,
    DATA_SEGMENT | USER_SEGMENT,
    DATA_SEGMENT | USER_SEGMENT,
    DATA_SEGMENT | USER_SEGMENT,
};
enum { TASK_SELECTOR = 0x18, IDT_LIMIT = 0xfff };
#define WINDOW UINT64_C(0xf000000000)
#define WINDOW_END UINT64_C(0xfff4000000)

static void stub_registers(uc_engine *uc, const struct kernel *k, uint64_t page, bool fpu)
{
    (void)k;
    uint64_t frame[5] = {page + STUB_TARGET, X86_USER_CS, 0x202, 0, X86_USER_SS}, sp = page + STUB_STACK;
    uc_x86_mmr gdtr = {.base = engine_descriptors(&cpu_x86_64.paging), .limit = sizeof(descriptors) - 1};
    uint64_t cr0 = CR0_PG | CR0_PE | CR0_MP | CR0_ET | CR0_NE | CR0_WP | (fpu ? 0 : CR0_TS);
    uint64_t cr4 = CR4_TSD | CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT, cr3 = WINDOW;
    uc_mem_write(uc, page + STUB_STACK, frame, sizeof(frame));
    uc_reg_write(uc, UC_X86_REG_GDTR, &gdtr);
    uc_reg_write(uc, UC_X86_REG_RSI, &cr0);
    uc_reg_write(uc, UC_X86_REG_RBX, &cr4);
    uc_reg_write(uc, UC_X86_REG_RDI, &cr3);
    uc_reg_write(uc, UC_X86_REG_RSP, &sp);
}

static void stub_done(uc_engine *uc)
{
    uc_x86_mmr idtr = {.base = engine_descriptors(&cpu_x86_64.paging), .limit = IDT_LIMIT};
    uc_x86_mmr task = {.selector = TASK_SELECTOR};
    uc_reg_write(uc, UC_X86_REG_IDTR, &idtr);
    uc_reg_write(uc, UC_X86_REG_TR, &task);
}

enum { ENTRY_P = 1, ENTRY_W = 2, ENTRY_U = 4, ENTRY_AD = 0x60 };

#define ENTRY_NX (UINT64_C(1) << 63)

static uint64_t table_entry(uint64_t paddr)
{
    return paddr | ENTRY_P | ENTRY_W | ENTRY_U | 0x20;
}

static uint64_t entry_paddr(uint64_t entry)
{
    return entry & UINT64_C(0x000ffffffffff000);
}

static uint64_t page_entry(uint64_t paddr, uint8_t rights)
{
    return paddr | ENTRY_P | ENTRY_U | ENTRY_AD | (rights & PAGE_W ? ENTRY_W : 0u) | (rights & PAGE_X ? 0 : ENTRY_NX);
}

static uint64_t stub_entry(uint64_t paddr)
{
    return paddr | ENTRY_P | ENTRY_W | ENTRY_U | ENTRY_AD;
}

/* The emulator turns a fault into a double fault if it believes that it is handling another one; tried again, it
 * reports the fault itself. */
static enum cpu_trap_class trap_class(uint32_t number)
{
    return number == VECTOR_PAGE_FAULT || number == VECTOR_DOUBLE_FAULT ? TRAP_ACCESS_OR_FETCH : TRAP_OTHER;
}

static unsigned count(const uint8_t *code, size_t size, size_t offset)
{
    unsigned n = 0;
    for (size_t at = 0; at < offset && at < size; n++) {
        unsigned length = x86_decode(code + at, size - at).length;
        at += length ? length : offset;
    }
    return n;
}

static unsigned whole(const uint8_t *code, size_t size, size_t *end)
{
    unsigned n = 0;
    for (*end = 0; *end < size; n++) {
        unsigned length = x86_decode(code + *end, size - *end).length;
        if (length == 0) {
            break;
        }
        *end += length;
    }
    return n;
}

/* MOV to a segment register, POP of one, LFS, LGS, LSS. */
static bool loads_segment(const struct x86_instruction *i)
{
    return (i->map == 0 && i->opcode == 0x8e) ||
           (i->map == 1 && (i->opcode == 0xa1 || i->opcode == 0xa9 || i->opcode == 0xb2 || (i->opcode & 0xfe) == 0xb4));
}

static bool leaves_traces(const uint8_t *code, size_t size)
{
    for (size_t at = 0; at < size;) {
        struct x86_instruction i = x86_decode(code + at, size - at);
        if (i.length == 0 || (loads_segment(&i) && !i.vex)) {
            return i.length != 0;
        }
        at += i.length;
    }
    return false;
}

static void set_pair(uc_engine *uc, uint64_t value)
{
    uint64_t low = (uint32_t)value, high = value >> 32;
    uc_reg_write(uc, UC_X86_REG_RAX, &low);
    uc_reg_write(uc, UC_X86_REG_RDX, &high);
}

/* RDFSBASE, RDGSBASE, WRFSBASE, WRGSBASE: F3 0F AE /0 to /3 with a register. */
static bool is_base_access(const struct x86_instruction *i)
{
    return i->map == 1 && i->opcode == 0xae && i->prefix == 0xf3 && i->modrm >= 0xc0 && i->modrm < 0xe0;
}

static void access_base(uc_engine *uc, const struct x86_instruction *i)
{
    unsigned which = i->modrm >> 3 & 3;
    int reg = x86_registers[(i->modrm & 7) | (i->rex & 1 ? 8 : 0)];
    int base = which & 1 ? UC_X86_REG_GS_BASE : UC_X86_REG_FS_BASE;
    bool write = which >= 2;
    uint64_t value = 0;
    uc_reg_read(uc, write ? reg : base, &value);
    value = i->rex & 8 ? value : (uint32_t)value;
    uc_reg_write(uc, write ? base : reg, &value);
}

/* What CPUID says: a Nehalem with what the machine executes, and no caches. Higher numbers of both ranges: nothing. */
enum { CPUID_BASES = 7, CPUID_COUNTS = 1, CPUID_COUNT_POPCNT = 1 << 23 };

static const struct {
    uint32_t number, a, b, c, d;
} identity[] = {
    {0, 0xb, 0x756e6547, 0x6c65746e, 0x49656e69}, /* GenuineIntel */
    {CPUID_COUNTS, 0x106a3, 0x800, 0x182201, 0x78bfbfd},
    {2, 1, 0, 0, 0},
    {0x80000000, 0x80000008, 0x756e6547, 0x6c65746e, 0x49656e69},
    {0x80000001, 0x106a3, 0, 1, 0x24100800},
    {0x80000008, 0x3028, 0, 0, 0},
};

static void identify(uc_engine *uc, const struct kernel *k)
{
    uint64_t number = 0, values[4] = {0};
    uc_reg_read(uc, UC_X86_REG_RAX, &number);
    for (size_t i = 0; i < sizeof(identity) / sizeof(identity[0]); i++) {
        if (identity[i].number == (uint32_t)number) {
            values[0] = identity[i].a;
            values[1] = identity[i].b;
            values[2] = identity[i].c | (number == CPUID_COUNTS && UC_API_MINOR > 0 ? CPUID_COUNT_POPCNT : 0u);
            values[3] = identity[i].d;
        }
    }
    values[1] = (uint32_t)number == CPUID_BASES ? k->profile->fsgsbase : values[1];
    uc_reg_write(uc, UC_X86_REG_RAX, &values[0]);
    uc_reg_write(uc, UC_X86_REG_RBX, &values[1]);
    uc_reg_write(uc, UC_X86_REG_RCX, &values[2]);
    uc_reg_write(uc, UC_X86_REG_RDX, &values[3]);
}

enum { XCR0 = 3 /* x87 and SSE */ };

/* The emulator lacks FSGSBASE and XSAVE, and its time stamp counter is the host's. */
static bool emulate(struct engine *e, const struct cpu_exit *exit, uint64_t *next)
{
    uint8_t code[15];
    if (exit->kind == EXIT_SPECIAL && (exit->instruction & 0xffff) == (0xcd | VECTOR_SPURIOUS << 8)) {
        *next = exit->pc + 2;
        return true;
    }
    if (exit->kind == EXIT_SPECIAL) {
        struct x86_instruction special = x86_decode(code, engine_read(e, exit->pc, code, sizeof(code)));
        *next = exit->pc + special.length;
        if (special.map == 1 && special.opcode == X86_CPUID && !special.lock) {
            identify(e->uc, e->cpu->kernel);
            return true;
        }
        return x86_exchange(e, &special, code, exit->pc);
    }
    if (exit->kind != EXIT_TRAP || (exit->trap != VECTOR_INVALID && exit->trap != X86_PROTECTION)) {
        return false;
    }
    struct x86_instruction i = x86_decode(code, engine_read(e, exit->pc, code, sizeof(code)));
    *next = exit->pc + i.length;
    if (exit->trap == X86_PROTECTION) {
        if (i.map != 1 || i.opcode != 0x31) { /* RDTSC */
            return false;
        }
        set_pair(e->uc, cpu_timer(e->cpu));
        return true;
    }
    if (i.map == 1 && i.opcode == 0x01 && i.modrm == 0xd0 && !i.lock) { /* XGETBV */
        uint64_t number = 0;
        uc_reg_read(e->uc, UC_X86_REG_RCX, &number);
        if ((uint32_t)number == 0) {
            set_pair(e->uc, XCR0);
        }
        return (uint32_t)number == 0;
    }
    if (!is_base_access(&i) || i.lock || !e->cpu->kernel->profile->fsgsbase) {
        return false;
    }
    access_base(e->uc, &i);
    return true;
}

/* As after FNINIT, all exceptions masked. */
static void init_fp(uint8_t (*fp)[CPU_FP_BYTES])
{
    uint16_t control = 0x37f, tags = 0xffff;
    uint32_t mxcsr = 0x1f80;
    memcpy(fp[FP_CONTROL], &control, sizeof(control));
    memcpy(fp[FP_TAGS], &tags, sizeof(tags));
    memcpy(fp[FP_MXCSR], &mxcsr, sizeof(mxcsr));
}

/* The kernel does not use execute-disable, so a fetch cannot be distinguished from a read. */
static void page_fault(struct kernel *k, const struct cpu_exit *exit)
{
    struct table *root = vspace_of_thread(k, k->current);
    bool present = false;
    if (root) {
        vspace_depth(k, root, exit->address, &present);
    }
    uint64_t error = ERROR_USER | (present ? ERROR_PRESENT : 0u) | (exit->write ? ERROR_WRITE : 0u);
    k->current->regs[ERROR] = error;
    kernel_vm_fault(k, exit->address, error, false);
}

/*
 * The two ways to make a system call, and how the kernel goes back to one that did: SYSRET puts the address into RCX,
 * the flags into R11 and leaves no stack pointer; SYSEXIT takes the address from RDX and the stack pointer from RCX. A
 * thread stopped by anything else gets all its registers back.
 */
#define ERROR_SYSCALL UINT64_MAX

/* The kernel does not save it, so a reader of registers finds what was saved before. */
static void forget(struct engine *e, struct kernel *k, unsigned number)
{
    k->current->regs[number] = e->cpu->before[number];
}

static void system_call(struct engine *e, struct kernel *k, uint64_t pc)
{
    uint64_t *regs = k->current->regs;
    regs[NEXT_IP] = pc + 2;
    regs[ERROR] = ERROR_SYSCALL;
    forget(e, k, RSP);
    forget(e, k, R11);
    forget(e, k, RCX);
    kernel_syscall(k, (int64_t)regs[RDX]);
}

/* The kernel saves the flags after it has added up the address of the thread's context: a negative one, with an even
   number of bits in its lowest byte if FPU state has 576 bytes, as XSAVE has by default. */
enum { STATUS_FLAGS = 0x8d5, SIGN_AND_PARITY = 0x84, INTERRUPTS = 0x200 };

static void system_enter(struct engine *e, struct kernel *k)
{
    uint64_t *regs = k->current->regs;
    regs[FAULT_IP] = regs[RDX];
    regs[NEXT_IP] = regs[RDX] + 2;
    regs[RSP] = regs[RCX];
    regs[FLAGS] = (regs[FLAGS] & ~(uint64_t)STATUS_FLAGS) | SIGN_AND_PARITY | INTERRUPTS;
    regs[ERROR] = ERROR_SYSCALL;
    forget(e, k, RCX);
    forget(e, k, RDX);
    kernel_syscall(k, (int64_t)regs[RAX]);
}

static void leave(const struct kernel *k, uint64_t *regs)
{
    if (regs[ERROR] != ERROR_SYSCALL) {
        return;
    }
    if (k->profile->sysenter) {
        regs[RDX] = regs[NEXT_IP];
        regs[RCX] = regs[RSP];
    } else {
        regs[RCX] = regs[NEXT_IP];
        regs[R11] = regs[FLAGS];
        regs[RSP] = 0;
    }
}

static void interrupted(uint64_t *regs)
{
    regs[ERROR] = 0;
}

static void exception(struct kernel *k, uint64_t vector, uint64_t code)
{
    k->current->regs[ERROR] = code;
    kernel_user_exception(k, vector, code);
}

static void set_ip(struct kernel *k, uint64_t pc)
{
    k->current->regs[FAULT_IP] = k->current->regs[NEXT_IP] = pc;
}

/* The kernel's gates are for itself, but for breakpoints and the vectors after those of interrupts: unknown system
   calls, and a last one that does nothing. The code of the fault is as QEMU has it; processors multiply by 8. */
enum { GATE_SIZE = 16, GATE_CODE = 2, FIRST_SYSCALL_VECTOR = 158, FIRST_SYSCALL_VECTOR_SMP = 160 };

static void software_interrupt(struct kernel *k, uint64_t pc, unsigned length, uint8_t vector)
{
    uint64_t *regs = k->current->regs;
    if (vector == VECTOR_BREAKPOINT) {
        set_ip(k, pc + length);
        exception(k, VECTOR_BREAKPOINT, 0);
    } else if (vector >= (k->profile->smp ? FIRST_SYSCALL_VECTOR_SMP : FIRST_SYSCALL_VECTOR)) {
        regs[NEXT_IP] = pc + length;
        regs[FAULT_IP] = regs[NEXT_IP] - 2;
        regs[ERROR] = 0;
        kernel_syscall(k, (int32_t)((uint32_t)vector << 24 | (regs[RAX] & 0xffffff)));
    } else {
        exception(k, X86_PROTECTION, (uint64_t)vector * GATE_SIZE | GATE_CODE);
    }
}

static void special(struct kernel *k, const struct x86_instruction *i, const uint8_t *code, uint64_t pc)
{
    if (x86_is_invalid(i)) {
        exception(k, VECTOR_INVALID, 0);
    } else if (i->map == 1) { /* without SYSCALL there is no SYSRET */
        exception(k, i->opcode == X86_SYSRET && k->profile->sysenter ? VECTOR_INVALID : X86_PROTECTION, 0);
    } else if (i->opcode == 0xcc || i->opcode == 0xcd) {
        software_interrupt(k, pc, i->length, i->opcode == 0xcd ? code[i->length - 1] : VECTOR_BREAKPOINT);
    } else {
        exception(k, X86_PROTECTION, 0);
    }
}

/* Where the instruction starts that ends after the two bytes at pc, if it has prefixes. */
static uint64_t start_of(struct engine *e, uint64_t pc)
{
    uint8_t code[15];
    for (uint64_t at = e->block->pc; at < pc;) {
        unsigned length = x86_decode(code, engine_read(e, at, code, sizeof(code))).length;
        if (length == 0 || at + length > pc) {
            return length ? at : pc;
        }
        at += length;
    }
    return pc;
}

/* The one of the two that the kernel is not entered by. */
static void wrong_entry(struct engine *e, struct kernel *k, const struct cpu_exit *exit)
{
    set_ip(k, start_of(e, exit->pc));
    exception(k, exit->kind == EXIT_SYSCALL ? VECTOR_INVALID : X86_PROTECTION, 0);
}

static void trap(struct engine *e, struct kernel *k, const struct cpu_exit *exit)
{
    uint8_t code[15];
    struct x86_instruction i = x86_decode(code, engine_read(e, exit->pc, code, sizeof(code)));
    bool xcr = i.map == 1 && i.opcode == 0x01 && (i.modrm == 0xd0 || i.modrm == 0xd1); /* XGETBV, XSETBV */
    bool rdtscp = i.map == 1 && i.opcode == 0x01 && i.modrm == 0xf9;
    if (exit->kind == EXIT_SPECIAL) {
        special(k, &i, code, exit->pc);
    } else if (exit->trap == X86_PROTECTION && rdtscp) {
        exception(k, VECTOR_INVALID, 0);
    } else if (exit->trap == X86_PROTECTION) {
        exception(k, exit->trap, x86_selector_code(e, &i, code, exit->pc));
    } else if (exit->trap == VECTOR_INVALID && xcr && !i.lock) {
        exception(k, X86_PROTECTION, 0);
    } else {
        exception(k, exit->trap, 0);
    }
}

static void enter(struct engine *e, struct kernel *k, const struct cpu_exit *exit)
{
    if (exit->kind == EXIT_MEMORY) {
        page_fault(k, exit);
    } else if (exit->kind == EXIT_SYSCALL && !k->profile->sysenter) {
        system_call(e, k, exit->pc);
    } else if (exit->kind == EXIT_SYSENTER && k->profile->sysenter) {
        system_enter(e, k);
    } else if (exit->kind == EXIT_SYSCALL || exit->kind == EXIT_SYSENTER) {
        wrong_entry(e, k, exit);
    } else {
        trap(e, k, exit);
    }
}

#define XMM4(n) UC_X86_REG_XMM0 + n, UC_X86_REG_XMM0 + n + 1, UC_X86_REG_XMM0 + n + 2, UC_X86_REG_XMM0 + n + 3

const struct cpu_arch cpu_x86_64 = {
    .arch = UC_ARCH_X86,
    .fault_address = UC_X86_REG_CR2,
    .has_syscalls = true,
    .mode = UC_MODE_64,
    .num_regs = 19,
    .regs = {{RDI, UC_X86_REG_RDI},
             {RSI, UC_X86_REG_RSI},
             {RAX, UC_X86_REG_RAX},
             {RBX, UC_X86_REG_RBX},
             {RBP, UC_X86_REG_RBP},
             {R12, UC_X86_REG_R12},
             {R13, UC_X86_REG_R13},
             {R14, UC_X86_REG_R14},
             {RDX, UC_X86_REG_RDX},
             {R10, UC_X86_REG_R10},
             {R8, UC_X86_REG_R8},
             {R9, UC_X86_REG_R9},
             {R15, UC_X86_REG_R15},
             {FLAGS, UC_X86_REG_RFLAGS},
             {RSP, UC_X86_REG_RSP},
             {R11, UC_X86_REG_R11},
             {RCX, UC_X86_REG_RCX},
             {FS_BASE, UC_X86_REG_FS_BASE},
             {GS_BASE, UC_X86_REG_GS_BASE}},
    .pc = UC_X86_REG_RIP,
    .num_fp = 28,
    .fp = {XMM4(0), XMM4(4), XMM4(8), XMM4(12), UC_X86_REG_ST0, UC_X86_REG_ST1, UC_X86_REG_ST2, UC_X86_REG_ST3,
           UC_X86_REG_ST4, UC_X86_REG_ST5, UC_X86_REG_ST6, UC_X86_REG_ST7, UC_X86_REG_FPCW, UC_X86_REG_FPSW,
           UC_X86_REG_FPTAG, UC_X86_REG_MXCSR},
    .init = init,
    .stub = {.code = stub_code,
             .size = sizeof(stub_code),
             .registers = stub_registers,
             .done = stub_done,
             .descriptors = descriptors,
             .descriptors_size = sizeof(descriptors)},
    .num_selectors = 4,
    .selectors = {UC_X86_REG_DS, UC_X86_REG_ES, UC_X86_REG_FS, UC_X86_REG_GS},
    .leaves_traces = leaves_traces,
    .paging = {.levels = 4,
               .window = WINDOW,
               .window_end = WINDOW_END,
               .table_entry = table_entry,
               .page_entry = page_entry,
               .entry_paddr = entry_paddr,
               .stub_entry = stub_entry},
    .trap_class = trap_class,
    .emulated_page = 4096,
    .denies_execution = UC_API_MINOR > 0, /* 2.0 lacks the bit */
    .undefined_trap = VECTOR_INVALID,
    .call_trap = UINT32_MAX,
    .error_trap = VECTOR_INVALID,
    .keeps_exceptions = true,
    .count = count,
    .whole = whole,
    .find_special = x86_find_special,
    .next_checked = x86_next_checked,
    .check = x86_check,
    .next_deviation = x86_next_deviation,
    .lacking = x86_lacking,
    .emulate = emulate,
    .init_fp = init_fp,
    .enter = enter,
    .interrupted = interrupted,
    .leave = leave,
};
