/* SPDX-License-Identifier: BSD-2-Clause */
/* The register file of RISC-V in the kernel's order (include/arch/riscv/arch/machine/registerset.h of seL4). */
#include "kernel.h"

enum {
    RA,
    SP,
    GP,
    TP,
    T0,
    T1,
    T2,
    S0,
    S1,
    A0,
    A1,
    A2,
    A3,
    A4,
    A5,
    A6,
    A7,
    S2,
    S3,
    S4,
    S5,
    S6,
    S7,
    S8,
    S9,
    S10,
    S11,
    T3,
    T4,
    T5,
    T6,
    SCAUSE,
    SSTATUS,
    FAULT_IP,
    NEXT_IP,
    COUNT
};

enum { SSTATUS_SPIE = 0x20 };

static uint64_t sanitise(const struct tcb *thread, uint8_t reg, uint64_t value)
{
    (void)thread, (void)reg;
    return value;
}

static void init(uint64_t *regs)
{
    regs[SSTATUS] = SSTATUS_SPIE;
}

const struct registers registers_riscv64 = {
    .count = COUNT,
    .cap = A0,
    .message_info = A1,
    .message = {A2, A3, A4, A5},
    .reply = A6,
    .nbsend_dest = T0,
    .fault_ip = FAULT_IP,
    .next_ip = NEXT_IP,
    .sp = SP,
    .tls_base = TP,
    .num_frame = 16,
    .frame = {FAULT_IP, RA, SP, GP, S0, S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11},
    .num_gp = 16,
    .gp = {A0, A1, A2, A3, A4, A5, A6, A7, T0, T1, T2, T3, T4, T5, T6, TP},
    .num_exception = 2,
    .exception = {FAULT_IP, SP},
    .num_syscall = 10,
    .syscall = {FAULT_IP, SP, RA, A0, A1, A2, A3, A4, A5, A6},
    .num_timeout = 32,
    .timeout = {FAULT_IP, RA, SP, GP, S0, S1, S2, S3, S4, S5, S6, S7, S8, S9, S10, S11,
                A0,       A1, A2, A3, A4, A5, A6, A7, T0, T1, T2, T3, T4, T5, T6,  TP},
    .names = {"ra", "sp",  "gp",  "tp", "t0", "t1", "t2", "s0",     "s1",      "a0", "a1",  "a2",
              "a3", "a4",  "a5",  "a6", "a7", "s2", "s3", "s4",     "s5",      "s6", "s7",  "s8",
              "s9", "s10", "s11", "t3", "t4", "t5", "t6", "scause", "sstatus", "pc", "next"},
    .sanitise = sanitise,
    .init = init,
};
