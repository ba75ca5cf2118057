/* SPDX-License-Identifier: BSD-2-Clause */
/* The System V ABI. Attributes are the word of the call, without bits that the model does not keep. */
#include "verify/arch.h"

const struct verify_arch verify_x86_64 = {
    .arguments = {"rdi", "rsi", "rdx", "rcx", "r8", "r9"},
    .num_arguments = 6,
    .tls = "fs",
    .word = 8,
    .stack_alignment = 16,
    .return_on_stack = true,
    .uncached = 2,
    .always_executable = true,
    .first_vector = 16,
};
