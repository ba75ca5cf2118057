/* SPDX-License-Identifier: BSD-2-Clause */
/* AArch64 user mode. */
#include "cpu.h"

#include <string.h>

#include "registers_aarch64.h"

enum {
    TRAP_UNDEFINED = 1,
    TRAP_SVC = 2,
    TRAP_PREFETCH_ABORT = 3,
    TRAP_DATA_ABORT = 4,
    TRAP_BREAKPOINT = 7,
};

/* Exception syndromes: class, 32-bit instruction, and for aborts the kind and level of the fault. */
enum {
    ESR_UNKNOWN = 0x02000000,
    ESR_WFI = 0x07e00000, /* condition: always */
    ESR_FP = 0x1fe00000,
    ESR_REGISTER = 0x62000000,
    ESR_WRITE = 0x40,
    ESR_TRANSLATION = 0x04,
    ESR_PERMISSION = 0x0c,
    ESR_ALIGNMENT = 0x21,
};

#define ESR_FETCH UINT64_C(0x82000000)
#define ESR_PC_ALIGNMENT UINT64_C(0x8a000000)
#define ESR_DATA UINT64_C(0x92000000)
#define ESR_BREAKPOINT UINT64_C(0xf2000000)

static void init(uc_engine *uc, const struct kernel *k)
{
    /* The model whose cache registers are those of the processor on which QEMU boots kernels with so many address
     * bits. */
    uc_ctl_set_cpu_model(uc, k->profile->pa_bits == 44 ? UC_CPU_ARM64_A72 : UC_CPU_ARM64_A53);
}

/* msr mair_el1, x8; msr tcr_el1, x7; msr ttbr0_el1, x6; isb; msr sctlr_el1, x0; msr cpacr_el1, x1; msr cntkctl_el1, x2;
   msr pmuserenr_el0, x3; msr spsr_el1, x4; msr elr_el1, x5; isb; eret */
static const uint8_t stub_code[] = {
    0x08, 0xa2, 0x18, 0xd5, 0x47, 0x20, 0x18, 0xd5, 0x06, 0x20, 0x18, 0xd5, 0xdf, 0x3f, 0x03, 0xd5,
    0x00, 0x10, 0x18, 0xd5, 0x41, 0x10, 0x18, 0xd5, 0x02, 0xe1, 0x18, 0xd5, 0x03, 0x9e, 0x1b, 0xd5,
    0x04, 0x40, 0x18, 0xd5, 0x25, 0x40, 0x18, 0xd5, 0xdf, 0x3f, 0x03, 0xd5, 0xe0, 0x03, 0x9f, 0xd6,
};

/* As kernels leave them to user level: cache maintenance and CTR_EL0 allowed, DC ZVA not. WFI is found in the code. */
enum {
    SCTLR_M = 1,
    SCTLR_UCT = 1 << 15,
    SCTLR_NTWI = 1 << 16,
    SCTLR_NTWE = 1 << 18,
    SCTLR_UCI = 1 << 26,
    SCTLR_RES1 = 0x30d00800,
    TCR_T0SZ = 16, /* 48 bits of address */
    TCR_T1SZ = 16 << 16,
    TCR_EPD1 = 1 << 23,
    CPACR_FPEN = 3 << 20,
};

#define TCR_TG1_4K (UINT64_C(2) << 30)
#define TCR_IPS_48 (UINT64_C(5) << 32)
/* Above all addresses that kernels give to user level: these are below 2^40, 2^44 or 2^47. */
#define WINDOW UINT64_C(0xd00000000000)
#define WINDOW_END (WINDOW + (UINT64_C(1) << 36))

