/* SPDX-License-Identifier: BSD-2-Clause */
/* What the loaders of boards want to find, by architecture: one table each, in arch_*.c. */
#ifndef TOOL_PACK_ARCH_H
#define TOOL_PACK_ARCH_H

#include <capdl/architecture.h>

#include "plan.h"

enum { HEAD_SIZE = 4096 }; /* the loader's first page: free for headers, except for the branch that it begins with */

struct pack_arch {
    const char *qemu; /* the program */
    /* Where the kernel is not started by multiboot: */
    void (*head_linux)(struct plan *);               /* the header of a Linux Image */
    void (*head_efi)(struct plan *);                 /* a PE header; NULL: the loader has no entry for EFI */
    uint8_t uimage;                                  /* U-Boot's number for the architecture */
    uint32_t (*flags)(const struct capdl_profile *); /* of the payload */
};

const struct pack_arch *pack_arch(enum capdl_arch);

#define CAPDL_ARCH_BOOTED(id, name) extern const struct pack_arch pack_##name;
#include <capdl/arch.def>

#endif
