/* SPDX-License-Identifier: BSD-2-Clause */
/* What a system asks of the kernel that it is for. */
#ifndef TOOL_MICROKIT_KERNEL_H
#define TOOL_MICROKIT_KERNEL_H

#include "system.h"

/* Whether the kernel that was named lacks something; then this is reported. */
bool mk_kernel_lacks(struct mk_reader *, bool has, struct capdl_pos, const char *what, const char *option);

#endif
