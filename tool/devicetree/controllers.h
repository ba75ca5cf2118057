/* SPDX-License-Identifier: BSD-2-Clause */
/* Interrupt controllers that seL4 drives, and how it numbers their interrupts. */
#ifndef TOOL_DEVICETREE_CONTROLLERS_H
#define TOOL_DEVICETREE_CONTROLLERS_H

#include "devicetree/tree.h"

/* What a controller makes of a specifier. */
enum controller_kind {
    CONTROLLER_OTHER,        /* nothing that the kernel counts */
    CONTROLLER_GIC,          /* kind, number, flags, and with GICv3 a partition of cores */
    CONTROLLER_NUMBER,       /* number, and perhaps flags */
    CONTROLLER_BCM_BANK,     /* bank and number; the kernel counts the core's 32 first */
    CONTROLLER_PASS_THROUGH, /* wakes the core up; the specifier is for the controller behind it */
    CONTROLLER_CORE,         /* the core's own: the kernel keeps them */
};
enum controller_kind controller_kind(const struct devicetree *, int32_t node);
/* The kernel's number and the trigger; false if there is no such interrupt. */
bool controller_decode(enum controller_kind, const fdt32_t *specifier, size_t count, struct interrupt *);

#endif
