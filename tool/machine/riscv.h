/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions of RISC-V, as they lie in memory. */
#ifndef MACHINE_RISCV_H
#define MACHINE_RISCV_H

#include <stddef.h>
#include <stdint.h>

/* The four bytes of an instruction. */
uint32_t riscv_word_at(const uint8_t *code);
/* The first one, or with a compressed one in the lower half; there are at least two bytes. */
uint32_t riscv_instruction_at(const uint8_t *code, size_t left);

#endif
