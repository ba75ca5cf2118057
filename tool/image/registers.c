/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/registers.h"

/* pc sp spsr x0-x8 x16-x18 x29 x30 x9-x15 x19-x28 tpidr_el0 tpidrro_el0 */
static const struct register_layout aarch64 =
    {.ip = 0, .sp = 1, .tls = 34, .num_arguments = 8, .arguments = {3, 4, 5, 6, 7, 8, 9, 10}, .count = 36};

/* pc ra sp gp s0-s11 a0-a7 t0-t6 tp */
static const struct register_layout riscv =
    {.ip = 0, .sp = 2, .tls = 31, .num_arguments = 8, .arguments = {16, 17, 18, 19, 20, 21, 22, 23}, .count = 32};

/* rip rsp rflags rax rbx rcx rdx rsi rdi rbp r8-r15 fs_base gs_base; arguments in rdi rsi rdx rcx r8 r9 */
static const struct register_layout x86_64 =
    {.ip = 0, .sp = 1, .tls = 18, .num_arguments = 6, .arguments = {8, 7, 6, 5, 10, 11}, .count = 20};

const struct register_layout *register_layout(enum capdl_arch arch)
{
    return arch == CAPDL_ARCH_AARCH64 ? &aarch64 : arch == CAPDL_ARCH_RISCV ? &riscv : &x86_64;
}
