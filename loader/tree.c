/* SPDX-License-Identifier: BSD-2-Clause */
#include "tree.h"

#include "libc.h"

enum { TREE_MAGIC = 0xd00dfeed, HEADER_SIZE = 40 };
enum token { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOTHING = 4, END = 9 };
typedef uint32_t __attribute__((may_alias)) word;
/* Offsets of the header's fields. */
enum field {
    TOTAL = 4,
    STRUCTS = 8,
    STRINGS = 12,
    RESERVED = 16,
    VERSION = 20,
    COMPATIBLE = 24,
    STRINGS_SIZE = 32,
    STRUCTS_SIZE = 36
};

/* Every number is as aligned as the tree. */
static inline __attribute__((always_inline)) uint32_t be32(const uint8_t *bytes)
{
    uint32_t value = *(const word *)(const void *)bytes;
    return value >> 24 | (value >> 8 & 0xff00) | (value & 0xff00) << 8 | value << 24;
}

static void put_be32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static bool inside(uint32_t offset, uint32_t size, uint32_t total)
{
    return offset <= total && size <= total - offset;
}

/* The end of the list of reserved memory, after its entry of zeros; 0 if there is no such entry. */
static uint32_t reserved_end(const uint8_t *bytes, uint32_t offset, uint32_t total)
{
    while (inside(offset, 16, total)) {
        bool last = true;
        for (int i = 8; i < 16; i++) {
            last = last && bytes[offset + i] == 0;
        }
        offset += 16;
        if (last) {
            return offset;
        }
    }
    return 0;
}

