/* SPDX-License-Identifier: BSD-2-Clause */
/* The physical memory of the machine. */
#include "boot.h"
#include "image/forecast.h"
#include "profile/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A PC with 512 MiB as firmware leaves it: the kernel uses what is above 1 MiB, but for the firmware's tables at the
 * top. */
static const struct capdl_region pc_memory = {0x100000, 0x1ffe0000};
static const struct capdl_region pc_kernel = {0x100000, 0xa13000};
/* Everything else is a device's, but for the two interrupt controllers. */
static const struct capdl_region pc_devices[] = {{0, 0x100000},
                                                 {0x1ffe0000, 0xfec00000},
                                                 {0xfec01000, 0xfee00000},
                                                 {0xfee01000, UINT64_C(1) << 47}};

enum { DEFAULT_KERNEL_SIZE = 0x24a000 };

static void pc_init(struct platform *p)
{
    p->memory[0] = pc_memory;
    p->num_memory = 1;
    p->kernel = pc_kernel;
    p->num_devices = sizeof(pc_devices) / sizeof(pc_devices[0]);
    memcpy(p->devices, pc_devices, sizeof(pc_devices));
}

/* The device tree that the kernel was built with; without one, none is passed on. */
static bool read_dtb(struct platform *p, const char *prefix, struct capdl_diags *diags)
{
    char *path = profile_dtb(prefix);
    bool good = prefix[0] == 0 || file_read(path, &p->dtb) || errno == ENOENT;
    if (!good) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: the kernel's device tree cannot be read: %s", path, strerror(errno));
    }
    free(path);
    return good;
}

bool platform_init(struct platform *p, const struct capdl_profile *profile, struct capdl_diags *diags)
{
    *p = (struct platform){0};
    if (profile->num_memory == 0 && capdl_architecture(profile->arch)->pc) {
        pc_init(p);
        return true;
    }
    if (profile->num_memory == 0) {
        capdl_error(diags, CAPDL_NOWHERE, "kernel profile \"%s\" does not say which memory its platform has",
                    profile->name);
        return false;
    }
    p->num_memory = profile->num_memory;
    memcpy(p->memory, profile->memory, sizeof(profile->memory[0]) * profile->num_memory);
    p->num_devices = profile->num_devices;
    for (size_t i = 0; i < p->num_devices; i++) {
        p->devices[i] = forecast_device(profile, i);
    }
    p->kernel = profile->kernel;
    if (p->kernel.start >= p->kernel.end) {
        p->kernel = (struct capdl_region){p->memory[0].start, p->memory[0].start + DEFAULT_KERNEL_SIZE};
    }
    return read_dtb(p, profile->prefix, diags);
}

void platform_free(struct platform *p)
{
    file_release(&p->dtb);
}
