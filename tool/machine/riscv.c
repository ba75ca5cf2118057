/* SPDX-License-Identifier: BSD-2-Clause */
/* Instructions of RISC-V, as they lie in memory. */
#include "riscv.h"

uint32_t riscv_word_at(const uint8_t *code)
{
    return code[0] | (uint32_t)code[1] << 8 | (uint32_t)code[2] << 16 | (uint32_t)code[3] << 24;
}

uint32_t riscv_instruction_at(const uint8_t *code, size_t left)
{
    return left >= 4 ? riscv_word_at(code) : code[0] | (uint32_t)code[1] << 8;
}
