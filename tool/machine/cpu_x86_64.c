/* SPDX-License-Identifier: BSD-2-Clause */
/* x86-64 user mode. */
#include "cpu.h"

#include <string.h>

enum {
    RDI,
    RSI,
    RAX,
    RBX,
    RBP,
    R12,
    R13,
    R14,
    RDX,
    R10,
    R8,
    R9,
    R15,
    FLAGS,
    NEXT_IP,
    ERROR,
    RSP,
    FAULT_IP,
    R11,
    RCX,
    FS_BASE = 22,
    GS_BASE = 23
};
enum { VECTOR_INVALID = 6, VECTOR_PROTECTION = 13, VECTOR_PAGE_FAULT = 14, FIRST_SYSCALL_VECTOR = 32 };
enum { ERROR_PRESENT = 1, ERROR_WRITE = 2, ERROR_USER = 4 };
enum { FP_CONTROL = 24, FP_TAGS = 26, FP_MXCSR = 27 };

static void init(uc_engine *uc)
{
    uc_ctl_set_cpu_model(uc, UC_CPU_X86_NEHALEM); /* in 64-bit mode only Intel's have SYSENTER */
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

/* The kernel does not use execute-disable, so a fetch is told apart from a read by nothing. */
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

static void system_call(struct kernel *k, uint64_t pc)
{
    uint64_t *regs = k->current->regs;
    regs[FAULT_IP] = pc - 2;
    regs[NEXT_IP] = pc;
    regs[ERROR] = ERROR_SYSCALL;
    kernel_syscall(k, (int64_t)regs[RDX]);
}

static void system_enter(struct kernel *k)
{
    uint64_t *regs = k->current->regs;
    regs[FAULT_IP] = regs[RDX];
    regs[NEXT_IP] = regs[RDX] + 2;
    regs[RSP] = regs[RCX];
    regs[ERROR] = ERROR_SYSCALL;
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

static void enter(struct kernel *k, const struct cpu_exit *exit, uint64_t pc)
{
    uint64_t *regs = k->current->regs;
    if (exit->kind == EXIT_MEMORY) {
        page_fault(k, exit);
    } else if (exit->kind == EXIT_SYSCALL && !k->profile->sysenter) {
        system_call(k, pc);
    } else if (exit->kind == EXIT_SYSENTER && k->profile->sysenter) {
        system_enter(k);
    } else if (exit->kind == EXIT_TRAP && exit->trap >= FIRST_SYSCALL_VECTOR) {
        regs[FAULT_IP] = pc - 2;
        regs[ERROR] = 0;
        kernel_syscall(k, (int64_t)((uint64_t)exit->trap << 24 | (regs[RAX] & 0xffffff)));
    } else if (exit->kind == EXIT_TRAP) {
        regs[ERROR] = 0;
        kernel_user_exception(k, exit->trap, 0);
    } else {
        regs[ERROR] = 0;
        kernel_user_exception(k, exit->trap == UC_ERR_INSN_INVALID ? VECTOR_INVALID : VECTOR_PROTECTION, 0);
    }
}

#define XMM4(n) UC_X86_REG_XMM0 + n, UC_X86_REG_XMM0 + n + 1, UC_X86_REG_XMM0 + n + 2, UC_X86_REG_XMM0 + n + 3

const struct cpu_arch cpu_x86_64 = {
    .arch = UC_ARCH_X86,
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
    .init_fp = init_fp,
    .enter = enter,
    .interrupted = interrupted,
    .leave = leave,
};
