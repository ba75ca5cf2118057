/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel of an install prefix. */
#ifndef TOOL_PACK_KERNEL_H
#define TOOL_PACK_KERNEL_H

#include <capdl/profile.h>

#include "base/file.h"
#include "loads.h"

struct kernel {
    struct file_bytes file;
    char *path;
    struct loads loads;
};

/* Reads bin/kernel.elf of the profile's prefix; false and an error when that cannot be. */
bool kernel_open(struct kernel *, const struct capdl_profile *, struct capdl_diags *);
void kernel_close(struct kernel *);

#endif
