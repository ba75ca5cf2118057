/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bounded reader of flattened device trees (Devicetree Specification 0.4, chapter 5). Trees come from firmware and
 * are not trusted: after tree_open nothing here reads outside the tree or fails to end.
 */
#ifndef LOADER_TREE_H
#define LOADER_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <capdl/payload.h>

#include "limits.h"

struct tree {
    const uint8_t *bytes; /* NULL: no tree */
    uint32_t size;        /* without padding at the end */
    uint32_t structs, structs_end;
    uint32_t strings, strings_end;
};

/* A node with the way to it: offsets of the names of its ancestors, the root first, itself last. depth 0: no node. */
struct tree_node {
    uint32_t next; /* where the search continues */
    uint32_t depth;
    uint32_t path[TREE_DEPTH];
};

struct tree_property {
    const uint8_t *value; /* NULL: no such property */
    uint32_t size;
};

/* Opens a tree of at most `limit` bytes; false if it is not a tree or its blocks are outside it. */
bool tree_open(struct tree *, const void *bytes, size_t limit);
/* Copies a tree without its padding, repairing the sizes in its header. `room` is known to suffice. */
void tree_copy(const struct tree *, void *to);
/* The same with more entries in its list of reserved memory; what that takes, and how it is made. */
uint64_t tree_size_with(const struct tree *, uint64_t count);
void tree_copy_with(const struct tree *, void *to, const struct capdl_payload_span *kept, uint64_t count);

/* Walks all nodes, the root first. Start with a zero node; false after the last, or where the tree is broken. */
bool tree_next(const struct tree *, struct tree_node *);
struct tree_property tree_property(const struct tree *, const struct tree_node *, const char *name);
const char *tree_node_name(const struct tree *, const struct tree_node *);
/* Finds a node by path ("/soc/serial@7e215040"); unit addresses may be left out. `length` bounds the path. */
bool tree_find(const struct tree *, const char *path, size_t length, struct tree_node *);

/* Whether a string list (compatible) holds a string, or a string property is one. */
bool tree_has_string(struct tree_property, const char *string);
uint32_t tree_cell(struct tree_property, size_t index);
/* A number of one or two cells; other sizes give 0. */
uint64_t tree_number(struct tree_property);
/* The i-th range of a node's reg, as the processor sees it. */
bool tree_reg(const struct tree *, const struct tree_node *, unsigned index, uint64_t *address, uint64_t *size);
/* Whether a node is in use: no status, or "okay". */
bool tree_enabled(const struct tree *, const struct tree_node *);

#endif
