/* SPDX-License-Identifier: BSD-2-Clause */
/* Places in the register file of x86-64, in the kernel's order (include/arch/x86/arch/64/mode/machine/registerset.h of
 * seL4). */
#ifndef TOOL_MACHINE_REGISTERS_X86_64_H
#define TOOL_MACHINE_REGISTERS_X86_64_H

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
    CS,
    SS,
    FS_BASE,
    GS_BASE,
    NUM_REGISTERS
};

#endif