static void stub_registers(uc_engine *uc, const struct kernel *k, uint64_t page, bool fpu)
{
    (void)k;
    uint64_t sctlr = SCTLR_M | SCTLR_RES1 | SCTLR_UCI | SCTLR_NTWE | SCTLR_NTWI | SCTLR_UCT;
    uint64_t tcr = TCR_T0SZ | TCR_T1SZ | TCR_EPD1 | TCR_TG1_4K | TCR_IPS_48;
    uint64_t values[9] = {sctlr, fpu ? CPACR_FPEN : 0, 0, 0, 0, page + 0x800, WINDOW, tcr, 0xff};
    /* Without these the emulator takes the lower levels for AArch32 where it walks page tables. */
    uc_arm64_cp_reg scr = {.crn = 1, .crm = 1, .op0 = 3, .op1 = 6, .op2 = 0, .val = 0x401};
    uc_arm64_cp_reg hcr = {.crn = 1, .crm = 1, .op0 = 3, .op1 = 4, .op2 = 0, .val = UINT64_C(1) << 31};
    uc_reg_write(uc, UC_ARM64_REG_CP_REG, &scr);
    uc_reg_write(uc, UC_ARM64_REG_CP_REG, &hcr);
    for (int i = 0; i < 9; i++) {
        uc_reg_write(uc, UC_ARM64_REG_X0 + i, &values[i]);
    }
}

static uint64_t table_entry(uint64_t paddr)
{
    return paddr | 3;
}

static uint64_t entry_paddr(uint64_t entry)
{
    return entry & UINT64_C(0x0000fffffffff000);
}

enum { ENTRY_PAGE = 0x703, ENTRY_USER = 0x40, ENTRY_READ_ONLY = 0x80 };

static uint64_t page_entry(uint64_t paddr, uint8_t rights)
{
    uint64_t never = (UINT64_C(1) << 53) | (rights & PAGE_X ? 0 : UINT64_C(1) << 54);
    return paddr | ENTRY_PAGE | (rights & PAGE_R ? ENTRY_USER : 0u) | (rights & PAGE_W ? 0 : ENTRY_READ_ONLY) | never;
}

static uint64_t stub_entry(uint64_t paddr)
{
    return paddr | ENTRY_PAGE | ENTRY_READ_ONLY;
}

static enum cpu_trap_class trap_class(uint32_t number)
{
    return number == TRAP_DATA_ABORT ? TRAP_ACCESS : number == TRAP_PREFETCH_ABORT ? TRAP_FETCH : TRAP_OTHER;
}

static unsigned count(const uint8_t *code, size_t size, size_t offset)
{
    (void)code, (void)size;
    return (unsigned)(offset / 4);
}

static uint32_t word_at(const uint8_t *code)
{
    return code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
}

/* Register 31 is the stack pointer. */
static int register_id(uint32_t number)
{
    return number < 29    ? UC_ARM64_REG_X0 + (int)number
           : number == 29 ? UC_ARM64_REG_X29
           : number == 30 ? UC_ARM64_REG_X30
                          : UC_ARM64_REG_SP;
}

enum { WFI = 0xd503207f };

/* Data processing and loads and stores of SIMD and floating-point registers; FPCR and FPSR. */
static bool is_fp(uint32_t instruction)
{
    bool data = (instruction & 0x0e000000) == 0x0e000000;
    bool load = (instruction & 0x0a000000) == 0x08000000 && instruction >> 26 & 1;
    bool control = (instruction & 0xffdfffc0) == 0xd51b4400;
    return data || load || control;
}

/* The emulator halts at WFI, and does not know that floating point is off. */
static uint32_t find_special(const struct kernel *k, const uint8_t *code, size_t size, bool fpu)
{
    (void)k;
    for (size_t at = 0; at + 4 <= size; at += 4) {
        uint32_t instruction = word_at(code + at);
        if (instruction == WFI || (!fpu && is_fp(instruction))) {
            return (uint32_t)at / 4;
        }
    }
    return CPU_NO_SPECIAL;
}

/* Load and store exclusive: ERET clears the monitor. */
static bool leaves_traces(const uint8_t *code, size_t size)
{
    for (size_t at = 0; at + 4 <= size; at += 4) {
        if ((word_at(code + at) & 0x3f800000) == 0x08000000) {
            return true;
        }
    }
    return false;
}

static void init_fp(uint8_t (*fp)[CPU_FP_BYTES])
{
    (void)fp;
}

enum {
    ISS_VALID = 1 << 24,
    ISS_SIZE = 22,
    ISS_SIGNED = 1 << 21,
    ISS_REGISTER = 16,
    ISS_WIDE = 1 << 15,
    ISS_ORDERED = 1 << 14
};

