/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_TREE_CHECK_H
#define TOOL_TREE_CHECK_H

#include <libfdt.h>

/*
 * Whether bytes, aligned to 8, are a sound device tree: 0, or an error of libfdt. It also refuses versions before 16, which no
 * compiler has written since 2005 and on which libfdt's own check may follow a null pointer.
 */
static inline int tree_check(const void *tree, size_t size)
{
    if (size < sizeof(struct fdt_header)) {
        return -FDT_ERR_TRUNCATED;
    }
    if (fdt_magic(tree) == FDT_MAGIC && fdt_version(tree) < 16) {
        return -FDT_ERR_BADVERSION;
    }
    return fdt_check_full(tree, size);
}

#endif
