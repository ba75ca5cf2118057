/* SPDX-License-Identifier: BSD-2-Clause */
#include "verify/arch.h"

static const struct verify_arch *const arches[CAPDL_ARCH_COUNT] = {
#define CAPDL_ARCH_BOOTED(id, name) [CAPDL_ARCH_##id] = &verify_##name,
#include <capdl/arch.def>
};

const struct verify_arch *verify_arch(enum capdl_arch arch)
{
    return arches[arch];
}
