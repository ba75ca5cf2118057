/* SPDX-License-Identifier: BSD-2-Clause */
/* Places in the register file of AArch64, in the kernel's order (include/arch/arm/arch/64/mode/machine/registerset.h of
 * seL4). */
#ifndef TOOL_MACHINE_REGISTERS_AARCH64_H
#define TOOL_MACHINE_REGISTERS_AARCH64_H

/* 0 to 30: x0 to x30 */
enum { SP_EL0 = 31, ELR, SPSR, FAULT_IP, TPIDR, TPIDRRO, NUM_REGISTERS };

enum { PSTATE_USER = 0x40 /* fast interrupts off */ };

#endif
