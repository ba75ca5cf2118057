/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An initial task: written as if it were alone, with nothing but bootinfo. It states what sel4/bootinfo_types.h and the
 * kernel's manual promise, and prints what does not hold.
 */
#include <stdbool.h>

#include "objects.h"

struct region {
    uint64_t start, end;
};

struct bootinfo {
    uint64_t extra_len, node, nodes, iopt_levels, ipc_buffer;
    struct region empty, shared, image_frames, image_paging, io_space, extra_pages;
    uint64_t cnode_bits, domain;
#if SEL4_MCS
    struct region schedcontrol;
#endif
    struct region untyped;
    struct {
        uint64_t paddr;
        uint8_t size_bits, is_device, padding[6];
    } list[];
};

enum { TCB = 1, CNODE, VSPACE, ASID_POOL = 6, BOOTINFO_FRAME = 9, IPC_FRAME, SC = 14 };
enum { PAGE = 4096, BATCH = 256, BULK = 22 };

extern uint8_t __executable_start[];
static uint8_t spread[5 << 19]; /* more than one page table maps: zeros, page by page */
static const struct bootinfo *info;
static bool good = true;

void pd_main(const uint64_t *args)
{
    (void)args;
}

static void expect(bool holds, const char *what, uint64_t number)
{
    if (!holds) {
        pd_print("root: not so: %s (%x)\n", what, number);
        good = false;
    }
}

static uint64_t bytes_of(struct region slots)
{
    return (slots.end - slots.start) * PAGE;
}

static void layout(void)
{
    uint64_t image = (uint64_t)__executable_start & ~(uint64_t)(PAGE - 1);
    expect((uint64_t)info == info->ipc_buffer + PAGE, "bootinfo follows the IPC buffer", (uint64_t)info);
    expect(image + bytes_of(info->image_frames) == info->ipc_buffer, "the IPC buffer follows the image", image);
    expect(info->untyped.end == info->empty.start, "the empty slots follow the untypeds", info->empty.start);
    expect(info->empty.end == UINT64_C(1) << info->cnode_bits, "they end with the CNode", info->empty.end);
    expect(info->extra_len == bytes_of(info->extra_pages), "pages for all chunks", info->extra_len);
    expect(info->node == 0 && info->nodes >= 1, "nodes", info->nodes);
    expect(info->shared.start == info->shared.end && info->io_space.start == info->io_space.end, "no others", 0);
    expect(info->image_paging.end > info->image_paging.start, "page tables", info->image_paging.start);
    expect(pd_words == (uint64_t *)info->ipc_buffer + 1 && spread[sizeof(spread) / 2] == 0, "zeros", 0);
#if SEL4_MCS
    expect(info->schedcontrol.end - info->schedcontrol.start >= info->nodes, "SchedControl", info->nodes);
#endif
}

/* The capability that maps it can map nothing else. */
static bool is_mapped(uint64_t frame)
{
    return pd_map(frame, VSPACE, (uint64_t)info + 16 * PAGE) != 0;
}

static void pages(void)
{
    volatile uint8_t *page = (uint8_t *)(info->ipc_buffer - bytes_of(info->image_frames));
    for (uint64_t slot = info->image_frames.start; slot < info->image_frames.end; slot++, page += PAGE) {
        expect(is_mapped(slot), "the frame of a page is mapped", slot);
        uint8_t byte = *page;
        *page = byte;
    }
    expect(is_mapped(BOOTINFO_FRAME) && is_mapped(IPC_FRAME), "those of bootinfo and IPC buffer are mapped", 0);
    *(volatile uint64_t *)info = info->extra_len;
}

/* A page moves by the capability that the list has for it. */
static void move_page(void)
{
    uint64_t page = ((uint64_t)spread + sizeof(spread) / 2) & ~(uint64_t)(PAGE - 1);
    uint64_t slot = info->image_frames.end - (info->ipc_buffer - page) / PAGE, there = (uint64_t)info + 16 * PAGE;
    *(volatile uint64_t *)page = 0x1234;
    expect(pd_call(slot, SEL4_LABEL_PAGE_UNMAP, 0).label == 0, "Page_Unmap", slot);
    expect(pd_map(slot, VSPACE, there) == 0, "Page_Map", slot);
    expect(*(volatile uint64_t *)there == 0x1234, "the page's contents", there);
}

