/* SPDX-License-Identifier: BSD-2-Clause */
/* What the nodes of a tree and their properties say. */
#include "devicetree/tree.h"

#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

uint32_t node_cell(const struct devicetree *tree, int32_t node, enum property property, uint32_t otherwise)
{
    const struct value *value = node_value(tree, node, property);
    return value->bytes == sizeof(fdt32_t) ? fdt32_to_cpu(value->cells[0]) : otherwise;
}

const char *node_string(const struct devicetree *tree, int32_t node, enum property property, const char *before)
{
    const struct value *value = node_value(tree, node, property);
    const char *strings = (const char *)value->cells, *next = before ? before + strlen(before) + 1 : strings;
    size_t left = strings ? value->bytes - (size_t)(next - strings) : 0;
    return left && *next && memchr(next, 0, left) ? next : NULL;
}

bool node_matches(const struct devicetree *tree, int32_t node, enum property property, const char *pattern)
{
    for (const char *string = NULL; (string = node_string(tree, node, property, string));) {
        if (fnmatch(pattern, string, 0) == 0) {
            return true;
        }
    }
    return false;
}

bool nodes_related(const struct devicetree *tree, int32_t a, int32_t b)
{
    return a <= b ? b < tree->nodes[a].end : a < tree->nodes[b].end;
}

void tree_printable(char *text)
{
    for (; *text; text++) {
        *text = *text < ' ' || *text > '~' ? '?' : *text;
    }
}

const char *node_path(const struct devicetree *tree, int32_t node, char buffer[MOST_PATH])
{
    int32_t way[MOST_DEPTH + 1];
    unsigned count = 0;
    size_t used = 0;
    for (; node > 0; node = tree->nodes[node].parent) {
        way[count++] = node;
    }
    strcpy(buffer, "/");
    while (count > 0 && used < MOST_PATH - 1) {
        int length = snprintf(buffer + used, MOST_PATH - used, "/%s", tree->nodes[way[--count]].name);
        used += length > 0 ? (size_t)length : 0;
    }
    tree_printable(buffer);
    return buffer;
}

uint64_t cells_number(const fdt32_t *cells, size_t count)
{
    uint64_t number = 0;
    for (size_t i = 0; i < count; i++) {
        number = number << 32 | fdt32_to_cpu(cells[i]);
    }
    return number;
}

int32_t target_find(const struct devicetree *tree, uint32_t phandle)
{
    size_t low = 0, high = tree->num_targets;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (tree->targets[middle].phandle < phandle) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < tree->num_targets && tree->targets[low].phandle == phandle ? tree->targets[low].node : NO_NODE;
}
