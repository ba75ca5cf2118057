/* SPDX-License-Identifier: BSD-2-Clause */
#include "image/arch.h"

static const struct image_arch *const arches[CAPDL_ARCH_COUNT] = {
#define CAPDL_ARCH_BOOTED(id, name) [CAPDL_ARCH_##id] = &image_##name,
#include <capdl/arch.def>
};

const struct image_arch *image_arch(enum capdl_arch arch)
{
    return arches[arch];
}