/* Whether it loads or stores one register, and does not change the one with the address. */
static bool accesses_one_register(uint32_t instruction)
{
    if ((instruction & 0x3f000000) == 0x39000000) { /* unsigned offset */
        return true;
    }
    if ((instruction & 0x3f200c00) == 0x38200800) { /* offset in a register */
        return true;
    }
    return (instruction & 0x3f200400) == 0x38000000; /* signed offset; as if unprivileged */
}

/* LDAR, STLR */
static bool is_ordered(uint32_t instruction)
{
    return (instruction & 0x3fa08000) == 0x08808000;
}

/* LDR and LDRSW of what is near the program counter; PRFM does not fault. */
static bool is_literal(uint32_t instruction)
{
    return (instruction & 0x3f000000) == 0x18000000;
}

/* The syndrome of stage 2 of the translation, which hypervisor kernels use for user memory, describes the faulting
 * instruction. */
static uint32_t access_syndrome(uint32_t instruction)
{
    bool ordered = is_ordered(instruction), literal = is_literal(instruction);
    if (!ordered && !literal && !accesses_one_register(instruction)) {
        return 0;
    }
    uint32_t kind = instruction >> 30, operation = instruction >> 22 & 3, reg = instruction & 31;
    uint32_t size = literal ? 2 + (kind & 1) : kind;
    bool is_signed = literal ? kind == 2 : !ordered && operation >= 2;
    bool wide = is_signed ? literal || operation == 2 : size == 3;
    return ISS_VALID | size << ISS_SIZE | reg << ISS_REGISTER | (is_signed ? ISS_SIGNED : 0u) | (wide ? ISS_WIDE : 0u) |
           (ordered ? ISS_ORDERED : 0u);
}

/* Exclusive and ordered loads and stores must be aligned; whether this one is not. */
static bool is_misaligned(uint32_t instruction, uint64_t address)
{
    if ((instruction & 0x3f000000) != 0x08000000) {
        return false;
    }
    bool pair = instruction >> 21 & 1 && !(instruction >> 23 & 1);
    uint64_t size = (UINT64_C(1) << (instruction >> 30)) << (pair ? 1 : 0);
    return address & (size - 1);
}

/* The emulator does not report the address of a misaligned access; it is in a register. */
static bool alignment_fault(struct engine *e, uint64_t pc, struct engine_access *access)
{
    uint8_t code[4] = {0};
    engine_read(e, pc, code, sizeof(code));
    uint32_t instruction = word_at(code), base = instruction >> 5 & 31;
    uc_reg_read(e->uc, register_id(base), &access->address);
    access->write = !(instruction >> 22 & 1);
    return is_misaligned(instruction, access->address);
}

/* LDAR and STLR, but of a byte */
static bool next_checked(const uint8_t *code, size_t size, size_t *at, size_t *length)
{
    *length = 4;
    for (; *at + 4 <= size; *at += 4) {
        uint32_t instruction = word_at(code + *at);
        if ((instruction & 0x3fbffc00) == 0x089ffc00 && instruction >> 30 != 0) {
            return true;
        }
    }
    return false;
}

static bool check(struct engine *e, uint64_t pc, struct cpu_exit *exit)
{
    struct engine_access access = {0};
    uint8_t code[4] = {0};
    size_t at = 0, length;
    if (engine_read(e, pc, code, sizeof(code)) != sizeof(code) || !next_checked(code, sizeof(code), &at, &length) ||
        !alignment_fault(e, pc, &access)) {
        return false;
    }
    *exit = (struct cpu_exit){
        .kind = EXIT_MEMORY, .pc = pc, .address = access.address, .write = access.write, .misaligned = true};
    return true;
}

static bool is_beyond_addresses(const struct kernel *k, uint64_t address)
{
    return k->profile->hypervisor && address >> k->profile->pa_bits;
}

