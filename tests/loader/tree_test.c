/* SPDX-License-Identifier: BSD-2-Clause */
/* The loader's device tree reader against trees made by libfdt: what it finds, and that no damage makes it run away. */
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

#include "../check.h"
#include "../../loader/tree.h"

enum { SIZE = 8192 };

static void cells(void *tree, const char *name, const uint32_t *values, int count)
{
    uint32_t big[16];
    for (int i = 0; i < count; i++) {
        big[i] = cpu_to_fdt32(values[i]);
    }
    fdt_property(tree, name, big, count * 4);
}

#define CELLS(tree, name, ...) cells(tree, name, (uint32_t[]){__VA_ARGS__}, sizeof((uint32_t[]){__VA_ARGS__}) / 4)

/* A board: a bus that moves addresses, a bus below that does not, memory in two pieces. */
static void *make_tree(void)
{
    void *tree = calloc(1, SIZE);
    fdt_create(tree, SIZE);
    fdt_add_reservemap_entry(tree, 0x1000, 0x2000);
    fdt_finish_reservemap(tree);
    fdt_begin_node(tree, "");
    CELLS(tree, "#address-cells", 2);
    CELLS(tree, "#size-cells", 1);
    fdt_begin_node(tree, "chosen");
    fdt_property_string(tree, "stdout-path", "serial1:115200n8");
    fdt_end_node(tree);
    fdt_begin_node(tree, "memory@80000000");
    fdt_property_string(tree, "device_type", "memory");
    CELLS(tree, "reg", 0, 0x80000000, 0x1000000, 1, 0, 0x2000000);
    fdt_end_node(tree);
    fdt_begin_node(tree, "soc");
    CELLS(tree, "#address-cells", 1);
    CELLS(tree, "#size-cells", 1);
    CELLS(tree, "ranges", 0x7e000000, 0, 0x3f000000, 0x1000000, 0x40000000, 1, 0x40000000, 0x1000);
    fdt_begin_node(tree, "bus@1");
    CELLS(tree, "#address-cells", 1);
    CELLS(tree, "#size-cells", 1);
    fdt_property(tree, "ranges", "", 0);
    fdt_begin_node(tree, "serial@7e215040");
    fdt_property(tree, "compatible", "brcm,bcm2835-aux-uart\0ns16550", 30);
    CELLS(tree, "reg", 0x7e215040, 0x40);
    fdt_property_string(tree, "status", "disabled");
    fdt_end_node(tree);
    fdt_begin_node(tree, "timer@40000010");
    CELLS(tree, "reg", 0x40000010, 0x10);
    fdt_end_node(tree);
    fdt_begin_node(tree, "lost@1000");
    CELLS(tree, "reg", 0x1000, 0x10);
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_end_node(tree);
    fdt_finish(tree);
    return tree;
}

static bool find(const struct tree *tree, const char *path, struct tree_node *node)
{
    return tree_find(tree, path, strlen(path), node);
}

static void test_finds(const struct tree *tree)
{
    struct tree_node node;
    uint64_t address = 0, size = 0;
    CHECK(find(tree, "/soc/bus@1/serial@7e215040", &node), "full path");
    CHECK(find(tree, "/soc/bus/serial", &node), "path without unit addresses");
    CHECK(!find(tree, "/soc/bus/serial@7e2", &node), "half a unit address");
    CHECK(!find(tree, "/soc/serial", &node), "a step left out");
    CHECK(!find(tree, "", &node) && !find(tree, "soc", &node), "no path");
    CHECK(find(tree, "/soc/bus/serial", &node) && strcmp(tree_node_name(tree, &node), "serial@7e215040") == 0, "name");
    CHECK(tree_reg(tree, &node, 0, &address, &size) && address == 0x3f215040 && size == 0x40, "address %llx",
          (unsigned long long)address);
    CHECK(!tree_reg(tree, &node, 1, &address, &size), "second of one ranges");
    CHECK(!tree_enabled(tree, &node), "disabled");
    CHECK(tree_has_string(tree_property(tree, &node, "compatible"), "ns16550"), "second string");
    CHECK(!tree_has_string(tree_property(tree, &node, "compatible"), "ns1655"), "part of a string");
    CHECK(!tree_property(tree, &node, "compat").value, "part of a name");
    CHECK(find(tree, "/soc/bus/timer", &node) && tree_reg(tree, &node, 0, &address, &size) && address == 0x140000010,
          "second range");
    CHECK(tree_enabled(tree, &node), "no status");
    CHECK(find(tree, "/soc/bus/lost", &node) && !tree_reg(tree, &node, 0, &address, &size),
          "an address outside all ranges");
    CHECK(find(tree, "/memory", &node) && tree_reg(tree, &node, 1, &address, &size) && address == 0x100000000 &&
              size == 0x2000000,
          "second piece of memory");
}

