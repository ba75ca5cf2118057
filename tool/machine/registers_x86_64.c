/* SPDX-License-Identifier: BSD-2-Clause */
#include "registers_x86_64.h"

#include "kernel.h"

enum { FLAGS_ALWAYS = 2, FLAGS_NEVER = 0x28, FLAGS_TRAP = 0x100, FLAGS_INTERRUPTS = 0x200, FLAGS_MASK = 0xfff };

static uint64_t sanitise(const struct tcb *thread, uint8_t reg, uint64_t value)
{
    (void)thread;
    bool address = reg == FAULT_IP || reg == NEXT_IP || reg == FS_BASE || reg == GS_BASE;
    if (address && value > UINT64_C(0x00007fffffffffff) && value < UINT64_C(0xffff800000000000)) {
        return 0; /* not canonical */
    }
    if (reg == FLAGS) {
        return (value | FLAGS_ALWAYS | FLAGS_INTERRUPTS) & FLAGS_MASK & ~(uint64_t)(FLAGS_NEVER | FLAGS_TRAP);
    }
    return value;
}

static void init(uint64_t *regs)
{
    regs[FLAGS] = FLAGS_ALWAYS | FLAGS_INTERRUPTS;
}

/* The kernel then returns to the thread by way of an interrupt return, which restores all registers. */
static void modified(uint64_t *regs)
{
    regs[ERROR] = 0;
}

const struct registers registers_x86_64 = {
    .count = NUM_REGISTERS,
    .cap = RDI,
    .message_info = RSI,
    .message = {R10, R8, R9, R15},
    .reply = R12,
    .nbsend_dest = R13,
    .fault_ip = FAULT_IP,
    .next_ip = NEXT_IP,
    .sp = RSP,
    .tls_base = FS_BASE,
    .num_frame = 18,
    .frame = {FAULT_IP, RSP, FLAGS, RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15},
    .num_gp = 2,
    .gp = {FS_BASE, GS_BASE},
    .num_exception = 3,
    .exception = {FAULT_IP, RSP, FLAGS},
    .num_syscall = 18,
    .syscall = {RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15, FAULT_IP, RSP, FLAGS},
    .num_timeout = 19,
    .timeout = {FAULT_IP, RSP, FLAGS, RAX, RBX, RCX, RDX, RSI, RDI, RBP, R8, R9, R10, R11, R12, R13, R14, R15, FS_BASE},
    .names = {"rdi", "rsi",   "rax",  "rbx",   "rbp", "r12", "r13", "r14", "rdx", "r10", "r8", "r9",
              "r15", "flags", "next", "error", "rsp", "rip", "r11", "rcx", "cs",  "ss",  "fs", "gs"},
    .sanitise = sanitise,
    .init = init,
    .modified = modified,
};
