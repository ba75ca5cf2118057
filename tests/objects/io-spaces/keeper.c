/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the kernel's answer to each call. */
#include "../invoke.h"

enum { CNODE = 4, MASTER, MADE, SPARE, SPARE_1, SPARE_2, SPARE_3, MAPPED, FREE, READABLE, LARGE, LEAF };
enum { NEW = 0x20, BAD, COPY };
enum { TABLE_UNMAP = SEL4_LABEL_IO_PAGE_TABLE_MAP + 1 };
enum { BOTH = SEL4_RIGHT_READ | SEL4_RIGHT_WRITE };

static void say(const char *what, uint64_t error)
{
    pd_print("%s: %u\n", what, error);
}

static uint64_t map_table(uint64_t table, uint64_t space, uint64_t address)
{
    pd_words[0] = address;
    return invoke(table, SEL4_LABEL_IO_PAGE_TABLE_MAP, 1, &space, 1);
}

static uint64_t map_page(uint64_t frame, uint64_t space, uint64_t rights, uint64_t address)
{
    pd_words[0] = rights;
    pd_words[1] = address;
    return invoke(frame, SEL4_LABEL_PAGE_MAP_IO, 1, &space, 2);
}

static uint64_t mint(uint64_t slot, uint64_t source, uint64_t data)
{
    const uint64_t words[] = {slot, CNODE_BITS, source, CNODE_BITS, 15, data}, root = CNODE;
    for (unsigned i = 0; i < 6; i++) {
        pd_words[i] = words[i];
    }
    return invoke(CNODE, SEL4_LABEL_CNODE_MINT, 1, &root, 6);
}

static void use_made_space(void)
{
    say("table where all are", map_table(SPARE, MADE, 0x1000000));
    say("  again, for it became a page", map_table(SPARE, MADE, 0x1000000));
    say("  page there", map_page(FREE, MADE, BOTH, 0x1000000));
    say("  unmapped", invoke(SPARE, TABLE_UNMAP, 0, 0, 0));
    say("page where one is", map_page(FREE, MADE, BOTH, 0x1001000));
    say("page without table", map_page(FREE, MADE, BOTH, 0x40000000));
    say("page without rights", map_page(FREE, MADE, 0, 0x1005000));
    say("page that is mapped", map_page(MAPPED, MADE, BOTH, 0x1005000));
    say("large page", map_page(LARGE, MADE, BOTH, 0x1200000));
    say("page in no space", map_page(FREE, CNODE, BOTH, 0x1005000));
    say("page in all spaces", map_page(FREE, MASTER, BOTH, 0x1005000));
    say("page", map_page(FREE, MADE, BOTH, 0x1005000));
    say("  unmapped", invoke(FREE, SEL4_LABEL_PAGE_UNMAP, 0, 0, 0));
    say("page to write that can be read", map_page(READABLE, MADE, SEL4_RIGHT_WRITE, 0x1006000));
    say("page to read", map_page(READABLE, MADE, BOTH, 0x1006000));
    say("page unmapped by the spec's capability", invoke(MAPPED, SEL4_LABEL_PAGE_UNMAP, 0, 0, 0));
    say("  mapped again", map_page(MAPPED, MADE, BOTH, 0x1001000));
}

static void make_space(void)
{
    say("domain 0", mint(BAD, MASTER, 0x28));
    say("device of a device", mint(BAD, MADE, 0x60028));
    say("device", mint(NEW, MASTER, 0x60028));
    say("copy of a table that is not mapped", cnode_copy(CNODE, COPY, CNODE, SPARE_1));
    say("page without a root", map_page(FREE, NEW, BOTH, 0x1000));
    say("root", map_table(SPARE_1, NEW, 0x12345678));
    say("copy of it", cnode_copy(CNODE, COPY, CNODE, SPARE_1));
    say("copy of the space", cnode_copy(CNODE, BAD, CNODE, NEW));
    say("second level", map_table(SPARE_2, NEW, 0xffffffffffffffff));
    say("third level", map_table(SPARE_3, BAD, 0xffffffffffffffff));
    say("page", map_page(FREE, NEW, BOTH, 0x7ffffff000));
    say("root, mapped twice", map_table(SPARE_1, NEW, 0));
    say("space gone", cnode_delete(CNODE, NEW));
    say("copy of it, too", cnode_delete(CNODE, BAD));
    say("device again", mint(NEW, MASTER, 0x60028));
    say("page, of which nothing was unmapped", map_page(FREE, NEW, BOTH, 0x7ffffff000));
    say("  unmapped", invoke(FREE, SEL4_LABEL_PAGE_UNMAP, 0, 0, 0));
    say("page without a root", map_page(FREE, NEW, BOTH, 0x7ffffff000));
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("io-spaces: begin\n");
    use_made_space();
    make_space();
    say("leaf unmapped", invoke(LEAF, TABLE_UNMAP, 0, 0, 0));
    say("  page where it was", map_page(FREE, MADE, BOTH, 0x1007000));
    say("  mapped elsewhere", map_table(LEAF, MADE, 0x1200000));
    say("  page there", map_page(FREE, MADE, BOTH, 0x1207000));
    pd_print("io-spaces: complete\n");
}
