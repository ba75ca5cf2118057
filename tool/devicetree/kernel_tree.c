/* SPDX-License-Identifier: BSD-2-Clause */
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

bool devicetree_is_for(const struct devicetree *tree, const struct capdl_profile *kernel, struct capdl_diags *diags)
{
    struct file_bytes bytes;
    bool good = true;
    if (kernel->prefix[0] == 0 || kernel->dtb_bytes == 0) {
        return true;
    }
    struct devicetree *own = devicetree_of_kernel(kernel, &bytes, diags);
    if (own) {
        good = devicetree_same_board(tree, own, diags);
        devicetree_free(own);
        file_release(&bytes);
    }
    return good && own;
}
