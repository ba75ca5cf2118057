/* SPDX-License-Identifier: BSD-2-Clause */
/* Places of registers in seL4_UserContext: libsel4's sel4_arch_include and arch_include, sel4/.../types.h. */
#ifndef TOOL_IMAGE_REGISTERS_H
#define TOOL_IMAGE_REGISTERS_H

#include <stdint.h>

#include <capdl/facts.h>

enum { REGISTERS_MAX = 40, ARGUMENTS_MAX = 8 };

struct register_layout {
    uint8_t ip, sp, tls;
    uint8_t num_arguments;
    uint8_t arguments[ARGUMENTS_MAX]; /* in the order of the platform's calling convention */
    uint8_t count;
};

/* The layout of an architecture we boot. */
const struct register_layout *register_layout(enum capdl_arch);

#endif
