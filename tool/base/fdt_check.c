/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/fdt_check.h"

#include <stdint.h>
#include <string.h>

enum { MAGIC = (int)0xd00dfeed, VERSION = 17, HEADER_BYTES = 40, RESERVATION_BYTES = 16, WORD = 4 };
enum { BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4, END = 9 };

/* Part of a tree. Offsets in it are below 2^31: sums of two do not overflow. */
struct block {
    const uint8_t *bytes;
    size_t size;
};

static uint32_t word(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static bool take_block(struct block *block, const struct block *tree, uint32_t offset, uint32_t size)
{
    if (offset < HEADER_BYTES || offset > tree->size || size > tree->size - offset) {
        return false;
    }
    *block = (struct block){tree->bytes + offset, size};
    return true;
}

/* Reservations end with one of no bytes. */
static bool check_reservations(const struct block *tree, uint32_t offset)
{
    static const uint8_t last[RESERVATION_BYTES / 2];
    if (offset < HEADER_BYTES || offset % 8) {
        return false;
    }
    for (size_t at = offset; at + RESERVATION_BYTES <= tree->size; at += RESERVATION_BYTES) {
        if (memcmp(tree->bytes + at + sizeof(last), last, sizeof(last)) == 0) {
            return true;
        }
    }
    return false;
}

static size_t align(size_t offset)
{
    return (offset + WORD - 1) & ~(size_t)(WORD - 1);
}

/* Steps over what follows a node's tag: its name, which the root alone has none of. */
static bool node_begin(const struct block *nodes, size_t *at, size_t depth)
{
    const uint8_t *end = memchr(nodes->bytes + *at, 0, nodes->size - *at);
    if (!end || (nodes->bytes[*at] == 0) != (depth == 0)) {
        return false;
    }
    *at = align((size_t)(end - nodes->bytes) + 1);
    return true;
}

/* Steps over what follows a property's tag: the length of its value, where its name is, and the value. */
static bool property(const struct block *nodes, const struct block *names, size_t *at)
{
    if (nodes->size - *at < 2 * WORD) {
        return false;
    }
    uint32_t length = word(nodes->bytes + *at), name = word(nodes->bytes + *at + WORD);
    *at += 2 * WORD;
    if (length > nodes->size - *at || name >= names->size || !memchr(names->bytes + name, 0, names->size - name)) {
        return false;
    }
    *at = align(*at + length);
    return true;
}

/* One root with all else in it, and the end. Properties of a node come before its children. */
static bool check_nodes(const struct block *nodes, const struct block *names)
{
    size_t depth = 0, count = 0;
    bool may_have_properties = false;
    for (size_t at = 0; at <= nodes->size && nodes->size - at >= WORD;) {
        uint32_t tag = word(nodes->bytes + at);
        at += WORD;
        if (tag == END) {
            return depth == 0 && count > 0;
        }
        if (tag == NOP) {
            continue;
        }
        if (depth == 0 && (tag != BEGIN_NODE || count > 0)) {
            return false;
        }
        bool good = tag == BEGIN_NODE ? node_begin(nodes, &at, depth)
                    : tag == PROPERTY ? may_have_properties && property(nodes, names, &at)
                                      : tag == END_NODE;
        if (!good) {
            return false;
        }
        count += tag == BEGIN_NODE;
        depth += tag == BEGIN_NODE ? 1 : tag == END_NODE ? SIZE_MAX : 0;
        may_have_properties = tag != END_NODE;
    }
    return false;
}

bool fdt_check(const void *bytes, size_t size)
{
    struct block tree = {bytes, size}, nodes, names;
    if (size < HEADER_BYTES || word(tree.bytes) != (uint32_t)MAGIC) {
        return false;
    }
    tree.size = word(tree.bytes + 4);
    return tree.size >= HEADER_BYTES && tree.size <= size && tree.size <= INT32_MAX &&
           word(tree.bytes + 20) >= VERSION && word(tree.bytes + 24) <= VERSION && word(tree.bytes + 8) % WORD == 0 &&
           take_block(&nodes, &tree, word(tree.bytes + 8), word(tree.bytes + 36)) &&
           take_block(&names, &tree, word(tree.bytes + 12), word(tree.bytes + 32)) &&
           check_reservations(&tree, word(tree.bytes + 16)) && check_nodes(&nodes, &names);
}
