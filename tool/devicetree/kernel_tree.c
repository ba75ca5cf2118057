/* SPDX-License-Identifier: BSD-2-Clause */
/* The tree that a kernel was built with. */
#include "devicetree/devicetree.h"
#include "profile/profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct devicetree *devicetree_of_kernel(const struct capdl_profile *kernel, struct file_bytes *bytes,
                                        struct capdl_diags *diags)
{
    char *path = profile_dtb(kernel->prefix);
    struct devicetree *tree = NULL;
    if (!file_read(path, bytes)) {
        capdl_error(diags, CAPDL_NOWHERE, "%s: the kernel's device tree cannot be read: %s", path, strerror(errno));
    } else {
        tree = devicetree_read(path, bytes->data, bytes->size, diags);
        if (!tree) {
            file_release(bytes);
        }
    }
    free(path);
    return tree;
}
