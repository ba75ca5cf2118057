/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile/profile.h"

bool kernel_open(struct kernel *kernel, const struct capdl_profile *profile, struct capdl_diags *diags)
{
    *kernel = (struct kernel){NULL};
    if (!profile->prefix[0]) {
        capdl_error(diags, CAPDL_NOWHERE,
                    "profile %s is built in and has no kernel; name a kernel's install prefix with --kernel",
                    profile->name);
        return false;
    }
    kernel->path = profile_file(profile->prefix, "bin/kernel.elf");
    if (!file_read(kernel->path, &kernel->file)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: cannot be read: %s", kernel->path, strerror(errno));
        free(kernel->path);
        kernel->path = NULL;
        return false;
    }
    if (!loads_open(&kernel->loads, kernel->path, kernel->file.data, kernel->file.size, profile->arch, diags)) {
        kernel_close(kernel);
        return false;
    }
    return true;
}

void kernel_close(struct kernel *kernel)
{
    loads_close(&kernel->loads);
    file_release(&kernel->file);
    free(kernel->path);
    kernel->path = NULL;
}
