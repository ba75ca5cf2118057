/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef TOOL_BASE_FDT_CHECK_H
#define TOOL_BASE_FDT_CHECK_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether bytes are a sound flattened device tree, of version 17 as every compiler writes it: header, reservations,
 * each node and property and their names are inside. libfdt may be given nothing else: its own check follows null
 * pointers and does not end on some of what is damaged.
 */
bool fdt_check(const void *tree, size_t size);

#endif
