/* SPDX-License-Identifier: BSD-2-Clause */
/* What differs between architectures in kernel calls, beyond the facts of capdl/architecture.h: a table each, in
 * arch_*.c. */
#ifndef TOOL_IMAGE_ARCH_H
#define TOOL_IMAGE_ARCH_H

#include <capdl/architecture.h>
#include <capdl/profile.h>

struct image_arch {
    /* Words of mapping calls: attributes of a page table, of a page; and what the latter say. */
    uint64_t table_attributes;
    uint64_t (*page_attributes)(bool cached, bool execute);
    bool (*is_cached)(uint64_t attributes);
    bool (*is_executable)(uint64_t rights, uint64_t attributes);

    /* Where the kernel's window on physical memory begins. */
    uint64_t (*window_start)(const struct capdl_profile *);

    bool gic; /* triggers and signals between cores need a GIC, which some boards lack */

    /* Options of the kernel's build, for messages; NULL: no kernel of the architecture has such objects. */
    const char *vcpu_option, *io_table_option;
};

const struct image_arch *image_arch(enum capdl_arch);

#define CAPDL_ARCH_BOOTED(id, name) extern const struct image_arch image_##name;
#include <capdl/arch.def>

#endif