/* Looks at everything; what counts is that it ends and stays inside (sanitizers see that). */
static unsigned look_at_all(const struct tree *tree)
{
    struct tree_node node = {0};
    unsigned nodes = 0;
    uint64_t address, size;
    while (tree_next(tree, &node)) {
        nodes++;
        tree_has_string(tree_property(tree, &node, "compatible"), "x");
        tree_number(tree_property(tree, &node, "reg"));
        for (unsigned i = 0; i < 64 && tree_reg(tree, &node, i, &address, &size); i++) {
        }
    }
    tree_find(tree, "/soc/bus/serial", 15, &node);
    return nodes;
}

/* A copy of exactly `size` bytes, so that a step outside is seen. */
static void try_damaged(const uint8_t *bytes, size_t size, size_t at, uint8_t value)
{
    struct tree tree;
    uint8_t *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    if (at < size) {
        copy[at] = value;
    }
    if (tree_open(&tree, copy, size)) {
        CHECK(tree.size <= size && look_at_all(&tree) <= size, "more nodes than bytes");
    }
    free(copy);
}

static void test_damage(const uint8_t *bytes, size_t size)
{
    struct tree tree;
    static const uint8_t values[] = {0, 1, 2, 3, 4, 9, 0x7f, 0x80, 0xff};
    for (size_t shorter = 0; shorter < size; shorter++) {
        uint8_t *copy = malloc(shorter ? shorter : 1);
        memcpy(copy, bytes, shorter);
        CHECK(!tree_open(&tree, copy, shorter), "cut to %zu of %zu bytes and taken", shorter, size);
        free(copy);
    }
    for (size_t at = 0; at < size; at++) {
        for (size_t i = 0; i < sizeof(values); i++) {
            try_damaged(bytes, size, at, values[i]);
        }
    }
}

/* A tree whose structure block, of these words, is cut to so many bytes and comes last, so that a step behind it is
 * seen. */
static uint8_t *end_with(const uint32_t *words, size_t cut, size_t *size)
{
    enum { HEADER = 40, RESERVED = 16, STRINGS = 12 };
    const uint32_t structs = HEADER + RESERVED + STRINGS;
    const uint32_t header[] = {
        0xd00dfeed, structs + (uint32_t)cut, structs, HEADER + RESERVED, HEADER, 17, 16, 0, STRINGS, (uint32_t)cut};
    uint8_t *bytes = calloc(1, structs + cut);
    for (size_t i = 0; i < sizeof(header) / sizeof(header[0]); i++) {
        fdt32_st(bytes + 4 * i, header[i]);
    }
    memcpy(bytes + HEADER + RESERVED, "reg\0last\0\0\0", STRINGS);
    for (size_t i = 0; i < cut; i++) {
        bytes[structs + i] = (uint8_t)(words[i / 4] >> (24 - i % 4 * 8));
    }
    *size = structs + cut;
    return bytes;
}

/* A node is there once its name ends, a property once its value does. */
static void test_cut(void)
{
    enum { NAME_ENDS = 5, REG_ENDS = 24, LAST_ENDS = 40 };
    static const uint32_t words[] = {FDT_BEGIN_NODE, 0, FDT_PROP, 4, 0, 0x1234, FDT_NOP, FDT_PROP, 0, 4, FDT_END_NODE};
    for (size_t cut = 0; cut <= sizeof(words); cut++) {
        struct tree tree;
        struct tree_node node = {0};
        size_t size;
        uint8_t *bytes = end_with(words, cut, &size);
        CHECK(tree_open(&tree, bytes, size), "cut to %zu bytes and refused", cut);
        CHECK(tree_next(&tree, &node) == (cut >= NAME_ENDS), "root of %zu bytes", cut);
        if (cut >= NAME_ENDS) {
            struct tree_property reg = tree_property(&tree, &node, "reg");
            CHECK((reg.value != NULL) == (cut >= REG_ENDS), "first property in %zu bytes", cut);
            CHECK(!reg.value || (reg.size == 4 && tree_number(reg) == 0x1234), "its value");
            CHECK((tree_property(&tree, &node, "last").value != NULL) == (cut >= LAST_ENDS), "last one in %zu", cut);
            CHECK(!tree_next(&tree, &node), "no second node in %zu bytes", cut);
        }
        free(bytes);
    }
}