/* Kernels at EL1 have the upper half: a window of 2 MiB pages on physical memory, and at the end a table of devices. */
#define KERNEL_WINDOW UINT64_C(0xffffff8000000000)
#define KERNEL_WINDOW_END UINT64_C(0xffffffffc0000000)
#define KERNEL_DEVICES UINT64_C(0xffffffffffe00000)

static uint32_t translation_status(struct kernel *k, uint64_t address)
{
    if (address >= KERNEL_WINDOW) {
        return address < KERNEL_WINDOW_END ? ESR_PERMISSION | 2 : ESR_TRANSLATION | (address < KERNEL_DEVICES ? 2 : 3);
    }
    struct table *root = vspace_of_thread(k, k->current);
    bool present = false;
    unsigned depth = root && address >> 48 == 0 ? vspace_depth(k, root, address, &present) : 0;
    unsigned level = depth + 4u - k->profile->vspace_levels;
    return (present ? ESR_PERMISSION : ESR_TRANSLATION) | level;
}

static uint64_t abort_status(struct kernel *k, const struct cpu_exit *exit)
{
    uint64_t status = exit->fetch ? ESR_FETCH : exit->write ? ESR_DATA | ESR_WRITE : ESR_DATA;
    if (exit->misaligned || (!exit->fetch && is_misaligned(exit->instruction, exit->address))) {
        return status | ESR_ALIGNMENT;
    }
    if (is_beyond_addresses(k, exit->address)) {
        return status; /* a fault of the address's size, at level 0 */
    }
    if (k->profile->hypervisor && !exit->fetch) {
        status |= access_syndrome(exit->instruction);
    }
    return status | translation_status(k, exit->address);
}

/* What is neither abort nor system call nor unknown instruction. */
static void exception(struct kernel *k, uint64_t syndrome)
{
    if (k->profile->hypervisor) {
        kernel_vcpu_fault(k, syndrome);
    } else {
        kernel_user_exception(k, syndrome, 0);
    }
}

/* BRK has its operand in the syndrome. */
static uint64_t breakpoint_syndrome(uint32_t instruction)
{
    return ESR_BREAKPOINT | (instruction >> 5 & 0xffff);
}

/* A system register by its encoding: op0, op1, CRn, CRm, op2. */
#define REGISTER(op0, op1, crn, crm, op2) ((op0) << 14 | (op1) << 11 | (crn) << 7 | (crm) << 3 | (op2))

enum {
    ENCODING = 0xffff,
    DAIF = REGISTER(3, 3, 4, 2, 1),
    DC_ZVA = REGISTER(1, 3, 7, 4, 1),
    MDCCSR = REGISTER(2, 3, 0, 1, 0),
    PMCR = REGISTER(3, 3, 9, 12, 0),
    PMSWINC = REGISTER(3, 3, 9, 12, 4),
    PMCEID0 = REGISTER(3, 3, 9, 12, 6),
    PMCCNTR = REGISTER(3, 3, 9, 13, 0),
    PMXEVCNTR = REGISTER(3, 3, 9, 13, 2),
    PMUSERENR = REGISTER(3, 3, 9, 14, 0),
    PMOVSSET = REGISTER(3, 3, 9, 14, 3),
    CNTFRQ = REGISTER(3, 3, 14, 0, 0),
    CNTPCT = REGISTER(3, 3, 14, 0, 1),
    CNTVCT = REGISTER(3, 3, 14, 0, 2),
    CNTP_TVAL = REGISTER(3, 3, 14, 2, 0),
    CNTV_TVAL = REGISTER(3, 3, 14, 3, 0),
    PMEVCNTR0 = REGISTER(3, 3, 14, 8, 0),
    PMEVTYPER0 = REGISTER(3, 3, 14, 12, 0),
    PMCCFILTR = REGISTER(3, 3, 14, 15, 7),
    EVENT_COUNTERS = 6, /* of the processors that QEMU boots kernels on */
};

static bool is_system_register(uint32_t instruction)
{
    return (instruction & 0xffd00000) == 0xd5100000 || (instruction & 0xfff80000) == 0xd5080000;
}

static uint32_t register_of(uint32_t instruction)
{
    return (instruction >> 5 & ENCODING);
}