static uint64_t made(uint64_t untyped, uint64_t type, uint64_t slot)
{
    return pd_retype(untyped, type, type == SEL4_TYPE_UNTYPED ? 4 : 0, CNODE, slot);
}

/* Nothing was made of any; each is where the list says. Large ones would take the kernel long to clear. */
static uint64_t untypeds(void)
{
    uint64_t small = 0;
    expect(info->untyped.end > info->untyped.start, "untypeds", info->untyped.end);
    for (uint64_t i = 0; i < info->untyped.end - info->untyped.start; i++) {
        uint64_t slot = info->untyped.start + i, first = info->empty.start;
        if (!info->list[i].is_device && info->list[i].size_bits > BULK) {
            continue;
        }
        small = !info->list[i].is_device && info->list[i].size_bits >= 16 ? slot : small;
        bool large = info->list[i].size_bits >= 12;
        expect(made(slot, large ? SEL4_TYPE_FRAME_4K : SEL4_TYPE_UNTYPED, first) == 0, "an object of an untyped", slot);
        expect(!large ||
                   (pd_call(first, SEL4_LABEL_PAGE_GET_ADDRESS, 0).label == 0 && pd_words[0] == info->list[i].paddr),
               "its address", slot);
        expect(pd_cnode(CNODE, SEL4_LABEL_CNODE_REVOKE, slot) == 0, "CNode_Revoke", slot);
    }
    return small;
}

static void empty_slots(uint64_t untyped)
{
    uint64_t slot = info->empty.start;
    expect(made(untyped, SEL4_TYPE_ENDPOINT, slot - 1) == 8, "no slot before them is empty", slot);
    while (slot < info->empty.end) {
        uint64_t count = info->empty.end - slot < BATCH ? info->empty.end - slot : BATCH, cnode = CNODE;
        pd_words[0] = SEL4_TYPE_ENDPOINT;
        pd_words[1] = pd_words[2] = pd_words[3] = 0;
        pd_words[4] = slot;
        pd_words[5] = count;
        expect(pd_invoke(untyped, SEL4_LABEL_UNTYPED_RETYPE, 1, &cnode, 6) == 0, "all slots are empty", slot);
        slot += count;
    }
    expect(pd_cnode(CNODE, SEL4_LABEL_CNODE_REVOKE, untyped) == 0, "CNode_Revoke", untyped);
}

static void objects(uint64_t untyped)
{
    uint64_t slot = info->empty.start, tcb = TCB;
    expect(made(untyped, SEL4_TYPE_VSPACE, slot) == 0, "a VSpace", untyped);
    expect(pd_invoke(ASID_POOL, SEL4_LABEL_ASID_POOL_ASSIGN, 1, &slot, 0) == 0, "ASIDPool_Assign", slot);
    pd_words[0] = SEL4_NUM_PRIORITIES - 1;
    expect(pd_invoke(TCB, SEL4_LABEL_TCB_SET_MC_PRIORITY, 1, &tcb, 1) == 0, "the highest priority", pd_words[0]);
    /* every capability pointer has 64 bits: one with the highest set is another one */
    expect(pd_cnode(CNODE, SEL4_LABEL_CNODE_DELETE, slot | UINT64_C(1) << 63) == 6, "a guard of zeros", slot);
    expect(pd_cnode(CNODE, SEL4_LABEL_CNODE_DELETE, slot) == 0, "CNode_Delete", slot);
#if SEL4_MCS
    for (unsigned i = 0; i < 5; i++) {
        pd_words[i] = i < 2 ? 10000 : 0;
    }
    uint64_t sc = SC;
    expect(pd_invoke(info->schedcontrol.start, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, 1, &sc, 5) == 0, "our SC", 0);
#endif
}

static void rest(uint64_t untyped)
{
    expect(made(untyped, SEL4_TYPE_NOTIFICATION, info->empty.start) == 0, "a notification", untyped);
    for (;;) {
        pd_wait(info->empty.start);
    }
}

void root_start(const struct bootinfo *, uint64_t number);
void root_start(const struct bootinfo *bootinfo, uint64_t number)
{
    info = bootinfo;
    pd_words = (uint64_t *)bootinfo->ipc_buffer + 1;
    pd_print("root %u: started\n", number);
    layout();
    pages();
    move_page();
    uint64_t untyped = untypeds();
    empty_slots(untyped);
    objects(untyped);
    pd_print("root %u: %s\n", number, good ? "all as promised" : "not alone");
    rest(untyped);
}
