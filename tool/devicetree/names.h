/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths, aliases and labels. */
#ifndef TOOL_DEVICETREE_NAMES_H
#define TOOL_DEVICETREE_NAMES_H

#include "devicetree/tree.h"

/* An alias or a label of a node. */
struct node_name {
    int32_t node;
    const char *text;
};
/* All of them, ascending by node. To be freed. */
struct node_name *node_names(struct devicetree *, size_t *count);
/* A node by path, alias ("serial0", "serial0/port") or label; NO_NODE if there is none. */
int32_t node_find(struct devicetree *, const char *name);

#endif
