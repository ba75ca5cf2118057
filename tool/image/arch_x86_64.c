/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/arch.h"

/* libsel4's arch_include/x86/sel4/arch/types.h: no attribute forbids execution. */
enum { CACHE_DISABLED = 2 };

static uint64_t page_attributes(bool cached, bool execute)
{
    (void)execute;
    return cached ? 0 : CACHE_DISABLED;
}

static bool is_cached(uint64_t attributes)
{
    return !(attributes & CACHE_DISABLED);
}

/* The spec's right to execute is kept in the rights, whose bit the kernel ignores. */
static bool is_executable(uint64_t rights, uint64_t attributes)
{
    (void)attributes;
    return rights & CAPDL_RIGHT_EXECUTE;
}

static uint64_t window_start(const struct capdl_profile *profile)
{
    (void)profile;
    return -(UINT64_C(1) << 39);
}

const struct image_arch image_x86_64 = {
    .page_attributes = page_attributes,
    .is_cached = is_cached,
    .is_executable = is_executable,
    .window_start = window_start,
    .vcpu_option = "KernelVTX",
    .io_table_option = "KernelIOMMU",
};