/* Whether it belongs to the performance monitors and exists; PMUSERENR_EL0 may be read anyway. */
static bool is_pmu(uint32_t reg, bool read)
{
    uint32_t n = reg & 7;
    switch (reg & ~7u) {
    case PMCR:
        return read ? reg != PMSWINC : reg < PMCEID0;
    case PMCCNTR:
        return reg <= PMXEVCNTR;
    case PMUSERENR:
        return reg == PMOVSSET;
    case PMEVCNTR0:
    case PMEVTYPER0:
        return n < EVENT_COUNTERS;
    default:
        return reg == PMCCFILTR;
    }
}

static bool is_timer(uint32_t reg, bool read)
{
    uint32_t n = reg & 7, group = reg & ~7u;
    return group == CNTFRQ ? read && reg <= CNTVCT : (group == CNTP_TVAL || group == CNTV_TVAL) && n < 3;
}

/* Registers that exist at EL0 but belong to the kernel: access to them has a syndrome of its own. */
static bool is_trapped_register(uint32_t instruction)
{
    if ((instruction & 0xfff8f01f) == 0xd500401f) {                         /* MSR of an immediate */
        return (instruction >> 16 & 7) == 3 && (instruction >> 5 & 7) >= 6; /* DAIFSet, DAIFClr */
    }
    if (!is_system_register(instruction)) {
        return false;
    }
    uint32_t reg = register_of(instruction);
    bool read = instruction >> 21 & 1;
    return (reg == MDCCSR && read) || reg == DAIF || reg == DC_ZVA || is_timer(reg, read) || is_pmu(reg, read);
}

/* QEMU exchanges two operands of an MSR of an immediate; kernels have not been seen on other processors. */
static uint64_t register_syndrome(uint32_t i)
{
    bool immediate = (i >> 19 & 3) == 0;
    uint64_t op1 = i >> 16 & 7, op2 = i >> 5 & 7;
    uint64_t encoding =
        (i >> 19 & 3) << 20 | (immediate ? op1 : op2) << 17 | (immediate ? op2 : op1) << 14 | (i >> 12 & 15) << 10;
    return ESR_REGISTER | encoding | (i & 31) << 5 | (i >> 8 & 15) << 1 | (i >> 21 & 1);
}

/* Whether the kernel leaves the register to user level, and what is read from it. Performance monitors count time. */
static bool user_register(const struct cpu *cpu, uint32_t reg, bool read, uint64_t *value)
{
    const struct capdl_profile *profile = cpu->kernel->profile;
    if (!read) {
        return is_pmu(reg, false) && profile->pmu_user;
    }
    if (is_pmu(reg, true)) {
        *value = reg == PMCCNTR ? cpu_time(cpu) : 0;
        return profile->pmu_user;
    }
    *value = reg == CNTFRQ ? cpu->kernel->board.timer_frequency : cpu_timer(cpu);
    switch (reg) {
    case CNTPCT: /* a setting of the hypervisor denies it to user level, whatever is exported */
        return profile->pcnt_user && !profile->hypervisor;
    case CNTVCT:
        return profile->vcnt_user;
    case CNTFRQ:
        return profile->pcnt_user || profile->vcnt_user;
    case MDCCSR:
        *value = 0;
        return !profile->hypervisor;
    default:
        return false;
    }
}

static bool emulate_register(struct engine *e, uint32_t instruction)
{
    uint64_t value = 0;
    uint32_t reg = register_of(instruction), rt = instruction & 31;
    bool read = instruction >> 21 & 1;
    if (!is_system_register(instruction) || !user_register(e->cpu, reg, read, &value)) {
        return false;
    }
    if (read && rt < 31) {
        uc_reg_write(e->uc, register_id(rt), &value);
    }
    return true;
}

/* WFI where it does not trap: a thread that waits for an interrupt lets time pass. */
static bool emulate(struct engine *e, const struct cpu_exit *exit, uint64_t *next)
{
    if (exit->kind == EXIT_TRAP && exit->trap == TRAP_UNDEFINED && emulate_register(e, exit->instruction)) {
        *next = exit->pc + 4;
        return true;
    }
    if (exit->kind == EXIT_SPECIAL && exit->instruction == WFI && e->cpu->kernel->profile->hypervisor) {
        *next = exit->pc + 4;
        return true;
    }
    return false;
}

