/* SPDX-License-Identifier: BSD-2-Clause */
/* Operands of RISC-V that are not NaN-boxed; as the members of struct cpu_arch. */
#ifndef MACHINE_RISCV_SINGLES_H
#define MACHINE_RISCV_SINGLES_H

#include "cpu.h"

bool riscv_next_checked(const uint8_t *code, size_t size, size_t *at, size_t *length);
bool riscv_check(struct engine *, uint64_t pc, struct cpu_exit *);
void riscv_translated(struct engine *, uint64_t pc, const uint8_t *code, size_t size);

#endif
