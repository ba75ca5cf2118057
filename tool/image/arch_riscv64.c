/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/arch.h"

/* libsel4's arch_include/riscv/sel4/arch/types.h: the hardware decides what is cached. */
enum { EXECUTE_NEVER = 1 };

static uint64_t page_attributes(bool cached, bool execute)
{
    (void)cached;
    return execute ? 0 : EXECUTE_NEVER;
}

static bool is_cached(uint64_t attributes)
{
    (void)attributes;
    return true;
}

static bool is_executable(uint64_t rights, uint64_t attributes)
{
    (void)rights;
    return !(attributes & EXECUTE_NEVER);
}

static uint64_t window_start(const struct capdl_profile *profile)
{
    (void)profile;
    return -(UINT64_C(1) << 38);
}

const struct image_arch image_riscv64 = {
    .page_attributes = page_attributes,
    .is_cached = is_cached,
    .is_executable = is_executable,
    .window_start = window_start,
};
