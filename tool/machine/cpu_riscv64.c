/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V user mode. */
#include "riscv.h"
#include "riscv_singles.h"

enum {
    TRAP_FETCH_ACCESS = 1,
    TRAP_ILLEGAL = 2,
    TRAP_BREAKPOINT = 3,
    TRAP_LOAD_ACCESS = 5,
    TRAP_STORE_ACCESS = 7,
    TRAP_ECALL = 8,
    TRAP_FETCH_PAGE = 12,
    TRAP_LOAD_PAGE = 13,
    TRAP_STORE_PAGE = 15,
};
enum { A7 = 16, FAULT_IP = 33, NEXT_IP = 34, MSTATUS_FS = 0x6000 };

static void init(uc_engine *uc, const struct kernel *k)
{
    (void)uc, (void)k;
}

#define WINDOW (UINT64_C(1) << 50)
#define WINDOW_END (UINT64_C(1) << 51)
#define SATP_SV39 (UINT64_C(8) << 60)

/* csrw satp, a4; csrw mstatus, a0; csrw mcounteren, a1; csrw scounteren, a2; csrw mepc, a3; csrw medeleg, zero; mret */
static const uint8_t stub_code[] = {
    0x73, 0x10, 0x07, 0x18, 0x73, 0x10, 0x05, 0x30, 0x73, 0x90, 0x65, 0x30, 0x73, 0x10,
    0x66, 0x10, 0x73, 0x90, 0x16, 0x34, 0x73, 0x10, 0x20, 0x30, 0x73, 0x00, 0x20, 0x30,
};

static void stub_registers(uc_engine *uc, const struct kernel *k, uint64_t page, bool fpu)
{
    (void)k;
    uint64_t values[5] = {fpu ? MSTATUS_FS : 0, 0, 0, page + 0x800, SATP_SV39 | WINDOW >> 12};
    for (int i = 0; i < 5; i++) {
        uc_reg_write(uc, UC_RISCV_REG_X10 + i, &values[i]);
    }
}

static uint64_t table_entry(uint64_t paddr)
{
    return paddr >> 12 << 10 | 1;
}

static uint64_t entry_paddr(uint64_t entry)
{
    return entry >> 10 << 12;
}

enum { ENTRY_V = 1, ENTRY_R = 2, ENTRY_W = 4, ENTRY_X = 8, ENTRY_U = 0x10, ENTRY_AD = 0xc0 };

static uint64_t page_entry(uint64_t paddr, uint8_t rights)
{
    return paddr >> 12 << 10 | ENTRY_V | ENTRY_U | ENTRY_AD | (rights & PAGE_R ? ENTRY_R : 0u) |
           (rights & PAGE_W ? ENTRY_W : 0u) | (rights & PAGE_X ? ENTRY_X : 0u);
}

static uint64_t stub_entry(uint64_t paddr)
{
    return paddr >> 12 << 10 | ENTRY_V | ENTRY_R | ENTRY_W | ENTRY_X | ENTRY_U | ENTRY_AD;
}

static enum cpu_trap_class trap_class(uint32_t number)
{
    switch (number) {
    case TRAP_FETCH_ACCESS:
    case TRAP_FETCH_PAGE:
        return TRAP_FETCH;
    case TRAP_LOAD_ACCESS:
    case TRAP_STORE_ACCESS:
    case TRAP_LOAD_PAGE:
    case TRAP_STORE_PAGE:
        return TRAP_ACCESS;
    default:
        return TRAP_OTHER;
    }
}

static size_t length_at(const uint8_t *code)
{
    return (code[0] & 3) == 3 ? 4 : 2;
}

static unsigned count(const uint8_t *code, size_t size, size_t offset)
{
    unsigned n = 0;
    for (size_t at = 0; at < offset && at < size; at += length_at(code + at)) {
        n++;
    }
    return n;
}

enum { WFI = 0x10500073, CSR_CYCLE = 0xc00, CSR_TIME = 0xc01, CSR_INSTRET = 0xc02, CSR_HPMCOUNTER31 = 0xc1f };

static bool is_counter(uint32_t instruction)
{
    uint32_t csr = instruction >> 20;
    return (instruction & 0x7f) == 0x73 && instruction >> 12 & 3 && csr >= CSR_CYCLE && csr <= CSR_HPMCOUNTER31;
}

