/* SPDX-License-Identifier: BSD-2-Clause */
#include "registers_aarch64.h"

#include "kernel.h"

static uint64_t sanitise(const struct tcb *thread, uint8_t reg, uint64_t value)
{
    if (reg != SPSR) {
        return value;
    }
    uint64_t mode = value & 0x1f;
    if (thread->vcpu && (mode == 0 || mode == 4 || mode == 5)) {
        return value;
    }
    return (value & 0xf0000000) | PSTATE_USER;
}

static void init(uint64_t *regs)
{
    regs[SPSR] = PSTATE_USER;
}

const struct registers registers_aarch64 = {
    .count = NUM_REGISTERS,
    .cap = 0,
    .message_info = 1,
    .message = {2, 3, 4, 5},
    .reply = 6,
    .nbsend_dest = 8,
    .fault_ip = FAULT_IP,
    .next_ip = ELR,
    .sp = SP_EL0,
    .tls_base = TPIDR,
    .num_frame = 17,
    .frame = {FAULT_IP, SP_EL0, SPSR, 0, 1, 2, 3, 4, 5, 6, 7, 8, 16, 17, 18, 29, 30},
    .num_gp = 19,
    .gp = {9, 10, 11, 12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, TPIDR, TPIDRRO},
    .num_exception = 3,
    .exception = {FAULT_IP, SP_EL0, SPSR},
    .num_syscall = 12,
    .syscall = {0, 1, 2, 3, 4, 5, 6, 7, FAULT_IP, SP_EL0, ELR, SPSR},
    .num_timeout = 34,
    .timeout = {FAULT_IP, SP_EL0, SPSR, 0,  1,  2,  3,  4,  5,  6,  7,  8,  16, 17, 18, 29, 30,
                9,        10,     11,   12, 13, 14, 15, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28},
    .names = {"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",   "x8",  "x9",    "x10",    "x11", "x12",
              "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20",  "x21", "x22",   "x23",    "x24", "x25",
              "x26", "x27", "x28", "x29", "x30", "sp",  "elr", "spsr", "pc",  "tpidr", "tpidrro"},
    .sanitise = sanitise,
    .init = init,
};
