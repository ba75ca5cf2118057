/* SPDX-License-Identifier: BSD-2-Clause */
/* Kernels are started by multiboot: see multiboot.c and iso.c. */
#include "arch.h"

const struct pack_arch pack_x86_64 = {
    .qemu = "qemu-system-x86_64",
};