static void count_nodes(const uint32_t *words, size_t bytes, unsigned expected, const char *what)
{
    struct tree tree;
    struct tree_node node = {0};
    unsigned count = 0;
    size_t size;
    uint8_t *tree_bytes = end_with(words, bytes, &size);
    CHECK(tree_open(&tree, tree_bytes, size), "%s: refused", what);
    while (tree_next(&tree, &node)) {
        count++;
    }
    CHECK(count == expected, "%s: %u nodes", what, count);
    free(tree_bytes);
}

/* What is no token ends the tree, whatever comes after it; so does the end of a node where none began. */
static void test_no_token(void)
{
    static const uint32_t unknown[] = {FDT_BEGIN_NODE, 0, 7, FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_END_NODE, FDT_END};
    static const uint32_t early[] = {FDT_END_NODE, FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_END};
    static const uint32_t late[] = {FDT_BEGIN_NODE, 0, FDT_END_NODE, FDT_END_NODE, FDT_BEGIN_NODE, 0, FDT_END_NODE};
    count_nodes(unknown, sizeof(unknown), 1, "an unknown token");
    count_nodes(early, sizeof(early), 0, "an end before the root");
    count_nodes(late, sizeof(late), 1, "an end after the root's");
}

/* Padding goes, everything else stays: libfdt finds no difference. */
static void test_copy(const void *padded)
{
    struct tree tree;
    uint8_t *packed = malloc(SIZE);
    CHECK(tree_open(&tree, padded, SIZE) && tree.size < SIZE / 2, "padded tree");
    tree_copy(&tree, packed);
    CHECK(fdt_check_full(packed, tree.size) == 0 && fdt_totalsize(packed) == tree.size, "packed tree is sound");
    CHECK(fdt_path_offset(packed, "/soc/bus@1/lost@1000") > 0, "packed tree is whole");
    free(packed);
}

/* More reserved memory, after the tree's own. */
static void test_copy_with(const void *padded)
{
    static const struct capdl_payload_span kept[] = {{0x48000000, 0x49000000}, {UINT64_C(0x100000000), 0x100001000}};
    uint64_t address, size;
    struct tree tree;
    CHECK(tree_open(&tree, padded, SIZE), "padded tree");
    for (uint64_t count = 0; count <= 2; count++) {
        uint64_t room = tree_size_with(&tree, count);
        uint8_t *copy = malloc(room);
        tree_copy_with(&tree, copy, kept, count);
        CHECK(fdt_check_full(copy, room) == 0 && fdt_totalsize(copy) == room, "tree with more is sound");
        CHECK(fdt_num_mem_rsv(copy) == 1 + (int)count, "entries of reserved memory");
        CHECK(fdt_get_mem_rsv(copy, 0, &address, &size) == 0 && address == 0x1000 && size == 0x2000, "the tree's own");
        for (int i = 0; i < (int)count; i++) {
            CHECK(fdt_get_mem_rsv(copy, 1 + i, &address, &size) == 0 && address == kept[i].start &&
                      size == kept[i].end - kept[i].start,
                  "entry %d", i);
        }
        CHECK(fdt_path_offset(copy, "/soc/bus@1/lost@1000") > 0, "tree with more is whole");
        free(copy);
    }
}

/* Deeper than the reader follows: an end, not an overflow. */
static void test_depth(void)
{
    void *deep = calloc(1, SIZE);
    struct tree tree;
    fdt_create(deep, SIZE);
    fdt_finish_reservemap(deep);
    for (int i = 0; i < 100; i++) {
        fdt_begin_node(deep, i ? "n" : "");
    }
    for (int i = 0; i < 100; i++) {
        fdt_end_node(deep);
    }
    fdt_finish(deep);
    CHECK(tree_open(&tree, deep, SIZE) && look_at_all(&tree) == TREE_DEPTH, "nodes down to the limit");
    free(deep);
}

int main(void)
{
    struct tree tree;
    void *bytes = make_tree(), *padded = calloc(1, SIZE);
    size_t size = fdt_totalsize(bytes);
    fdt_open_into(bytes, padded, SIZE);
    CHECK(tree_open(&tree, bytes, size), "a sound tree");
    test_finds(&tree);
    CHECK(look_at_all(&tree) == 8, "eight nodes");
    test_copy(padded);
    test_copy_with(padded);
    test_damage(bytes, size);
    test_cut();
    test_no_token();
    test_depth();
    free(bytes);
    free(padded);
    return check_result();
}
