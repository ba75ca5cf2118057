/* SPDX-License-Identifier: BSD-2-Clause */
/* The RISC-V ELF psABI. The hardware decides what is cached. */
#include "verify/arch.h"

const struct verify_arch verify_riscv64 = {
    .arguments = {"a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7"},
    .num_arguments = 8,
    .tls = "tp",
    .word = 8,
    .stack_alignment = 16,
    .one_type = true,
};