static void trapped_instruction(struct kernel *k, const struct cpu_exit *exit)
{
    if (exit->kind == EXIT_MISALIGNED) {
        exception(k, ESR_PC_ALIGNMENT);
    } else if (exit->kind == EXIT_SPECIAL) {
        exception(k, exit->instruction == WFI ? ESR_WFI : ESR_FP);
    } else if (exit->trap == TRAP_BREAKPOINT) {
        exception(k, breakpoint_syndrome(exit->instruction));
    } else if (exit->trap == TRAP_UNDEFINED && is_trapped_register(exit->instruction)) {
        exception(k, register_syndrome(exit->instruction));
    } else {
        kernel_user_exception(k, ESR_UNKNOWN, 0);
    }
}

static void enter(struct engine *e, struct kernel *k, const struct cpu_exit *exit)
{
    (void)e;
    uint64_t *regs = k->current->regs;
    regs[SPSR] |= PSTATE_USER;
    if (exit->kind == EXIT_MEMORY) {
        kernel_vm_fault(k, exit->address, abort_status(k, exit), exit->fetch);
    } else if (exit->kind == EXIT_TRAP && exit->trap == TRAP_SVC) {
        regs[FAULT_IP] = exit->pc - 4;
        kernel_syscall(k, (int64_t)regs[7]);
    } else {
        trapped_instruction(k, exit);
    }
}

#define X(n)                   \
    {                          \
        n, UC_ARM64_REG_X0 + n \
    }
#define Q4(n) UC_ARM64_REG_Q0 + n, UC_ARM64_REG_Q0 + n + 1, UC_ARM64_REG_Q0 + n + 2, UC_ARM64_REG_Q0 + n + 3

const struct cpu_arch cpu_aarch64 = {
    .arch = UC_ARCH_ARM64,
    .mode = UC_MODE_ARM,
    .num_regs = 35,
    .regs = {X(0),
             X(1),
             X(2),
             X(3),
             X(4),
             X(5),
             X(6),
             X(7),
             X(8),
             X(9),
             X(10),
             X(11),
             X(12),
             X(13),
             X(14),
             X(15),
             X(16),
             X(17),
             X(18),
             X(19),
             X(20),
             X(21),
             X(22),
             X(23),
             X(24),
             X(25),
             X(26),
             X(27),
             X(28),
             {29, UC_ARM64_REG_X29},
             {30, UC_ARM64_REG_X30},
             {SP_EL0, UC_ARM64_REG_SP},
             {SPSR, UC_ARM64_REG_NZCV},
             {TPIDR, UC_ARM64_REG_TPIDR_EL0},
             {TPIDRRO, UC_ARM64_REG_TPIDRRO_EL0}},
    .pc = UC_ARM64_REG_PC,
    .num_fp = 34,
    .fp = {Q4(0), Q4(4), Q4(8), Q4(12), Q4(16), Q4(20), Q4(24), Q4(28), UC_ARM64_REG_FPCR, UC_ARM64_REG_FPSR},
    .init = init,
    .stub = {.code = stub_code, .size = sizeof(stub_code), .registers = stub_registers},
    .paging = {.levels = 4,
               .window = WINDOW,
               .window_end = WINDOW_END,
               .table_entry = table_entry,
               .page_entry = page_entry,
               .entry_paddr = entry_paddr,
               .stub_entry = stub_entry},
    .trap_class = trap_class,
    .emulated_page = 1024,
    .denies_execution = true,
    .undefined_trap = TRAP_UNDEFINED,
    .call_trap = TRAP_SVC,
    .error_trap = TRAP_UNDEFINED,
    .pc_mask = 3,
    .count = count,
    .find_special = find_special,
    .leaves_traces = leaves_traces,
    .alignment_fault = alignment_fault,
    .next_checked = next_checked,
    .check = check,
    .emulate = emulate,
    .init_fp = init_fp,
    .enter = enter,
};
