/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/arch.h"

/* libsel4's arch_include/arm/sel4/arch/types.h */
enum { CACHEABLE = 1, PARITY = 2, EXECUTE_NEVER = 4, CACHED = CACHEABLE | PARITY };

static uint64_t page_attributes(bool cached, bool execute)
{
    return (cached ? CACHED : 0u) | (execute ? 0u : EXECUTE_NEVER);
}

static bool is_cached(uint64_t attributes)
{
    return attributes & CACHEABLE;
}

static bool is_executable(uint64_t rights, uint64_t attributes)
{
    (void)rights;
    return !(attributes & EXECUTE_NEVER);
}

static uint64_t window_start(const struct capdl_profile *profile)
{
    return profile->hypervisor ? UINT64_C(1) << 39 : -(UINT64_C(1) << 39);
}

const struct image_arch image_aarch64 = {
    .table_attributes = CACHED,
    .page_attributes = page_attributes,
    .is_cached = is_cached,
    .is_executable = is_executable,
    .window_start = window_start,
    .gic = true,
    .vcpu_option = "KernelArmHypervisorSupport",
};
