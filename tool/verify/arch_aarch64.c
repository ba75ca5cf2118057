/* SPDX-License-Identifier: BSD-2-Clause */
/* AAPCS64; the Arm ARM's "Caches and memory hierarchy". */
#include "verify/arch.h"

const struct verify_arch verify_aarch64 = {
    .arguments = {"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7"},
    .num_arguments = 8,
    .tls = "tpidr",
    .word = 8,
    .stack_alignment = 16,
    .cached = 1,
    .separate_caches = true,
    .one_type_of_lower = true,
};
