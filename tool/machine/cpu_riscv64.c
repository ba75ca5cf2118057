/* SPDX-License-Identifier: BSD-2-Clause */
/* RISC-V user mode. */
#include "cpu.h"

enum { TRAP_ILLEGAL = 2, TRAP_BREAKPOINT = 3, TRAP_ECALL = 8 };
enum { EBREAK = 0x00100073, C_EBREAK = 0x9002 };
enum {
    CAUSE_FETCH_ACCESS = 1,
    CAUSE_LOAD_ACCESS = 5,
    CAUSE_STORE_ACCESS = 7,
    CAUSE_LOAD_PAGE = 13,
    CAUSE_STORE_PAGE = 15
};
enum { A7 = 16, FAULT_IP = 33, NEXT_IP = 34, MSTATUS_FS = 0x6000 };

static void init(uc_engine *uc)
{
    uint64_t status = 0;
    uc_reg_read(uc, UC_RISCV_REG_MSTATUS, &status);
    status |= MSTATUS_FS;
    uc_reg_write(uc, UC_RISCV_REG_MSTATUS, &status);
}

static void init_fp(uint8_t (*fp)[CPU_FP_BYTES])
{
    (void)fp;
}

/* The emulator takes a breakpoint for an instruction that does not exist. */
static uint64_t error_cause(uint32_t instruction)
{
    bool breakpoint = instruction == EBREAK || (instruction & 0xffff) == C_EBREAK;
    return breakpoint ? TRAP_BREAKPOINT : TRAP_ILLEGAL;
}

static void enter(struct kernel *k, const struct cpu_exit *exit, uint64_t pc)
{
    uint64_t *regs = k->current->regs;
    if (exit->kind == EXIT_MEMORY) {
        uint64_t cause = exit->fetch ? CAUSE_FETCH_ACCESS : exit->write ? CAUSE_STORE_ACCESS : CAUSE_LOAD_ACCESS;
        kernel_vm_fault(k, exit->address, cause, exit->fetch);
    } else if (exit->kind == EXIT_TRAP && exit->trap == TRAP_ECALL) {
        regs[FAULT_IP] = pc - 4;
        kernel_syscall(k, (int64_t)regs[A7]);
    } else if (exit->kind == EXIT_TRAP) {
        /* the emulator steps over whatever raised a trap */
        regs[FAULT_IP] = regs[NEXT_IP] = pc - 4;
        kernel_user_exception(k, exit->trap, 0);
    } else {
        kernel_user_exception(k, error_cause(exit->instruction), 0);
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
    .init_fp = init_fp,
    .enter = enter,
};
