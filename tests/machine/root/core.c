/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An initial task that takes all it was given into a CSpace of its own, in the order in which the core of an operating
 * system does it: the first objects from untypeds, then its capabilities copied or, where they cannot be, moved; all
 * untypeds and all frames of its image moved; the new CSpace put together and entered; then a file within the image,
 * memory by its address, interrupts, ports, address spaces, and everything revoked.
 *
 *     top CNode, 12 bits   0: pad CNode, 6 bits    0: core CNode, 14 bits
 *                          1: frames of files, 14 bits behind a guard of 6
 */
#include "root.h"

enum { TOP_BITS = 12, PAD_BITS = 6, CORE_BITS = 14, FILE_BITS = 14, ROOT_BITS = TOP_BITS + PAD_BITS + CORE_BITS };
enum { FILES = 1 << (ROOT_BITS - TOP_BITS) }; /* capability pointer of the first of these frames */
enum { BOOTINFO_FRAME = 9, PAGE = 4096, WINDOW = 0x5f0000 };
enum { TOP, PAD, CORE, FRAMES, STATIC }; /* in the initial CNode and the new one: base + n */

static _Alignas(4096) const
    volatile char file[2 * PAGE] = {[0] = 'o', [1] = 'n', [2] = 'e', [PAGE] = 't', [PAGE + 1] = 'w'};

/* ---- The initial CSpace ---- */

/* Into the core CNode, under the same number. */
static uint64_t bring(uint64_t label, uint64_t slot)
{
    if (label == SEL4_LABEL_CNODE_MOVE) {
        return call(base + CORE, label, WORDS(slot, CORE_BITS, slot, 64), WORDS(CNODE));
    }
    return call(base + CORE, label, WORDS(slot, CORE_BITS, slot, 64, RIGHTS), WORDS(CNODE));
}

static void bring_all(const char *name, struct region slots)
{
    uint64_t errors = 0;
    for (uint64_t slot = slots.start; slot < slots.end; slot++) {
        errors += bring(SEL4_LABEL_CNODE_MOVE, slot) != 0;
    }
    value(name, errors);
}

static void make_cnodes(void)
{
    check("top CNode", retype(untyped, SEL4_TYPE_CNODE, TOP_BITS, base + TOP, 1));
    check("pad CNode", retype(untyped, SEL4_TYPE_CNODE, PAD_BITS, base + PAD, 1));
    check("core CNode", retype(untyped, SEL4_TYPE_CNODE, CORE_BITS, base + CORE, 1));
    check("CNode of files", retype(untyped, SEL4_TYPE_CNODE, FILE_BITS, base + FRAMES, 1));
}

static void bring_initial(void)
{
    check("TCB", bring(SEL4_LABEL_CNODE_COPY, TCB));
    check("VSpace", bring(SEL4_LABEL_CNODE_COPY, VSPACE));
    check("interrupts cannot be copied", bring(SEL4_LABEL_CNODE_COPY, IRQ_CONTROL));
    check("interrupts", bring(SEL4_LABEL_CNODE_MOVE, IRQ_CONTROL));
    check("ASID control", bring(SEL4_LABEL_CNODE_COPY, ASID_CONTROL));
    check("ASID pool", bring(SEL4_LABEL_CNODE_COPY, ASID_POOL));
#if defined(__x86_64__)
    check("ports", bring(SEL4_LABEL_CNODE_MOVE, IO_PORT_CONTROL));
#endif
    check("bootinfo", bring(SEL4_LABEL_CNODE_COPY, BOOTINFO_FRAME));
    check("IPC buffer", bring(SEL4_LABEL_CNODE_COPY, IPC_FRAME));
    check("domains", bring(SEL4_LABEL_CNODE_COPY, DOMAIN));
    check("the top CNode in place of the initial one",
          call(base + CORE, SEL4_LABEL_CNODE_COPY, WORDS(CNODE, CORE_BITS, base + TOP, 64, RIGHTS), WORDS(CNODE)));
    check("populated untyped cannot be copied", bring(SEL4_LABEL_CNODE_COPY, untyped));
}

extern const char __executable_start[], _end[]; /* from the linker, at a page of an odd number */

