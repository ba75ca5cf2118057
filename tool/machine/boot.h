/* SPDX-License-Identifier: BSD-2-Clause */
/* What a kernel does at boot: the initial task's memory, capabilities and bootinfo. */
#ifndef MACHINE_BOOT_H
#define MACHINE_BOOT_H

#include <capdl/diag.h>

#include "base/file.h"
#include "kernel.h"

struct reserved_section;

struct boot_options {
    const char *name;   /* of the program, for messages */
    const uint8_t *elf; /* the initial task */
    size_t elf_size;
    const struct reserved_section *contents; /* what a loader puts into reserved memory; may be 0 */
    const char *untypeds;                    /* file with the untyped list, 0: from the platform */
};

/* Where things are. Addresses of the image are virtual. */
struct boot_info {
    uint64_t image_start, image_end, image_paddr, entry;
    uint64_t ipc_buffer, bootinfo;
    uint64_t first_image_frame, first_empty, num_slots;
    struct cnode *root;
};

/* Boots the program on a new kernel; on return the initial thread is about to run. False: diags say why not. */
bool boot(struct kernel *, const struct boot_options *, struct boot_info *, struct capdl_diags *);

/* platform.c: RAM and devices of the profile's platform, and where kernel and device tree are. */
struct platform {
    struct capdl_region memory[32];
    size_t num_memory;
    struct capdl_region devices[300];
    size_t num_devices;
    struct capdl_region kernel;
    struct file_bytes dtb; /* size 0: there is none */
};

bool platform_init(struct platform *, const struct capdl_profile *, struct capdl_diags *);
void platform_free(struct platform *);

#endif
