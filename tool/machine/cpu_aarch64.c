/* SPDX-License-Identifier: BSD-2-Clause */
/* AArch64 user mode. */
#include "cpu.h"

#include <string.h>

enum { TRAP_UNDEFINED = 1, TRAP_SVC = 2, TRAP_DATA_ABORT = 4, TRAP_BREAKPOINT = 7 };
enum { PSTATE_USER = 0x40, SP = 31, FAULT_IP = 34, TPIDR = 35, TPIDRRO = 36, SPSR = 33 };

/* Exception syndromes: class, 32-bit instruction, and for aborts the kind and level of the fault. */
enum {
    ESR_UNKNOWN = 0x02000000,
    ESR_FETCH = 0x82000000,
    ESR_DATA = 0x92000000,
    ESR_WRITE = 0x40,
    ESR_TRANSLATION = 0x04,
    ESR_PERMISSION = 0x0c,
    ESR_ALIGNMENT = 0x21,
};

#define ESR_BREAKPOINT UINT64_C(0xf2000000)

static void init(uc_engine *uc)
{
    uint64_t cpacr = 3 << 20; /* floating point for everybody */
    uc_reg_write(uc, UC_ARM64_REG_CPACR_EL1, &cpacr);
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

/* What stage 2 of the translation, where hypervisor kernels have user memory, tells of the instruction that faulted. */
static uint32_t access_syndrome(uint32_t instruction)
{
    bool ordered = is_ordered(instruction);
    if (!ordered && !accesses_one_register(instruction)) {
        return 0;
    }
    uint32_t size = instruction >> 30, reg = instruction & 31, operation = instruction >> 22 & 3;
    bool is_signed = !ordered && operation >= 2;
    bool wide = is_signed ? operation == 2 : size == 3;
    return ISS_VALID | size << ISS_SIZE | reg << ISS_REGISTER | (is_signed ? ISS_SIGNED : 0u) | (wide ? ISS_WIDE : 0u) |
           (ordered ? ISS_ORDERED : 0u);
}

static uint64_t abort_status(struct kernel *k, const struct cpu_exit *exit)
{
    uint64_t status = exit->fetch ? ESR_FETCH : exit->write ? ESR_DATA | ESR_WRITE : ESR_DATA;
    struct table *root = vspace_of_thread(k, k->current);
    bool present = false;
    unsigned depth = root ? vspace_depth(k, root, exit->address, &present) : 0;
    unsigned level = depth + 4u - k->profile->vspace_levels;
    if (k->profile->hypervisor && !exit->fetch) {
        status |= access_syndrome(exit->instruction);
    }
    return status | (present ? ESR_PERMISSION : ESR_TRANSLATION) | level;
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

static void enter(struct kernel *k, const struct cpu_exit *exit, uint64_t pc)
{
    uint64_t *regs = k->current->regs;
    regs[SPSR] |= PSTATE_USER;
    if (exit->kind == EXIT_MEMORY) {
        kernel_vm_fault(k, exit->address, abort_status(k, exit), exit->fetch);
    } else if (exit->kind == EXIT_TRAP && exit->trap == TRAP_SVC) {
        regs[FAULT_IP] = pc - 4;
        kernel_syscall(k, (int64_t)regs[7]);
    } else if (exit->kind == EXIT_TRAP && exit->trap == TRAP_DATA_ABORT) {
        kernel_vm_fault(k, exit->address, ESR_DATA | ESR_ALIGNMENT, false);
    } else if (exit->kind == EXIT_TRAP && exit->trap == TRAP_BREAKPOINT) {
        exception(k, breakpoint_syndrome(exit->instruction));
    } else {
        kernel_user_exception(k, ESR_UNKNOWN, 0);
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
             {SP, UC_ARM64_REG_SP},
             {SPSR, UC_ARM64_REG_NZCV},
             {TPIDR, UC_ARM64_REG_TPIDR_EL0},
             {TPIDRRO, UC_ARM64_REG_TPIDRRO_EL0}},
    .pc = UC_ARM64_REG_PC,
    .num_fp = 34,
    .fp = {Q4(0), Q4(4), Q4(8), Q4(12), Q4(16), Q4(20), Q4(24), Q4(28), UC_ARM64_REG_FPCR, UC_ARM64_REG_FPSR},
    .init = init,
    .init_fp = init_fp,
    .enter = enter,
};