/* CSRRS or CSRRC without anything to set or clear, or the immediate forms: a read, of a counter that there is. */
static bool is_counter_read(uint32_t instruction)
{
    bool read = instruction >> 13 & 1 && (instruction >> 15 & 31) == 0;
    return is_counter(instruction) && read && instruction >> 20 <= CSR_INSTRET;
}

/* Reserved compressed instructions that the emulator takes for NOPs. */
static bool is_reserved(uint32_t instruction)
{
    return (instruction & 0xe003) == 0x8000 || (instruction & 0xfc43) == 0x9c41;
}

/* FLD, FSD, C.FLD, C.FSD, C.FLDSP, C.FSDSP: the emulator executes them with floating point off. */
static bool is_double_access(uint32_t instruction)
{
    return (instruction & 0x705f) == 0x3007 || (instruction & 0x6001) == 0x2000;
}

/* The emulator also halts at WFI, and has the host's counters. */
static uint32_t find_special(const struct kernel *k, const uint8_t *code, size_t size, bool fpu)
{
    (void)k;
    uint32_t index = 0;
    for (size_t at = 0; at + 2 <= size; at += length_at(code + at), index++) {
        uint32_t instruction = riscv_instruction_at(code + at, size - at);
        if (instruction == WFI || is_counter(instruction) || is_reserved(instruction) ||
            (!fpu && is_double_access(instruction))) {
            return index;
        }
    }
    return CPU_NO_SPECIAL;
}

/* Instructions of extensions that the emulator lacks. */
struct encoding {
    uint32_t mask, match;
};

enum { REGISTERS = 0xfe00707f, SHIFT = 0xfc00707f, UNARY = 0xfff0707f };

