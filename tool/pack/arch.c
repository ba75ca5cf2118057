/* SPDX-License-Identifier: BSD-2-Clause */
#include "arch.h"

static const struct pack_arch *const arches[CAPDL_ARCH_COUNT] = {
#define CAPDL_ARCH_BOOTED(id, name) [CAPDL_ARCH_##id] = &pack_##name,
#include <capdl/arch.def>
};

const struct pack_arch *pack_arch(enum capdl_arch arch)
{
    return arches[arch];
}