static void bring_frames(void)
{
    for (unsigned i = 0; i < 2; i++) { /* nothing reads the file where it is */
        check("unmap the file", call(frame_of((const void *)(file + i * PAGE)), SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    }
    uint64_t first = (uint64_t)__executable_start / PAGE, end = ((uint64_t)_end + PAGE - 1) / PAGE;
    value("frames of the image beyond its pages", info->image_frames.end - info->image_frames.start - (end - first));
    bring_all("frames of the image that could not be moved", info->image_frames);
}

static void build_hierarchy(void)
{
    for (uint64_t n = TOP; n <= FRAMES; n++) {
        check("CNode", bring(SEL4_LABEL_CNODE_COPY, base + n));
    }
    check("core in pad",
          call(base + PAD, SEL4_LABEL_CNODE_COPY, WORDS(0, PAD_BITS, base + CORE, 64, RIGHTS), WORDS(CNODE)));
    check("pad in top",
          call(base + TOP, SEL4_LABEL_CNODE_COPY, WORDS(0, TOP_BITS, base + PAD, 64, RIGHTS), WORDS(CNODE)));
    check("files in top", call(base + TOP, SEL4_LABEL_CNODE_MINT,
                               WORDS(1, TOP_BITS, base + FRAMES, 64, RIGHTS, PAD_BITS), WORDS(CNODE)));
#if SEL4_MCS
    check("enter", call(TCB, SEL4_LABEL_TCB_SET_SPACE, WORDS(64 - ROOT_BITS, 0), WORDS(0, base + TOP, VSPACE)));
#else
    check("enter", call(TCB, SEL4_LABEL_TCB_SET_SPACE, WORDS(0, 64 - ROOT_BITS, 0), WORDS(base + TOP, VSPACE)));
#endif
}

/* ---- The new one ---- */

static uint64_t make(uint64_t type, uint64_t size, uint64_t slot, uint64_t count)
{
    return call(untyped, SEL4_LABEL_UNTYPED_RETYPE, WORDS(type, size, 0, TOP_BITS + PAD_BITS, slot, count),
                WORDS(CNODE));
}

static void find_file(void)
{
    for (uint64_t i = 0; i < 2; i++) {
        uint64_t frame = frame_of((const void *)(file + i * PAGE));
        check("frame of the file",
              call(base + FRAMES, SEL4_LABEL_CNODE_MOVE, WORDS(i, FILE_BITS, frame, ROOT_BITS), WORDS(CNODE)));
        check("map it", map_page(FILES + i, VSPACE, WINDOW + i * PAGE, RIGHT_R));
    }
    put(*(volatile char *)WINDOW);
    put(*(volatile char *)(WINDOW + PAGE));
    put('\n');
}

/* Objects follow each other in an untyped, so core knows where they are. */
static void find_memory(void)
{
    uint64_t slot = base + STATIC, first;
    check("four frames", make(SEL4_TYPE_FRAME_4K, 12, slot, 4));
    check("address", call(slot, SEL4_LABEL_PAGE_GET_ADDRESS, NONE, NONE));
    first = ipc[1];
    check("address", call(slot + 3, SEL4_LABEL_PAGE_GET_ADDRESS, NONE, NONE));
    value("distance", ipc[1] - first);
    for (unsigned i = 0; i < 4; i++) {
        check("delete", call(CNODE, SEL4_LABEL_CNODE_DELETE, WORDS(slot + i, ROOT_BITS), NONE));
    }
}

static void use_devices(void)
{
    uint64_t irq = base + STATIC + 8, notification = irq + 1;
#if defined(__x86_64__)
    check("interrupt",
          call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_GET_IOAPIC, WORDS(irq, ROOT_BITS, 0, 4, 0, 0, 36), WORDS(CNODE)));
    check("ports",
          call(IO_PORT_CONTROL, SEL4_LABEL_IO_PORT_CONTROL_ISSUE, WORDS(0x70, 0x71, irq + 2, ROOT_BITS), WORDS(CNODE)));
    check("the same again",
          call(IO_PORT_CONTROL, SEL4_LABEL_IO_PORT_CONTROL_ISSUE, WORDS(0x71, 0x72, irq + 3, ROOT_BITS), WORDS(CNODE)));
#else
    check("interrupt", call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_GET, WORDS(40, irq, ROOT_BITS), WORDS(CNODE)));
    check("the same again", call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_GET, WORDS(40, irq + 3, ROOT_BITS), WORDS(CNODE)));
#endif
    check("notification", make(SEL4_TYPE_NOTIFICATION, 0, notification, 1));
    check("signals it", call(irq, SEL4_LABEL_IRQ_HANDLER_SET_NOTIFICATION, 0, 0, 1, &notification));
}

static void make_space(void)
{
    uint64_t space = base + STATIC + 16, memory = space + 1, pool = space + 2;
    check("address space", make(SEL4_TYPE_VSPACE, 0, space, 1));
    check("ASID", call(ASID_POOL, SEL4_LABEL_ASID_POOL_ASSIGN, 0, 0, 1, &space));
    check("memory for a pool", make(SEL4_TYPE_UNTYPED, 12, memory, 1));
    check("pool", call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(pool, ROOT_BITS), WORDS(memory, CNODE)));
    check("revoke it", call(CNODE, SEL4_LABEL_CNODE_REVOKE, WORDS(memory, ROOT_BITS), NONE));
}

void root_main(void)
{
    const uint64_t *untypeds = (const uint64_t *)info + (SEL4_MCS ? 21 : 19);
    make_cnodes();
    bring_initial();
    bring_all("untypeds that could not be moved", (struct region){untypeds[0], untypeds[1]});
    bring_frames();
    build_hierarchy();
    find_file();
    find_memory();
    use_devices();
    make_space();
    finish();
}
