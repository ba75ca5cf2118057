/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions of RISC-V. */
#ifndef MACHINE_RISCV_H
#define MACHINE_RISCV_H

#include "cpu.h"

/* The first one, or with a compressed one in the lower half; there are at least two bytes. */
uint32_t riscv_instruction_at(const uint8_t *code, size_t left);

/* riscv_singles.c: operands that are not NaN-boxed; as the members of struct cpu_arch */
bool riscv_next_checked(const uint8_t *code, size_t size, size_t *at, size_t *length);
bool riscv_check(struct engine *, uint64_t pc, struct cpu_exit *);
void riscv_translated(struct engine *, uint64_t pc, const uint8_t *code, size_t size);

#endif
