/* SPDX-License-Identifier: BSD-2-Clause */
#include "complete.h"

#include <string.h>

#include "profile/profile.h"

const struct capdl_profile *complete_profile(const char *name)
{
    static const char *const types[][3] = {
#define CAPDL_TYPE(id, aarch64, riscv64, x86_64) {aarch64, riscv64, x86_64},
#include <capdl/types.def>
#undef CAPDL_TYPE
    };
    static const char *const methods[][3] = {
#define CAPDL_METHOD(id, name, aarch64, riscv64, x86_64) {aarch64, riscv64, x86_64},
#include <capdl/methods.def>
    };
    static struct capdl_profile complete;
    char base[64] = "";
    size_t length = strcspn(name, "+");
    if (length >= sizeof(base)) {
        return NULL;
    }
    memcpy(base, name, length);
    const struct capdl_profile *profile = profile_builtin(base);
    if (!profile || strcmp(base, name) == 0) {
        return profile;
    }
    complete = *profile;
    for (unsigned i = 0; i < CAPDL_TYPE_COUNT; i++) {
        if (complete.types[i] == CAPDL_PROFILE_ABSENT && types[i][profile->arch]) {
            complete.types[i] = (uint16_t)(0x40 + i);
            complete.size_bits[i] = 12;
        }
    }
    for (unsigned i = 0; i < CAPDL_METHOD_COUNT; i++) {
        if (complete.labels[i] == CAPDL_PROFILE_ABSENT && methods[i][profile->arch]) {
            complete.labels[i] = (uint16_t)(0x400 + i);
        }
    }
    complete.num_domains = 4;
    complete.num_domain_schedules = 16;
    complete.max_period_us = complete.mcs ? 1000000 : 0;
    return &complete;
}
