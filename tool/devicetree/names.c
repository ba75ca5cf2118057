/* SPDX-License-Identifier: BSD-2-Clause */
/* Paths, aliases and labels. */
#include "devicetree/names.h"

#include <stdlib.h>
#include <string.h>

/* Where dtc -@ keeps labels; both nodes hold a path per name. */
static const char *const name_nodes[] = {"aliases", "__symbols__"};

/* A child by name, which may lack the unit address if it is the first of its kind. */
static int32_t child_find(struct devicetree *tree, int32_t parent, const char *name, size_t length)
{
    int32_t end = tree->nodes[parent].end;
    for (int32_t child = parent + 1; child < end; child = tree->nodes[child].end) {
        const char *own = tree->nodes[child].name;
        tree->steps++;
        if (strncmp(own, name, length) == 0 &&
            (own[length] == 0 || (own[length] == '@' && !memchr(name, '@', length)))) {
            return child;
        }
        if (tree->steps > MOST_STEPS) {
            break;
        }
    }
    return NO_NODE;
}

static int32_t path_find(struct devicetree *tree, int32_t from, const char *path)
{
    while (from != NO_NODE && *(path += strspn(path, "/"))) {
        size_t length = strcspn(path, "/");
        from = child_find(tree, from, path, length);
        path += length;
    }
    return from;
}

/* The path that a property of a node holds; null if it holds none. An alias of an alias is none. */
static const char *path_at(const struct devicetree *tree, int property, const char **name)
{
    int length;
    const char *path = fdt_getprop_by_offset(tree->fdt, property, name, &length);
    return path && length > 1 && path[0] == '/' && memchr(path, 0, (size_t)length) ? path : NULL;
}

static int32_t named(struct devicetree *tree, const char *list, const char *wanted, size_t length)
{
    int32_t node = child_find(tree, 0, list, strlen(list));
    int property;
    if (node == NO_NODE) {
        return NO_NODE;
    }
    fdt_for_each_property_offset(property, tree->fdt, tree->nodes[node].offset)
    {
        const char *name, *path = path_at(tree, property, &name);
        if (path && strncmp(name, wanted, length) == 0 && name[length] == 0) {
            return path_find(tree, 0, path);
        }
    }
    return NO_NODE;
}

int32_t node_find(struct devicetree *tree, const char *name)
{
    int32_t node = NO_NODE;
    tree->steps = 0;
    if (name[0] == '/') {
        return path_find(tree, 0, name);
    }
    name += name[0] == '&';
    size_t length = strcspn(name, "/");
    for (unsigned i = 0; i < 2 && node == NO_NODE; i++) {
        node = named(tree, name_nodes[i], name, length);
    }
    return path_find(tree, node, name + length);
}

static int name_compare(const void *left, const void *right)
{
    const struct node_name *a = left, *b = right;
    return a->node != b->node ? (a->node < b->node ? -1 : 1) : strcmp(a->text, b->text);
}

struct node_name *node_names(struct devicetree *tree, size_t *count)
{
    struct node_name *names = NULL;
    size_t capacity = 0;
    *count = 0;
    tree->steps = 0;
    for (unsigned i = 0; i < 2; i++) {
        int32_t node = child_find(tree, 0, name_nodes[i], strlen(name_nodes[i]));
        int property;
        if (node == NO_NODE) {
            continue;
        }
        fdt_for_each_property_offset(property, tree->fdt, tree->nodes[node].offset)
        {
            const char *name, *path = path_at(tree, property, &name);
            int32_t target = path ? path_find(tree, 0, path) : NO_NODE;
            if (target != NO_NODE) {
                names = memory_grow(names, &capacity, *count + 1, sizeof(*names));
                names[(*count)++] = (struct node_name){target, name};
            }
        }
    }
    if (*count) {
        qsort(names, *count, sizeof(*names), name_compare);
    }
    return names;
}