static const struct encoding zba[] = {
    {REGISTERS, 0x0800003b}, {REGISTERS, 0x20002033}, {REGISTERS, 0x20004033}, {REGISTERS, 0x20006033},
    {REGISTERS, 0x2000203b}, {REGISTERS, 0x2000403b}, {REGISTERS, 0x2000603b}, {SHIFT, 0x0800101b},
};
static const struct encoding zbb[] = {
    {REGISTERS, 0x40004033}, {REGISTERS, 0x40006033}, {REGISTERS, 0x40007033}, {REGISTERS, 0x0a004033},
    {REGISTERS, 0x0a005033}, {REGISTERS, 0x0a006033}, {REGISTERS, 0x0a007033}, {REGISTERS, 0x60001033},
    {REGISTERS, 0x60005033}, {REGISTERS, 0x6000103b}, {REGISTERS, 0x6000503b}, {SHIFT, 0x60005013},
    {REGISTERS, 0x6000501b}, {UNARY, 0x60001013},     {UNARY, 0x60101013},     {UNARY, 0x60201013},
    {UNARY, 0x60401013},     {UNARY, 0x60501013},     {UNARY, 0x6000101b},     {UNARY, 0x6010101b},
    {UNARY, 0x6020101b},     {UNARY, 0x0800403b},     {UNARY, 0x28705013},     {UNARY, 0x6b805013},
};
static const struct encoding zbc[] = {
    {REGISTERS, 0x0a001033},
    {REGISTERS, 0x0a002033},
    {REGISTERS, 0x0a003033},
};
static const struct encoding zbs[] = {
    {REGISTERS, 0x28001033}, {REGISTERS, 0x48001033}, {REGISTERS, 0x48005033}, {REGISTERS, 0x68001033},
    {SHIFT, 0x28001013},     {SHIFT, 0x48001013},     {SHIFT, 0x48005013},     {SHIFT, 0x68001013},
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const struct extension {
    const char *name;
    const struct encoding *encodings;
    size_t number;
} extensions[] = {
    {"an instruction of Zba", zba, COUNT(zba)},
    {"an instruction of Zbb", zbb, COUNT(zbb)},
    {"an instruction of Zbc", zbc, COUNT(zbc)},
    {"an instruction of Zbs", zbs, COUNT(zbs)},
};

static const char *lacking(const uint8_t *code, size_t size)
{
    for (size_t i = 0; size >= 4 && i < COUNT(extensions); i++) {
        for (size_t j = 0; j < extensions[i].number; j++) {
            if ((riscv_word_at(code) & extensions[i].encodings[j].mask) == extensions[i].encodings[j].match) {
                return extensions[i].name;
            }
        }
    }
    return NULL;
}

/* LR: the kernel drops the reservation before it returns. */
static bool leaves_traces(const uint8_t *code, size_t size)
{
    for (size_t at = 0; at + 4 <= size; at += length_at(code + at)) {
        if ((riscv_word_at(code + at) & 0xf800607f) == 0x1000202f) {
            return true;
        }
    }
    return false;
}

/* Counters, which firmware and kernels leave open to user level. */
static bool emulate(struct engine *e, const struct cpu_exit *exit, uint64_t *next)
{
    if (!is_counter_read(exit->instruction)) {
        return false;
    }
    const struct cpu *cpu = e->cpu;
    uint32_t rd = exit->instruction >> 7 & 31;
    uint64_t value = exit->instruction >> 20 == CSR_TIME ? cpu_timer(cpu) : cpu_time(cpu);
    if (rd) {
        uc_reg_write(e->uc, UC_RISCV_REG_X0 + (int)rd, &value);
    }
    *next = exit->pc + 4;
    return true;
}

static void init_fp(uint8_t (*fp)[CPU_FP_BYTES])
{
    (void)fp;
}

/* The emulator reports page faults as access faults. */
static void enter(struct engine *e, struct kernel *k, const struct cpu_exit *exit)
{
    (void)e;
    uint64_t *regs = k->current->regs;
    if (exit->kind == EXIT_MEMORY) {
        uint64_t cause = exit->fetch ? TRAP_FETCH_ACCESS : exit->write ? TRAP_STORE_ACCESS : TRAP_LOAD_ACCESS;
        kernel_vm_fault(k, exit->address, cause, exit->fetch);
    } else if (exit->kind == EXIT_TRAP && exit->trap == TRAP_ECALL) {
        regs[NEXT_IP] = exit->pc + 4;
        kernel_syscall(k, (int64_t)regs[A7]);
    } else {
        kernel_user_exception(k, exit->kind == EXIT_SPECIAL ? TRAP_ILLEGAL : exit->trap, 0);
    }
}

#define R(kernel, number)                \
    {                                    \
        kernel, UC_RISCV_REG_X0 + number \
    }
#define F4(n) UC_RISCV_REG_F0 + n, UC_RISCV_REG_F0 + n + 1, UC_RISCV_REG_F0 + n + 2, UC_RISCV_REG_F0 + n + 3

const struct cpu_arch cpu_riscv64 = {
    .arch = UC_ARCH_RISCV,
    .mode = UC_MODE_RISCV64,
    .num_regs = 31,
    .regs = {R(0, 1),   R(1, 2),   R(2, 3),   R(3, 4),   R(4, 5),   R(5, 6),   R(6, 7),   R(7, 8),
             R(8, 9),   R(9, 10),  R(10, 11), R(11, 12), R(12, 13), R(13, 14), R(14, 15), R(15, 16),
             R(16, 17), R(17, 18), R(18, 19), R(19, 20), R(20, 21), R(21, 22), R(22, 23), R(23, 24),
             R(24, 25), R(25, 26), R(26, 27), R(27, 28), R(28, 29), R(29, 30), R(30, 31)},
    .pc = UC_RISCV_REG_PC,
    .num_fp = 33,
    .fp = {F4(0), F4(4), F4(8), F4(12), F4(16), F4(20), F4(24), F4(28), UC_RISCV_REG_FCSR},
    .init = init,
    .stub = {.code = stub_code, .size = sizeof(stub_code), .registers = stub_registers},
    .paging = {.levels = 3,
               .window = WINDOW,
               .window_end = WINDOW_END,
               .table_entry = table_entry,
               .page_entry = page_entry,
               .entry_paddr = entry_paddr,
               .stub_entry = stub_entry},
    .trap_class = trap_class,
    .emulated_page = 4096,
    .denies_execution = true,
    .undefined_trap = TRAP_ILLEGAL,
    .call_trap = TRAP_ECALL,
    .error_trap = TRAP_BREAKPOINT,
    .trap_advance = 4,
    .count = count,
    .find_special = find_special,
    .next_checked = riscv_next_checked,
    .check = riscv_check,
    .translated = riscv_translated,
    .lacking = lacking,
    .left_out = 4,
    .leaves_traces = leaves_traces,
    .emulate = emulate,
    .init_fp = init_fp,
    .enter = enter,
};
