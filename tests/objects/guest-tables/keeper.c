/* SPDX-License-Identifier: BSD-2-Clause */
/* Prints the kernel's answer to each call. */
#include "../invoke.h"

enum {
    CNODE = 4,
    MEMORY,
    OTHER,
    PDPT,
    PDPT_1,
    PD,
    PD_1,
    PT,
    PT_1,
    MAPPED,
    FREE,
    READABLE,
    LARGE,
    HUGE,
    TCB,
    MACHINE,
    HOST,
    LEAF
};
enum { COPY = 0x20 };
enum { BOTH = SEL4_RIGHT_READ | SEL4_RIGHT_WRITE, WRITE_BACK = 6 };

static void say(const char *what, uint64_t error)
{
    pd_print("%s: %u\n", what, error);
}

static uint64_t map_table(uint64_t label, uint64_t table, uint64_t root, uint64_t address)
{
    pd_words[0] = address;
    pd_words[1] = WRITE_BACK;
    return invoke(table, label, 1, &root, 2);
}

static uint64_t map_page(uint64_t frame, uint64_t root, uint64_t rights, uint64_t address)
{
    pd_words[0] = address;
    pd_words[1] = rights;
    pd_words[2] = WRITE_BACK;
    return invoke(frame, SEL4_LABEL_PAGE_MAP_EPT, 1, &root, 3);
}

static uint64_t unmap_table(uint64_t label, uint64_t table)
{
    return invoke(table, label + 1, 0, 0, 0);
}

static uint64_t give(uint64_t cap, uint64_t label, uint64_t other)
{
    return invoke(cap, label, 1, &other, 0);
}

static void use_memory(void)
{
    say("page where one is", map_page(FREE, MEMORY, BOTH, 0x1000));
    say("page without table", map_page(FREE, MEMORY, BOTH, 0x40000000));
    say("page without rights", map_page(FREE, MEMORY, 0, 0x3000));
    say("  again", map_page(FREE, MEMORY, BOTH, 0x4000));
    say("  unmapped", invoke(FREE, SEL4_LABEL_PAGE_UNMAP, 0, 0, 0));
    say("page in an address space", map_page(FREE, HOST, BOTH, 0x4000));
    say("page not at its multiple", map_page(FREE, MEMORY, BOTH, 0x4fff));
    say("large page where a table is", map_page(LARGE, MEMORY, BOTH, 0));
    say("large page not at its multiple", map_page(LARGE, MEMORY, BOTH, 0x201000));
    say("large page", map_page(LARGE, MEMORY, BOTH, 0x200000));
    say("huge page", map_page(HUGE, MEMORY, BOTH, 0x40000000));
    say("table where a large page is", map_table(SEL4_LABEL_EPT_PT_MAP, PT, MEMORY, 0x200000));
    say("table where one is", map_table(SEL4_LABEL_EPT_PDPT_MAP, PDPT, MEMORY, 0));
    say("table of the wrong kind", map_table(SEL4_LABEL_EPT_PD_MAP, PDPT, MEMORY, 0));
    say("page unmapped by the spec's capability", invoke(MAPPED, SEL4_LABEL_PAGE_UNMAP, 0, 0, 0));
    say("  mapped in an address space", map_page(MAPPED, MEMORY, BOTH, 0x1000));
}

static void make_memory(void)
{
    say("directory before its parent", map_table(SEL4_LABEL_EPT_PD_MAP, PD, OTHER, 0x8000000000));
    say("first table", map_table(SEL4_LABEL_EPT_PDPT_MAP, PDPT, OTHER, 0x8012345678));
    say("copy of one that is not mapped", cnode_copy(CNODE, COPY, CNODE, PD));
    say("copy", cnode_copy(CNODE, COPY, CNODE, PDPT));
    say("unmapped, with a copy", unmap_table(SEL4_LABEL_EPT_PDPT_MAP, PDPT));
    say("copy deleted", cnode_delete(CNODE, COPY));
    say("directory", map_table(SEL4_LABEL_EPT_PD_MAP, PD, OTHER, 0x8000000000));
    say("table", map_table(SEL4_LABEL_EPT_PT_MAP, PT, OTHER, 0x8000000000));
    say("page", map_page(FREE, OTHER, BOTH, 0x8000003000));
    say("page of one that can be read", map_page(READABLE, OTHER, BOTH, 0x8000004000));
    say("first table unmapped", unmap_table(SEL4_LABEL_EPT_PDPT_MAP, PDPT));
    say("another in its place", map_table(SEL4_LABEL_EPT_PDPT_MAP, PDPT_1, OTHER, 0x8000000000));
    say("table that was below", map_table(SEL4_LABEL_EPT_PT_MAP, PT, OTHER, 0x8000000000));
}

static void use_machine(void)
{
    say("root of the wrong kind", give(TCB, SEL4_LABEL_TCB_SET_EPT_ROOT, HOST));
    say("root", give(TCB, SEL4_LABEL_TCB_SET_EPT_ROOT, MEMORY));
    say("another root", give(TCB, SEL4_LABEL_TCB_SET_EPT_ROOT, OTHER));
    say("virtual CPU for no thread", give(MACHINE, SEL4_LABEL_VCPU_SET_TCB, MEMORY));
    say("virtual CPU", give(MACHINE, SEL4_LABEL_VCPU_SET_TCB, TCB));
}

void pd_main(const uint64_t *args)
{
    (void)args;
    pd_print("guest-tables: begin\n");
    use_memory();
    make_memory();
    use_machine();
    say("leaf unmapped", unmap_table(SEL4_LABEL_EPT_PT_MAP, LEAF));
    say("  page where it was", map_page(MAPPED, MEMORY, BOTH, 0x1000));
    pd_print("guest-tables: complete\n");
}
