/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_BASE_FDT_CHECK_H
#define TOOL_BASE_FDT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether bytes are a well-formed flattened device tree of version 17, which every compiler writes: header,
 * reservations, nodes, properties and names are in bounds. Check every tree before libfdt sees it: its own check can
 * dereference null pointers, or loop, on a damaged tree.
 */
bool fdt_check(const void *tree, size_t size);

#endif