static uint32_t larger(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

bool tree_open(struct tree *tree, const void *start, size_t limit)
{
    const uint8_t *bytes = start;
    *tree = (struct tree){NULL};
    if (limit < HEADER_SIZE || (uintptr_t)bytes % 4 || be32(bytes) != TREE_MAGIC || be32(bytes + COMPATIBLE) > 17 ||
        be32(bytes + VERSION) < 17) {
        return false;
    }
    uint32_t total = be32(bytes + TOTAL);
    uint32_t structs = be32(bytes + STRUCTS), structs_size = be32(bytes + STRUCTS_SIZE);
    uint32_t strings = be32(bytes + STRINGS), strings_size = be32(bytes + STRINGS_SIZE);
    uint32_t reserved = total <= limit ? reserved_end(bytes, be32(bytes + RESERVED), total) : 0;
    if (!reserved || structs % 4 || !inside(structs, structs_size, total) || !inside(strings, strings_size, total)) {
        return false;
    }
    uint32_t used = larger(reserved, larger(structs + structs_size, strings + strings_size));
    *tree = (struct tree){bytes, used, structs, structs + structs_size, strings, strings + strings_size};
    return true;
}

void tree_copy(const struct tree *tree, void *to)
{
    memmove(to, tree->bytes, tree->size);
    put_be32((uint8_t *)to + TOTAL, tree->size);
}

static uint32_t padded(uint64_t offset)
{
    return (uint32_t)((offset + 3) & ~(uint64_t)3);
}

enum { RESERVED_SIZE = 16 }; /* of an entry: address and size */

/* Of the list of reserved memory, its end included. */
static uint32_t reserved_size(const struct tree *tree)
{
    uint32_t start = be32(tree->bytes + RESERVED);
    return reserved_end(tree->bytes, start, tree->size) - start;
}

uint64_t tree_size_with(const struct tree *tree, uint64_t count)
{
    return HEADER_SIZE + reserved_size(tree) + count * RESERVED_SIZE + (tree->structs_end - tree->structs) +
           (tree->strings_end - tree->strings);
}

static void put_be64(uint8_t *bytes, uint64_t value)
{
    put_be32(bytes, (uint32_t)(value >> 32));
    put_be32(bytes + 4, (uint32_t)value);
}

/*
 *     header | reserved, more, end | structs | strings
 */
void tree_copy_with(const struct tree *tree, void *to, const struct capdl_payload_span *kept, uint64_t count)
{
    uint32_t listed = reserved_size(tree) - RESERVED_SIZE, structs_size = tree->structs_end - tree->structs;
    uint8_t *bytes = to, *at = bytes + HEADER_SIZE;
    memcpy(bytes, tree->bytes, HEADER_SIZE);
    put_be32(bytes + TOTAL, (uint32_t)tree_size_with(tree, count));
    put_be32(bytes + RESERVED, HEADER_SIZE);
    memcpy(at, tree->bytes + be32(tree->bytes + RESERVED), listed);
    at += listed;
    for (uint64_t i = 0; i < count; i++, at += RESERVED_SIZE) {
        put_be64(at, kept[i].start);
        put_be64(at + 8, kept[i].end - kept[i].start);
    }
    memset(at, 0, RESERVED_SIZE);
    at += RESERVED_SIZE;
    put_be32(bytes + STRUCTS, (uint32_t)(at - bytes));
    memcpy(at, tree->bytes + tree->structs, structs_size);
    put_be32(bytes + STRINGS, (uint32_t)(at - bytes) + structs_size);
    memcpy(at + structs_size, tree->bytes + tree->strings, tree->strings_end - tree->strings);
}

/* The length of a string that must end before `end`; -1 if it does not. */
static int64_t bounded_length(const struct tree *tree, uint32_t offset, uint32_t end)
{
    for (uint32_t i = offset; i < end; i++) {
        if (tree->bytes[i] == 0) {
            return i - offset;
        }
    }
    return -1;
}

/* Reads the token at *at and moves *at past it and its data; END for anything broken. */
static enum token token_next(const struct tree *tree, uint32_t *at, uint32_t *body)
{
    if (!inside(*at, 4, tree->structs_end)) {
        return END;
    }
    enum token token = (enum token)be32(tree->bytes + *at);
    *body = *at + 4;
    if (token == BEGIN_NODE) {
        int64_t length = bounded_length(tree, *body, tree->structs_end);
        *at = padded(*body + (uint64_t)(length + 1));
        return length < 0 ? END : token;
    }
    if (token == PROPERTY) {
        if (!inside(*body, 8, tree->structs_end) || !inside(*body + 8, be32(tree->bytes + *body), tree->structs_end)) {
            return END;
        }
        *at = padded((uint64_t)*body + 8 + be32(tree->bytes + *body));
        return token;
    }
    *at = *body;
    return token == END_NODE || token == NOTHING ? token : END;
}

bool tree_next(const struct tree *tree, struct tree_node *node)
{
    uint32_t at = node->next ? node->next : tree->structs;
    uint32_t body;
    while (tree->bytes) {
        switch (token_next(tree, &at, &body)) {
        case BEGIN_NODE:
            if (node->depth == TREE_DEPTH) {
                return false;
            }
            node->path[node->depth++] = body;
            node->next = at;
            return true;
        case END_NODE:
            if (node->depth == 0) {
                return false;
            }
            node->depth--;
            break;
        case END:
            return false;
        default:
            break;
        }
    }
    return false;
}

const char *tree_node_name(const struct tree *tree, const struct tree_node *node)
{
    return (const char *)tree->bytes + node->path[node->depth - 1];
}

/* Whether the string at an offset of the strings is a name. */
static bool is_label(const struct tree *tree, uint32_t offset, const char *name)
{
    for (uint64_t at = (uint64_t)tree->strings + offset; at < tree->strings_end; at++, name++) {
        if (tree->bytes[at] != (uint8_t)*name) {
            return false;
        }
        if (*name == 0) {
            return true;
        }
    }
    return false;
}

/* A property of the node whose name is at an offset. Properties come before any child. */
static struct tree_property property_at(const struct tree *tree, uint32_t name_offset, const char *name)
{
    uint32_t at = padded(name_offset + (uint64_t)bounded_length(tree, name_offset, tree->structs_end) + 1);
    uint32_t body;
    for (;;) {
        enum token token = token_next(tree, &at, &body);
        if (token == NOTHING) {
            continue;
        }
        if (token != PROPERTY) {
            return (struct tree_property){NULL};
        }
        if (is_label(tree, be32(tree->bytes + body + 4), name)) {
            return (struct tree_property){tree->bytes + body + 8, be32(tree->bytes + body)};
        }
    }
}

struct tree_property tree_property(const struct tree *tree, const struct tree_node *node, const char *name)
{
    return property_at(tree, node->path[node->depth - 1], name);
}

/* Whether a node's name is the first component of a path; *length becomes that component's. */
static bool component_matches(const char *path, size_t left, const char *name, size_t *length)
{
    size_t n = 0, whole = strlen(name), base = 0;
    while (n < left && path[n] != '/') {
        n++;
    }
    while (name[base] && name[base] != '@') {
        base++;
    }
    *length = n;
    return (n == whole || n == base) && memcmp(path, name, n) == 0;
}

static bool path_matches(const struct tree *tree, const struct tree_node *node, const char *path, size_t left)
{
    for (uint32_t depth = 1; depth < node->depth; depth++) {
        size_t length;
        if (left == 0 || *path != '/') {
            return false;
        }
        path++, left--;
        if (left && *path != (char)tree->bytes[node->path[depth]]) {
            return false; /* most nodes */
        }
        if (!component_matches(path, left, (const char *)tree->bytes + node->path[depth], &length)) {
            return false;
        }
        path += length, left -= length;
    }
    return left == 0 && node->depth > 1;
}

bool tree_find(const struct tree *tree, const char *path, size_t length, struct tree_node *node)
{
    *node = (struct tree_node){0};
    while (tree_next(tree, node)) {
        if (path_matches(tree, node, path, length)) {
            return true;
        }
    }
    return false;
}

bool tree_has_string(struct tree_property list, const char *string)
{
    size_t length = strlen(string) + 1;
    for (size_t at = 0; at < list.size;) {
        size_t end = at;
        while (end < list.size && list.value[end]) {
            end++;
        }
        if (end < list.size && end + 1 - at == length && memcmp(list.value + at, string, length) == 0) {
            return true;
        }
        at = end + 1;
    }
    return false;
}

uint32_t tree_cell(struct tree_property property, size_t index)
{
    return (index + 1) * 4 <= property.size ? be32(property.value + index * 4) : 0;
}

static uint64_t cells(struct tree_property property, size_t index, uint32_t count)
{
    uint64_t value = 0;
    for (uint32_t i = 0; i < count; i++) {
        value = value << 32 | tree_cell(property, index + i);
    }
    return value;
}

uint64_t tree_number(struct tree_property property)
{
    return property.size == 4 || property.size == 8 ? cells(property, 0, property.size / 4) : 0;
}

/* #address-cells or #size-cells of an ancestor, by its depth. */
static uint32_t cells_of(const struct tree *tree, const struct tree_node *node, uint32_t depth, const char *name,
                         uint32_t otherwise)
{
    struct tree_property property = property_at(tree, node->path[depth], name);
    uint32_t count = property.value ? tree_cell(property, 0) : otherwise;
    return count <= 4 ? count : 4;
}

/* Translates an address from the bus below path[depth] to the bus above it; false if none of its ranges holds it. */
static bool translate(const struct tree *tree, const struct tree_node *node, uint32_t depth, uint64_t *address)
{
    struct tree_property ranges = property_at(tree, node->path[depth], "ranges");
    uint32_t child = cells_of(tree, node, depth, "#address-cells", 2);
    uint32_t parent = cells_of(tree, node, depth - 1, "#address-cells", 2);
    uint32_t size = cells_of(tree, node, depth, "#size-cells", 1);
    if (ranges.value && ranges.size == 0) {
        return true;
    }
    for (size_t at = 0; (at + child + parent + size) * 4 <= ranges.size; at += child + parent + size) {
        uint64_t from = cells(ranges, at, child);
        if (*address >= from && *address - from < cells(ranges, at + child + parent, size)) {
            *address = *address - from + cells(ranges, at + child, parent);
            return true;
        }
        if (child + parent + size == 0) {
            break;
        }
    }
    return false;
}

bool tree_reg(const struct tree *tree, const struct tree_node *node, unsigned index, uint64_t *address, uint64_t *size)
{
    struct tree_property reg = tree_property(tree, node, "reg");
    if (node->depth < 2) {
        return false;
    }
    uint32_t address_cells = cells_of(tree, node, node->depth - 2, "#address-cells", 2);
    uint32_t size_cells = cells_of(tree, node, node->depth - 2, "#size-cells", 1);
    size_t at = (size_t)index * (address_cells + size_cells);
    if (address_cells == 0 || (at + address_cells + size_cells) * 4 > reg.size) {
        return false;
    }
    *address = cells(reg, at, address_cells);
    *size = cells(reg, at + address_cells, size_cells);
    for (uint32_t depth = node->depth - 2; depth > 0; depth--) {
        if (!translate(tree, node, depth, address)) {
            return false;
        }
    }
    return true;
}

bool tree_enabled(const struct tree *tree, const struct tree_node *node)
{
    struct tree_property status = tree_property(tree, node, "status");
    return !status.value || tree_has_string(status, "okay") || tree_has_string(status, "ok");
}
