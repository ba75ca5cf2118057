/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Right and wrong invocations of every kind of object, each printed with what the kernel answered. What is expected is
 * what the real kernel prints; the machine must print the same.
 */
#include "root.h"

enum {
    A,
    B,
    C,
    D,
    E,
    F,
    G,
    H,
    UT,
    EP,
    EP1,
    NTFN,
    TCB2,
    CN,
    FRAME,
    FRAME2,
    BIG,
    PT,
    VS,
    POOL,
    UT4K,
    SC,
    REPLY,
    PD,
    PDPT,
    IRQ,
    X,
    Y,
    Z,
    SLOTS = 64
};

static uint64_t at(unsigned n)
{
    return base + n;
}

#define RETYPE(...) call(untyped, SEL4_LABEL_UNTYPED_RETYPE, WORDS(__VA_ARGS__), WORDS(CNODE))

static void clear(void)
{
    for (unsigned i = 0; i < SLOTS; i++) {
        delete (at(i));
    }
}

static void untypeds(void)
{
    check("retype type", RETYPE(99, 0, 0, 0, at(A), 1));
    check("retype size 64", RETYPE(SEL4_TYPE_CNODE, 64, 0, 0, at(A), 1));
    check("retype size huge", RETYPE(SEL4_TYPE_CNODE, 60, 0, 0, at(A), 1));
    check("retype cnode 0", RETYPE(SEL4_TYPE_CNODE, 0, 0, 0, at(A), 1));
    check("retype untyped 3", RETYPE(SEL4_TYPE_UNTYPED, 3, 0, 0, at(A), 1));
#if SEL4_MCS
    check("retype sc 6", RETYPE(SEL4_TYPE_SCHED_CONTEXT, 6, 0, 0, at(A), 1));
#endif
    check("retype depth 65", RETYPE(SEL4_TYPE_ENDPOINT, 0, 0, 65, at(A), 1));
    check("retype depth 13", RETYPE(SEL4_TYPE_ENDPOINT, 0, 0, 13, at(A), 1));
    check("retype not a cnode", RETYPE(SEL4_TYPE_ENDPOINT, 0, TCB, 64, at(A), 1));
    check("retype empty node", RETYPE(SEL4_TYPE_ENDPOINT, 0, at(A), 64, at(A), 1));
    check("retype cnode by address", RETYPE(SEL4_TYPE_ENDPOINT, 0, CNODE, 64, at(A), 1));
    check("retype occupied", RETYPE(SEL4_TYPE_ENDPOINT, 0, 0, 0, at(A), 1));
    check("delete", delete (at(A)));
    check("retype offset", RETYPE(SEL4_TYPE_ENDPOINT, 0, 0, 0, UINT64_C(1) << info->cnode_bits, 1));
    check("retype window 0", RETYPE(SEL4_TYPE_ENDPOINT, 0, 0, 0, at(A), 0));
    check("retype window 257", RETYPE(SEL4_TYPE_ENDPOINT, 0, 0, 0, at(A), 257));
    check("retype overrun", RETYPE(SEL4_TYPE_ENDPOINT, 0, 0, 0, (UINT64_C(1) << info->cnode_bits) - 2, 3));
    check("retype memory", RETYPE(SEL4_TYPE_UNTYPED, 30, 0, 0, at(A), 1));
    check("retype truncated",
          call(untyped, SEL4_LABEL_UNTYPED_RETYPE, WORDS(SEL4_TYPE_ENDPOINT, 0, 0, 0, at(A)), WORDS(CNODE)));
    check("retype no cnode",
          call(untyped, SEL4_LABEL_UNTYPED_RETYPE, WORDS(SEL4_TYPE_ENDPOINT, 0, 0, 0, at(A), 1), NONE));
    check("retype label", call(untyped, SEL4_LABEL_TCB_SUSPEND, NONE, NONE));
    check("device tcb", retype(device, SEL4_TYPE_TCB, 0, at(A), 1));
    check("device frame", retype(device, SEL4_TYPE_FRAME_4K, 0, at(A), 1));
    check("device untyped", retype(device, SEL4_TYPE_UNTYPED, 12, at(B), 1));
    check("device memory", retype(device, SEL4_TYPE_UNTYPED, 40, at(C), 1));
    clear();
}

static uint64_t address(unsigned slot)
{
    call(at(slot), SEL4_LABEL_PAGE_GET_ADDRESS, NONE, NONE);
    return ipc[1];
}

static void watermarks(void)
{
    check("child", retype(untyped, SEL4_TYPE_UNTYPED, 16, at(UT), 1));
    check("small", retype(at(UT), SEL4_TYPE_ENDPOINT, 0, at(A), 1));
    check("frame", retype(at(UT), SEL4_TYPE_FRAME_4K, 0, at(B), 2));
    value("distance", address(C) - address(B));
    check("14 more", retype(at(UT), SEL4_TYPE_FRAME_4K, 0, at(D), 14));
    check("13 more", retype(at(UT), SEL4_TYPE_FRAME_4K, 0, at(D), 13));
    check("full", retype(at(UT), SEL4_TYPE_UNTYPED, 4, at(40), 1));
    check("delete all but one", delete (at(A)));
    for (unsigned i = B; i < D + 12; i++) {
        if (i != UT) {
            delete (at(i));
        }
    }
    check("copy with a child", copy(at(X), at(UT), RIGHTS));
    check("revoke", revoke(at(UT)));
    check("copy without", copy(at(X), at(UT), RIGHTS));
    check("retype the first of two", retype(at(UT), SEL4_TYPE_ENDPOINT, 0, at(Y), 1));
    check("retype the second", retype(at(X), SEL4_TYPE_ENDPOINT, 0, at(Y), 1));
    check("copy again", copy(at(Z), at(UT), RIGHTS));
    check("delete the child", delete (at(Y)));
    check("delete the second", delete (at(X)));
    check("retype the first again", retype(at(UT), SEL4_TYPE_FRAME_4K, 0, at(Y), 16));
    clear();
    revoke(untyped);
}

static void capabilities(void)
{
    check("endpoint", retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(EP), 1));
    check("notification", retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 1));
    check("cnode", retype(untyped, SEL4_TYPE_CNODE, 4, at(CN), 1));
    check("copy occupied", copy(at(EP), at(NTFN), RIGHTS));
    check("copy empty", copy(at(A), at(B), RIGHTS));
    check("copy self", copy(at(A), at(A), RIGHTS));
    check("copy depth 63", call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(at(A), 63, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("copy depth 0", call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(at(A), 0, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("copy source depth 65",
          call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(at(A), 64, at(EP), 65, RIGHTS), WORDS(CNODE)));
    check("copy source 10 deep",
          call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(at(A), 64, at(EP), 10, RIGHTS), WORDS(CNODE)));
    check("copy root is no cnode",
          call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(at(A), 64, at(EP), 64, RIGHTS), WORDS(TCB)));
    check("copy truncated", call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(at(A), 64, at(EP), 64), WORDS(CNODE)));
    check("copy short", call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(at(A), 64, at(EP)), WORDS(CNODE)));
    check("mint truncated", call(CNODE, SEL4_LABEL_CNODE_MINT, WORDS(at(A), 64, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("mutate truncated", call(CNODE, SEL4_LABEL_CNODE_MUTATE, WORDS(at(A), 64, at(EP), 64), WORDS(CNODE)));
    check("rotate truncated",
          call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(A), 64, 0, at(EP), 64, 0, at(NTFN)), WORDS(CNODE, CNODE)));
    check("rotate one root",
          call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(A), 64, 0, at(EP), 64, 0, at(NTFN), 64), WORDS(CNODE)));
    check("rotate no root",
          call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(A), 64, 0, at(EP), 64, 0, at(NTFN), 64), NONE));
    check("cnode label", call(CNODE, SEL4_LABEL_TCB_RESUME, WORDS(at(A), 64), NONE));
    check("mint", mint(at(EP1), at(EP), RIGHTS, 7));
    check("mint badged", mint(at(A), at(EP1), RIGHTS, 8));
    check("mint badge 0 of badged", mint(at(A), at(EP1), RIGHTS, 0));
    check("copy badged", copy(at(A), at(EP1), RIGHT_R));
    check("send without right", call(at(A), 0, NONE, NONE));
    check("mutate endpoint", call(CNODE, SEL4_LABEL_CNODE_MUTATE, WORDS(at(B), 64, at(A), 64, 9), WORDS(CNODE)));
    check("move", call(CNODE, SEL4_LABEL_CNODE_MOVE, WORDS(at(B), 64, at(A), 64), WORDS(CNODE)));
    check("move of moved", call(CNODE, SEL4_LABEL_CNODE_MOVE, WORDS(at(C), 64, at(A), 64), WORDS(CNODE)));
    check("guard", mint(at(C), at(CN), RIGHTS, 60));
    check("guard too large", mint(at(D), at(CN), RIGHTS, 61));
    check("mutate guard", call(CNODE, SEL4_LABEL_CNODE_MUTATE, WORDS(at(D), 64, at(C), 64, 5 << 6 | 8), WORDS(CNODE)));
    check("into cnode", call(CNODE, SEL4_LABEL_CNODE_COPY, WORDS(3, 4, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("into cnode by itself", call(at(CN), SEL4_LABEL_CNODE_COPY, WORDS(3, 4, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("with wrong guard", call(at(D), SEL4_LABEL_CNODE_COPY, WORDS(0x41, 12, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("with guard", call(at(D), SEL4_LABEL_CNODE_COPY, WORDS(0x51, 12, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("with guard, too short",
          call(at(D), SEL4_LABEL_CNODE_COPY, WORDS(0x51, 11, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("with guard, too long",
          call(at(D), SEL4_LABEL_CNODE_COPY, WORDS(0x510, 16, at(EP), 64, RIGHTS), WORDS(CNODE)));
    check("copy IRQ control", copy(at(E), IRQ_CONTROL, RIGHTS));
    check("copy ASID control", copy(at(E), ASID_CONTROL, RIGHTS));
    check("copy domain", copy(at(F), DOMAIN, RIGHTS));
    check("rotate",
          call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(G), 64, 0, at(E), 64, 0, at(F), 64), WORDS(CNODE, CNODE)));
    check("rotate pivot is source",
          call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(F), 64, 0, at(E), 64, 0, at(E), 64), WORDS(CNODE, CNODE)));
    check("rotate dest occupied",
          call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(EP), 64, 0, at(E), 64, 0, at(G), 64), WORDS(CNODE, CNODE)));
    check("rotate empty",
          call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(X), 64, 0, at(Y), 64, 0, at(Z), 64), WORDS(CNODE, CNODE)));
    check("swap",
          call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(E), 64, 0, at(G), 64, 0, at(E), 64), WORDS(CNODE, CNODE)));
    check("cancel badged", call(CNODE, SEL4_LABEL_CNODE_CANCEL_BADGED_SENDS, WORDS(at(EP1), 64), NONE));
    check("cancel without rights", call(CNODE, SEL4_LABEL_CNODE_CANCEL_BADGED_SENDS, WORDS(at(B), 64), NONE));
    check("cancel notification", call(CNODE, SEL4_LABEL_CNODE_CANCEL_BADGED_SENDS, WORDS(at(NTFN), 64), NONE));
    check("revoke badged", revoke(at(EP1)));
    check("its copy is gone", copy(at(H), at(B), RIGHTS));
    check("it is not", copy(at(H), at(EP1), RIGHTS));
    check("revoke endpoint", revoke(at(EP)));
    check("badged is gone", copy(at(A), at(EP1), RIGHTS));
    check("null", call(at(A), 0, NONE, NONE));
    clear();
    revoke(untyped);
}

static uint64_t swap(unsigned one, unsigned other)
{
    return call(CNODE, SEL4_LABEL_CNODE_ROTATE, WORDS(at(one), 64, 0, at(other), 64, 0, at(one), 64),
                WORDS(CNODE, CNODE));
}

/* What is derived from what stays when the two change places, also from each other. */
static void swapped(void)
{
    check("untyped", retype(untyped, SEL4_TYPE_UNTYPED, 14, at(A), 1));
    check("its frame", retype(at(A), SEL4_TYPE_FRAME_4K, 0, at(B), 1));
    check("copy of that", copy(at(C), at(B), RIGHTS));
    check("stranger", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(D), 1));
    check("swap untyped and frame", swap(A, B));
    check("swap frame and copy", swap(A, C));
    check("swap copy and stranger", swap(C, D));
    check("swap with nothing", swap(A, E));
    check("swap with itself", swap(A, A));
    check("revoke frame", revoke(at(C)));
    check("stranger is left", copy(at(E), at(C), RIGHTS));
    check("revoke untyped", revoke(at(B)));
    check("frame is gone", copy(at(F), at(A), RIGHTS));
    check("copy is gone", copy(at(F), at(D), RIGHTS));
    check("stranger is left", copy(at(F), at(C), RIGHTS));
    check("untyped is empty", retype(at(B), SEL4_TYPE_UNTYPED, 14, at(G), 1));
    clear();
    revoke(untyped);
}

static uint64_t map(unsigned slot, uint64_t label, uint64_t vaddr, uint64_t vspace)
{
    return call(at(slot), label, WORDS(vaddr, 0), WORDS(vspace));
}

#define FAR UINT64_C(0x3000000000)
#define TABLE UINT64_C(0x200000)

/* All tables that lead to FAR in the address space, then one of the kind that holds pages. */
static void tables(uint64_t vspace)
{
#if defined(__x86_64__)
    check("table too early", map(PT, SEL4_LABEL_PAGE_TABLE_MAP, FAR, vspace));
    check("pdpt", map(PDPT, SEL4_LABEL_PDPT_MAP, FAR, vspace));
    check("pdpt again", map(PDPT, SEL4_LABEL_PDPT_MAP, FAR, vspace));
    check("pd", map(PD, SEL4_LABEL_PAGE_DIRECTORY_MAP, FAR, vspace));
#else
    check("upper table", map(PD, SEL4_LABEL_PAGE_TABLE_MAP, FAR, vspace));
#if SEL4_VSPACE_LEVELS == 4
    check("upper table", map(PDPT, SEL4_LABEL_PAGE_TABLE_MAP, FAR, vspace));
#endif
#endif
    check("table", map(PT, SEL4_LABEL_PAGE_TABLE_MAP, FAR + 0x3000, vspace));
    check("table again", map(PT, SEL4_LABEL_PAGE_TABLE_MAP, FAR + TABLE, vspace));
    check("other table there", map(A, SEL4_LABEL_PAGE_TABLE_MAP, FAR, vspace));
    check("table too high", map(A, SEL4_LABEL_PAGE_TABLE_MAP, UINT64_C(1) << 62, vspace));
    check("table in a frame", map(A, SEL4_LABEL_PAGE_TABLE_MAP, FAR, at(FRAME)));
}

static void mapping(void)
{
    check("frames", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(FRAME), 2));
    check("large frame", retype(untyped, SEL4_TYPE_FRAME_2M, 0, at(BIG), 1));
    check("table", retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(PT), 1));
    check("table", retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(A), 1));
#if defined(__x86_64__)
    check("pd", retype(untyped, SEL4_TYPE_PAGE_DIRECTORY, 0, at(PD), 1));
    check("pdpt", retype(untyped, SEL4_TYPE_PDPT, 0, at(PDPT), 1));
#else
    check("table", retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(PD), 1));
    check("table", retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(PDPT), 1));
#endif
    check("copy unmapped table", copy(at(B), at(PT), RIGHTS));
    check("map without table", map_page(at(FRAME), VSPACE, FAR, RIGHTS));
    tables(VSPACE);
    check("copy mapped table", copy(at(B), at(PT), RIGHTS));
    check("unmap copied table", call(at(PT), SEL4_LABEL_PAGE_TABLE_UNMAP, NONE, NONE));
    check("delete copy", delete (at(B)));
    check("map", map_page(at(FRAME), VSPACE, FAR, RIGHTS));
    check("map again", map_page(at(FRAME), VSPACE, FAR, RIGHT_R));
    check("map elsewhere", map_page(at(FRAME), VSPACE, FAR + 0x1000, RIGHTS));
    check("map over", map_page(at(FRAME2), VSPACE, FAR, RIGHTS));
    check("unmap", call(at(FRAME2), SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    check("unaligned", map_page(at(FRAME2), VSPACE, FAR + 0x1800, RIGHTS));
    check("too high", map_page(at(FRAME2), VSPACE, SEL4_USER_TOP & ~0xfffull, RIGHTS));
    check("too high and unaligned", map_page(at(FRAME2), VSPACE, SEL4_USER_TOP | 1, RIGHTS));
    check("very high", map_page(at(FRAME2), VSPACE, ~0xfffull, RIGHTS));
    check("not an address space", map_page(at(FRAME2), at(FRAME), FAR, RIGHTS));
    check("large over table", map_page(at(BIG), VSPACE, FAR, RIGHTS));
    check("large unaligned", map_page(at(BIG), VSPACE, FAR + 0x1000, RIGHTS));
    check("large", map_page(at(BIG), VSPACE, FAR + TABLE, RIGHTS));
    check("small in large", map_page(at(FRAME2), VSPACE, FAR + TABLE, RIGHTS));
    check("table over large", map(A, SEL4_LABEL_PAGE_TABLE_MAP, FAR + TABLE, VSPACE));
    check("truncated", call(at(FRAME2), SEL4_LABEL_PAGE_MAP, WORDS(FAR, 3), WORDS(VSPACE)));
    check("no address space", call(at(FRAME2), SEL4_LABEL_PAGE_MAP, WORDS(FAR, 3, 0), NONE));
    check("frame label", call(at(FRAME2), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    check("copy mapped frame", copy(at(C), at(FRAME), RIGHTS));
    check("map the copy", map_page(at(C), VSPACE, FAR + 0x5000, RIGHTS));
    *(volatile uint64_t *)(FAR + 0x5008) = 0x1234;
    check("read through", map_page(at(FRAME), VSPACE, FAR, RIGHTS));
    value("word", *(volatile uint64_t *)(FAR + 8));
    check("write only", map_page(at(FRAME2), VSPACE, FAR + 0x7000, RIGHT_W));
    check("unmap table", call(at(PT), SEL4_LABEL_PAGE_TABLE_UNMAP, NONE, NONE));
    check("stale frame", map_page(at(FRAME), VSPACE, FAR, RIGHTS));
    check("unmap stale", call(at(FRAME), SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    check("unmap twice", call(at(FRAME), SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    clear();
    revoke(untyped);
}

static void flushing(void)
{
#if defined(__aarch64__)
    uint64_t label = SEL4_LABEL_PAGE_UNIFY_INSTRUCTION;
    uint64_t frame = info->image_frames.start;
    check("frame", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(FRAME), 1));
    check("flush unmapped", call(at(FRAME), label, WORDS(0, 16), NONE));
    check("flush", call(frame, label, WORDS(0, 4096), NONE));
    check("flush nothing", call(frame, label, WORDS(16, 16), NONE));
    check("flush beyond", call(frame, label, WORDS(0, 4097), NONE));
    check("flush outside", call(frame, label, WORDS(4096, 4100), NONE));
    check("flush truncated", call(frame, label, WORDS(0), NONE));
    check("flush space",
          call(VSPACE, SEL4_LABEL_VSPACE_CLEAN_DATA, WORDS(info->ipc_buffer, info->ipc_buffer + 64), NONE));
    value("flush space across",
          call(VSPACE, SEL4_LABEL_VSPACE_CLEAN_DATA, WORDS(info->ipc_buffer, info->ipc_buffer + 8192), NONE));
    check("flush space nothing", call(VSPACE, SEL4_LABEL_VSPACE_CLEAN_DATA, WORDS(16, 16), NONE));
    check("flush space high", call(VSPACE, SEL4_LABEL_VSPACE_CLEAN_DATA, WORDS(16, UINT64_C(1) << 60), NONE));
    check("flush space truncated", call(VSPACE, SEL4_LABEL_VSPACE_CLEAN_DATA, WORDS(info->ipc_buffer), NONE));
    check("flush space that is not there", call(VSPACE, SEL4_LABEL_VSPACE_CLEAN_DATA, WORDS(16, 32), NONE));
    map_with_tables(at(FRAME), VSPACE, FAR, RIGHT_R, SEL4_VM_CACHEABLE);
    check("invalidate read-only", call(at(FRAME), SEL4_LABEL_PAGE_INVALIDATE_DATA, WORDS(0, 64), NONE));
    check("clean read-only", call(at(FRAME), SEL4_LABEL_PAGE_CLEAN_DATA, WORDS(0, 64), NONE));
    check("invalidate space", call(VSPACE, SEL4_LABEL_VSPACE_INVALIDATE_DATA, WORDS(FAR, FAR + 64), NONE));
    check("clean space", call(VSPACE, SEL4_LABEL_VSPACE_CLEAN_INVALIDATE_DATA, WORDS(FAR, FAR + 64), NONE));
    check("other frame", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(FRAME2), 1));
    check("mapped over it", map_page(at(FRAME2), VSPACE, FAR, RIGHT_R | RIGHT_W));
    check("clean stale", call(at(FRAME), SEL4_LABEL_PAGE_CLEAN_DATA, WORDS(0, 64), NONE));
    check("invalidate", call(at(FRAME2), SEL4_LABEL_PAGE_INVALIDATE_DATA, WORDS(0, 64), NONE));
    check("invalidate space", call(VSPACE, SEL4_LABEL_VSPACE_INVALIDATE_DATA, WORDS(FAR, FAR + 64), NONE));
    check("space", retype(untyped, SEL4_TYPE_VSPACE, 0, at(VS), 1));
    check("clean space without ASID", call(at(VS), SEL4_LABEL_VSPACE_CLEAN_DATA, WORDS(FAR, FAR + 64), NONE));
    check("space label", call(at(VS), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    check("pool", retype(untyped, SEL4_TYPE_UNTYPED, 12, at(UT4K), 1));
    check("pool", call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(at(POOL), 64), WORDS(at(UT4K), CNODE)));
    check("assign", call(at(POOL), SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(at(VS))));
    check("copy", copy(at(A), at(FRAME), RIGHTS));
    map_with_tables(at(A), at(VS), FAR, RIGHT_R | RIGHT_W, SEL4_VM_CACHEABLE);
    check("clean there", call(at(A), SEL4_LABEL_PAGE_CLEAN_DATA, WORDS(0, 64), NONE));
    check("delete pool", delete (at(POOL)));
    check("clean without pool", call(at(A), SEL4_LABEL_PAGE_CLEAN_DATA, WORDS(0, 64), NONE));
    check("clean space without pool", call(at(VS), SEL4_LABEL_VSPACE_CLEAN_DATA, WORDS(FAR, FAR + 64), NONE));
    check("unmap without pool", call(at(A), SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    clear();
    revoke(untyped);
#endif
}

static void virtual_cpus(void)
{
#ifdef SEL4_TYPE_VCPU
    uint64_t set_tcb = SEL4_LABEL_VCPU_SET_TCB, inject = set_tcb + 1, read = set_tcb + 2, write = set_tcb + 3,
             ack = set_tcb + 4;
    check("vcpus", retype(untyped, SEL4_TYPE_VCPU, 0, at(A), 2));
    check("tcb", retype(untyped, SEL4_TYPE_TCB, 0, at(TCB2), 2));
    check("set none", call(at(A), set_tcb, NONE, NONE));
    check("set vcpu", call(at(A), set_tcb, NONE, WORDS(at(B))));
    check("set", call(at(A), set_tcb, NONE, WORDS(at(TCB2))));
    check("set another's", call(at(A), set_tcb, NONE, WORDS(at(TCB2 + 1))));
    check("set another", call(at(B), set_tcb, NONE, WORDS(at(TCB2 + 1))));
    check("delete its thread", delete (at(TCB2 + 1)));
    check("set", call(at(B), set_tcb, NONE, WORDS(at(TCB2))));
    check("inject truncated", call(at(A), inject, NONE, NONE));
    check("inject number", call(at(A), inject, WORDS(1024 | 32 << 16), NONE));
    check("inject priority", call(at(A), inject, WORDS(1023 | 32 << 16 | 2 << 24), NONE));
    check("inject group", call(at(A), inject, WORDS(1023 | 31 << 16 | 2 << 24 | UINT64_C(64) << 32), NONE));
    check("inject index", call(at(A), inject, WORDS(1023 | 31 << 16 | 1 << 24 | UINT64_C(64) << 32), NONE));
    check("inject", call(at(A), inject, WORDS(1023 | 31 << 16 | 1 << 24), NONE));
    check("write truncated", call(at(A), write, WORDS(0), NONE));
    check("write the last", call(at(A), write, WORDS(23, 1), NONE));
    check("write beyond", call(at(A), write, WORDS(24, 1), NONE));
    check("write", call(at(A), write, WORDS(1, 0x1230), NONE));
    check("read truncated", call(at(A), read, NONE, NONE));
    check("read beyond", call(at(A), read, WORDS(24), NONE));
    check("read the last", call(at(A), read, WORDS(23), NONE));
    value("register", ipc[1]);
    check("read", call(at(A), read, WORDS(1), NONE));
    value("register", ipc[1]);
    check("ack truncated", call(at(A), ack, NONE, NONE));
    check("ack far", call(at(A), ack, WORDS(100000), NONE));
    check("ack other", call(at(A), ack, WORDS(26), NONE));
    check("ack", call(at(A), ack, WORDS(27), NONE));
    check("vcpu label", call(at(A), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    check("delete", delete (at(B)));
    check("its thread is left", call(at(A), set_tcb, NONE, WORDS(at(TCB2))));
    clear();
    revoke(untyped);
#endif
}

static void spaces(void)
{
    check("4k untypeds", retype(untyped, SEL4_TYPE_UNTYPED, 12, at(UT4K), 1));
    check("untyped", retype(untyped, SEL4_TYPE_UNTYPED, 13, at(UT), 1));
    check("address space", retype(untyped, SEL4_TYPE_VSPACE, 0, at(VS), 1));
    check("frame", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(FRAME), 1));
    check("copy without ASID", copy(at(A), at(VS), RIGHTS));
    check("map without ASID", map_page(at(FRAME), at(VS), FAR, RIGHTS));
    check("pool of 8k",
          call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(at(POOL), 64), WORDS(at(UT), CNODE)));
    check("pool of a frame",
          call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(at(POOL), 64), WORDS(at(FRAME), CNODE)));
    check("pool occupied",
          call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(at(VS), 64), WORDS(at(UT4K), CNODE)));
    check("pool truncated",
          call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(at(POOL), 64), WORDS(at(UT4K))));
    check("pool label", call(ASID_CONTROL, SEL4_LABEL_ASID_POOL_ASSIGN, NONE, NONE));
    check("pool", call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(at(POOL), 64), WORDS(at(UT4K), CNODE)));
    check("pool used untyped",
          call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(at(X), 64), WORDS(at(UT4K), CNODE)));
    check("retype used untyped", retype(at(UT4K), SEL4_TYPE_ENDPOINT, 0, at(X), 1));
    check("assign frame", call(at(POOL), SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(at(FRAME))));
    check("assign none", call(at(POOL), SEL4_LABEL_ASID_POOL_ASSIGN, NONE, NONE));
    check("assign", call(at(POOL), SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(at(VS))));
    check("assign again", call(ASID_POOL, SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(at(VS))));
    check("assign own", call(at(POOL), SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(VSPACE)));
    check("copy with ASID", copy(at(A), at(VS), RIGHTS));
    check("map without table", map_page(at(FRAME), at(VS), FAR, RIGHTS));
    check("copy pool", copy(at(B), at(POOL), RIGHTS));
    check("delete pool", delete (at(POOL)));
    check("map with copy", map_page(at(FRAME), at(VS), FAR, RIGHTS));
    check("delete last pool", delete (at(B)));
    check("map without pool", map_page(at(FRAME), at(VS), FAR, RIGHTS));
    check("new pool",
          call(ASID_CONTROL, SEL4_LABEL_ASID_CONTROL_MAKE_POOL, WORDS(at(POOL), 64), WORDS(at(UT4K), CNODE)));
    check("new address space", retype(untyped, SEL4_TYPE_VSPACE, 0, at(X), 1));
    check("assign", call(at(POOL), SEL4_LABEL_ASID_POOL_ASSIGN, NONE, WORDS(at(X))));
    check("map in the old", map_page(at(FRAME), at(VS), FAR, RIGHTS));
    check("table in the old", map(PT, SEL4_LABEL_PAGE_TABLE_MAP, FAR, at(VS)));
    check("table", retype(untyped, SEL4_TYPE_PAGE_TABLE, 0, at(PT), 1));
    check("table in the old", map(PT, SEL4_LABEL_PAGE_TABLE_MAP, FAR, at(VS)));
    check("delete its copy", delete (at(A)));
    check("delete the old", delete (at(VS)));
    map_with_tables(at(FRAME), at(X), FAR, RIGHTS, 0);
    check("delete the new", delete (at(X)));
    check("unmap there", call(at(FRAME), SEL4_LABEL_PAGE_UNMAP, NONE, NONE));
    clear();
    revoke(untyped);
}

static void threads(void)
{
    uint64_t n = SEL4_REGISTERS;
    check("tcb", retype(untyped, SEL4_TYPE_TCB, 0, at(TCB2), 1));
    check("notification", retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 2));
    check("cnode", retype(untyped, SEL4_TYPE_CNODE, 4, at(CN), 1));
    check("frame", retype(untyped, SEL4_TYPE_FRAME_4K, 0, at(FRAME), 1));
    check("endpoint", retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(EP), 1));
#if SEL4_MCS
#define CONFIGURE(fault, ...) call(at(TCB2), SEL4_LABEL_TCB_CONFIGURE, WORDS(__VA_ARGS__)
#else
#define CONFIGURE(fault, ...) call(at(TCB2), SEL4_LABEL_TCB_CONFIGURE, WORDS(fault, __VA_ARGS__)
#endif
    check("configure", CONFIGURE(0, 0, 0, 0x1000), WORDS(at(CN), VSPACE, at(FRAME))));
    check("configure cnode", CONFIGURE(0, 0, 0, 0x1000), WORDS(at(FRAME), VSPACE, at(FRAME))));
    check("configure vspace", CONFIGURE(0, 0, 0, 0x1000), WORDS(at(CN), at(CN), at(FRAME))));
    check("configure buffer", CONFIGURE(0, 0, 0, 0x1000), WORDS(at(CN), VSPACE, at(CN))));
    check("configure buffer unaligned", CONFIGURE(0, 0, 0, 0x1008), WORDS(at(CN), VSPACE, at(FRAME))));
    check("configure no buffer", CONFIGURE(0, 0, 0, 0), WORDS(at(CN), VSPACE, at(CN))));
    check("configure guard", CONFIGURE(0, 60, 0, 0), WORDS(at(CN), VSPACE, 0)));
    check("configure large guard", CONFIGURE(0, 61, 0, 0), WORDS(at(CN), VSPACE, 0)));
    check("configure truncated", CONFIGURE(0, 0, 0), WORDS(at(CN), VSPACE, 0)));
    check("configure few caps", CONFIGURE(0, 0, 0, 0), WORDS(at(CN), VSPACE)));
    check("last cnode", delete (at(CN)));
    check("configure last cnode", CONFIGURE(0, 0, 0, 0), WORDS(CNODE, VSPACE, 0)));
    check("priority", call(at(TCB2), SEL4_LABEL_TCB_SET_PRIORITY, WORDS(5), WORDS(TCB)));
    check("priority 256", call(at(TCB2), SEL4_LABEL_TCB_SET_PRIORITY, WORDS(256), WORDS(TCB)));
    check("priority beyond", call(at(TCB2), SEL4_LABEL_TCB_SET_PRIORITY, WORDS(1), WORDS(at(TCB2))));
    check("priority no tcb", call(at(TCB2), SEL4_LABEL_TCB_SET_PRIORITY, WORDS(1), WORDS(VSPACE)));
    check("mcp", call(at(TCB2), SEL4_LABEL_TCB_SET_MC_PRIORITY, WORDS(9), WORDS(TCB)));
    check("mcp beyond", call(at(TCB2), SEL4_LABEL_TCB_SET_MC_PRIORITY, WORDS(10), WORDS(at(TCB2))));
    check("read none", call(at(TCB2), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, 0), NONE));
    check("read many", call(at(TCB2), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, n + 1), NONE));
    check("read self", call(TCB, SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, 1), NONE));
    check("read truncated", call(at(TCB2), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0), NONE));
    check("write", call(at(TCB2), SEL4_LABEL_TCB_WRITE_REGISTERS, WORDS(0, 5, 0x1000, 2, ~0ull, 4, 5), NONE));
    check("read", call(at(TCB2), SEL4_LABEL_TCB_READ_REGISTERS, WORDS(0, n), NONE));
    value("pc", ipc[1]);
    value("second", ipc[2]);
    value("third", ipc[3]);
    value("fifth", ipc[5]);
    check("write too few", call(at(TCB2), SEL4_LABEL_TCB_WRITE_REGISTERS, WORDS(0, 5, 1, 2, 3, 4), NONE));
    check("write self", call(TCB, SEL4_LABEL_TCB_WRITE_REGISTERS, WORDS(0, 1, 1), NONE));
    check("copy registers", call(at(TCB2), SEL4_LABEL_TCB_COPY_REGISTERS, WORDS(0), WORDS(VSPACE)));
    check("bind", call(at(TCB2), SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(NTFN))));
    check("bind none", call(at(TCB2), SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, NONE));
    check("bind second", call(at(TCB2), SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(NTFN + 1))));
    check("bind bound", call(TCB, SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(NTFN))));
    check("bind endpoint", call(TCB, SEL4_LABEL_TCB_BIND_NOTIFICATION, NONE, WORDS(at(EP))));
    check("unbind", call(at(TCB2), SEL4_LABEL_TCB_UNBIND_NOTIFICATION, NONE, NONE));
    check("unbind again", call(at(TCB2), SEL4_LABEL_TCB_UNBIND_NOTIFICATION, NONE, NONE));
    check("buffer", call(at(TCB2), SEL4_LABEL_TCB_SET_IPC_BUFFER, WORDS(0x2000), WORDS(at(FRAME))));
    check("buffer no frame", call(at(TCB2), SEL4_LABEL_TCB_SET_IPC_BUFFER, WORDS(0x2000), NONE));
    check("buffer truncated", call(at(TCB2), SEL4_LABEL_TCB_SET_IPC_BUFFER, NONE, WORDS(at(FRAME))));
    check("buffer unaligned", call(at(TCB2), SEL4_LABEL_TCB_SET_IPC_BUFFER, WORDS(0x2001), WORDS(at(FRAME))));
    check("priority truncated", call(at(TCB2), SEL4_LABEL_TCB_SET_PRIORITY, NONE, WORDS(TCB)));
    check("priority no authority", call(at(TCB2), SEL4_LABEL_TCB_SET_PRIORITY, WORDS(1), NONE));
    check("mcp truncated", call(at(TCB2), SEL4_LABEL_TCB_SET_MC_PRIORITY, NONE, WORDS(TCB)));
    check("params truncated", call(at(TCB2), SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(1), WORDS(TCB, at(X), at(X))));
    check("params no authority", call(at(TCB2), SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(1, 1), NONE));
    check("tls", call(at(TCB2), SEL4_LABEL_TCB_SET_TLS_BASE, WORDS(0x1234), NONE));
    check("tls truncated", call(at(TCB2), SEL4_LABEL_TCB_SET_TLS_BASE, NONE, NONE));
#ifdef SEL4_LABEL_TCB_SET_FLAGS
    check("flags", call(at(TCB2), SEL4_LABEL_TCB_SET_FLAGS, WORDS(0, ~0ull), NONE));
    value("flags", ipc[1]);
    check("flags truncated", call(at(TCB2), SEL4_LABEL_TCB_SET_FLAGS, WORDS(1), NONE));
#endif
    check("tcb label", call(at(TCB2), SEL4_LABEL_CNODE_COPY, NONE, NONE));
    check("domain", call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SET, WORDS(0), WORDS(at(TCB2))));
    check("domain 255", call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SET, WORDS(255), WORDS(at(TCB2))));
    check("domain no thread", call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SET, WORDS(0), WORDS(at(EP))));
    check("domain none", call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SET, WORDS(0), NONE));
    check("domain 255 none", call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SET, WORDS(255), NONE));
    check("domain truncated", call(DOMAIN, SEL4_LABEL_DOMAIN_SET_SET, NONE, WORDS(at(TCB2))));
    clear();
    revoke(untyped);
}

static void budgets(void)
{
#if SEL4_MCS
    uint64_t control = ((uint64_t *)info)[19];
#define SET(...) call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(__VA_ARGS__), WORDS(at(SC)))
    check("sc", retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 8, at(SC), 1));
    check("sc", retype(untyped, SEL4_TYPE_SCHED_CONTEXT, 7, at(A), 1));
    check("tcb", retype(untyped, SEL4_TYPE_TCB, 0, at(TCB2), 2));
    check("notification", retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 1));
    check("reply", retype(untyped, SEL4_TYPE_REPLY, 0, at(REPLY), 1));
    check("endpoint", retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(EP), 1));
    check("set", SET(1000, 2000, 0, 5, 0));
    value("set small", SET(1, 2000, 0, 5, 0));
    value("set small period", SET(1000, 1, 0, 5, 0));
    check("set budget above period", SET(3000, 2000, 0, 5, 0));
    check("set refills", SET(1000, 2000, 8, 5, 0));
    check("set too many refills", SET(1000, 2000, 9, 5, 0));
    check("set truncated", SET(1000, 2000, 0, 5));
    check("set no sc",
          call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(1000, 2000, 0, 5, 0), WORDS(at(TCB2))));
    check("set one target few words",
          call(control, SEL4_LABEL_SCHED_CONTROL_CONFIGURE_FLAGS, WORDS(1000, 2000, 0, 5, 0), NONE));
    check("set label", call(control, SEL4_LABEL_TCB_RESUME, NONE, NONE));
    check("bind", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(TCB2))));
    check("bind bound sc", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(TCB2 + 1))));
    check("bind bound tcb", call(at(A), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(TCB2))));
    check("bind endpoint", call(at(A), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(EP))));
    check("bind none", call(at(A), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, NONE));
    check("bind notification", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(NTFN))));
    check("bind it again", call(at(A), SEL4_LABEL_SCHED_CONTEXT_BIND, NONE, WORDS(at(NTFN))));
    check("unbind other", call(at(A), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(TCB2))));
    check("unbind endpoint", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(EP))));
    check("unbind none", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, NONE));
    check("unbind ourselves", call(INITIAL_SC, SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(TCB)));
    check("unbind", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_UNBIND_OBJECT, NONE, WORDS(at(TCB2))));
    check("unbind own", call(INITIAL_SC, SEL4_LABEL_SCHED_CONTEXT_UNBIND, NONE, NONE));
    check("consumed", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_CONSUMED, NONE, NONE));
    check("yield to nobody", call(at(SC), SEL4_LABEL_SCHED_CONTEXT_YIELD_TO, NONE, NONE));
    check("yield to self", call(INITIAL_SC, SEL4_LABEL_SCHED_CONTEXT_YIELD_TO, NONE, NONE));
#define PARAMS(...) call(at(TCB2), SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(200, 100), WORDS(__VA_ARGS__))
    check("params", PARAMS(TCB, at(SC), at(EP)));
    check("params other sc", PARAMS(TCB, at(A), at(EP)));
    check("params no sc", PARAMS(TCB, at(EP), at(EP)));
    check("params fault notification", PARAMS(TCB, at(SC), at(NTFN)));
    check("copy without grant", copy(at(B), at(EP), RIGHT_R | RIGHT_W));
    check("params fault without grant", PARAMS(TCB, at(SC), at(B)));
    check("params null", PARAMS(TCB, at(X), at(X)));
    check("params two caps", PARAMS(TCB, at(X)));
    check("own sc", call(TCB, SEL4_LABEL_TCB_SET_SCHED_PARAMS, WORDS(255, 255), WORDS(TCB, at(X), at(X))));
    check("timeout none", call(at(TCB2), SEL4_LABEL_TCB_SET_TIMEOUT_ENDPOINT, NONE, NONE));
    check("timeout notification", call(at(TCB2), SEL4_LABEL_TCB_SET_TIMEOUT_ENDPOINT, NONE, WORDS(at(NTFN))));
    check("timeout endpoint", call(at(TCB2), SEL4_LABEL_TCB_SET_TIMEOUT_ENDPOINT, NONE, WORDS(at(EP))));
    check("timeout without grant", call(at(TCB2), SEL4_LABEL_TCB_SET_TIMEOUT_ENDPOINT, NONE, WORDS(at(B))));
    clear();
    revoke(untyped);
#endif
}

static void interrupts(void)
{
    uint64_t label = SEL4_LABEL_IRQ_CONTROL_GET;
    check("notification", retype(untyped, SEL4_TYPE_NOTIFICATION, 0, at(NTFN), 1));
    check("endpoint", retype(untyped, SEL4_TYPE_ENDPOINT, 0, at(EP), 1));
    check("get irq", call(IRQ_CONTROL, label, WORDS(33, at(IRQ), 64), WORDS(CNODE)));
    check("get huge irq", call(IRQ_CONTROL, label, WORDS(100000, at(IRQ), 64), WORDS(CNODE)));
#if !defined(__x86_64__)
#if defined(__aarch64__)
    enum { LAST_IRQ = 159 };
#else
    enum { LAST_IRQ = 95 };
#endif
    for (unsigned irq = LAST_IRQ; irq < LAST_IRQ + 3; irq++) {
        check("get the last irq and the next", call(IRQ_CONTROL, label, WORDS(irq, at(X), 64), WORDS(CNODE)));
        delete (at(X));
    }
#endif
    check("get irq truncated", call(IRQ_CONTROL, label, WORDS(33, at(IRQ)), WORDS(CNODE)));
#if defined(__x86_64__)
    label = SEL4_LABEL_IRQ_CONTROL_GET_IOAPIC;
    check("ioapic range", call(IRQ_CONTROL, label, WORDS(at(IRQ), 64, 0, 5, 0, 0, 200), WORDS(CNODE)));
    check("ioapic number", call(IRQ_CONTROL, label, WORDS(at(IRQ), 64, 9, 5, 0, 0, 3), WORDS(CNODE)));
    check("ioapic pin", call(IRQ_CONTROL, label, WORDS(at(IRQ), 64, 0, 99, 0, 0, 3), WORDS(CNODE)));
    check("ioapic level", call(IRQ_CONTROL, label, WORDS(at(IRQ), 64, 0, 5, 2, 0, 3), WORDS(CNODE)));
    check("ioapic", call(IRQ_CONTROL, label, WORDS(at(IRQ), 64, 0, 5, 0, 0, 3), WORDS(CNODE)));
    check("ioapic polarity", call(IRQ_CONTROL, label, WORDS(at(A), 64, 0, 5, 1, 2, 6), WORDS(CNODE)));
    check("ioapic last", call(IRQ_CONTROL, label, WORDS(at(A), 64, 0, 23, 1, 1, 107), WORDS(CNODE)));
    check("ioapic behind the last", call(IRQ_CONTROL, label, WORDS(at(B), 64, 0, 24, 1, 1, 108), WORDS(CNODE)));
    check("delete", delete (at(A)));
    check("ioapic again", call(IRQ_CONTROL, label, WORDS(at(A), 64, 0, 5, 0, 0, 3), WORDS(CNODE)));
    check("ioapic occupied", call(IRQ_CONTROL, label, WORDS(at(IRQ), 64, 0, 6, 0, 0, 4), WORDS(CNODE)));
    label = SEL4_LABEL_IRQ_CONTROL_GET_MSI;
    check("msi device", call(IRQ_CONTROL, label, WORDS(at(A), 64, 0, 32, 0, 0, 5), WORDS(CNODE)));
    check("msi bus", call(IRQ_CONTROL, label, WORDS(at(A), 64, 256, 32, 8, 0, 5), WORDS(CNODE)));
    check("msi function", call(IRQ_CONTROL, label, WORDS(at(A), 64, 255, 31, 8, 0, 5), WORDS(CNODE)));
    check("msi truncated", call(IRQ_CONTROL, label, WORDS(at(A), 64, 255, 31, 7, 0), WORDS(CNODE)));
    check("msi", call(IRQ_CONTROL, label, WORDS(at(A), 64, 0, 3, 0, 0, 5), WORDS(CNODE)));
    label = SEL4_LABEL_IO_PORT_CONTROL_ISSUE;
    check("ports", call(IO_PORT_CONTROL, label, WORDS(0x70, 0x71, at(B), 64), WORDS(CNODE)));
    check("ports overlap", call(IO_PORT_CONTROL, label, WORDS(0x71, 0x75, at(C), 64), WORDS(CNODE)));
    check("ports backwards", call(IO_PORT_CONTROL, label, WORDS(0x75, 0x74, at(C), 64), WORDS(CNODE)));
    check("ports truncated", call(IO_PORT_CONTROL, label, WORDS(0x75, 0x74, at(C)), WORDS(CNODE)));
    check("port outside", call(at(B), label + 1, WORDS(0x72), NONE));
    check("port wide", call(at(B), label + 2, WORDS(0x71), NONE));
    check("port out", call(at(B), label + 4, WORDS(0x70, 0), NONE));
    check("port out truncated", call(at(B), label + 4, WORDS(0x70), NONE));
    check("copy port control", copy(at(D), IO_PORT_CONTROL, RIGHTS));
    check("copy ports", copy(at(D), at(B), RIGHTS));
    check("delete ports", delete (at(B)));
    check("ports still taken", call(IO_PORT_CONTROL, label, WORDS(0x70, 0x71, at(B), 64), WORDS(CNODE)));
    check("delete copy", delete (at(D)));
    check("ports free", call(IO_PORT_CONTROL, label, WORDS(0x70, 0x71, at(B), 64), WORDS(CNODE)));
#else
    check("get irq again", call(IRQ_CONTROL, label, WORDS(33, at(A), 64), WORDS(CNODE)));
    check("get irq occupied", call(IRQ_CONTROL, label, WORDS(34, at(IRQ), 64), WORDS(CNODE)));
    check("get irq 0", call(IRQ_CONTROL, label, WORDS(0, at(B), 64), WORDS(CNODE)));
    check("get trigger", call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_GET_TRIGGER, WORDS(35, 1, at(C), 64), WORDS(CNODE)));
#if defined(__aarch64__) && defined(SEL4_LABEL_IRQ_CONTROL_ISSUE_SGI_SIGNAL) && !SEL4_SMP
    check("sgi", call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_ISSUE_SGI_SIGNAL, WORDS(3, 0, at(D), 64), WORDS(CNODE)));
    check("sgi 16", call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_ISSUE_SGI_SIGNAL, WORDS(16, 0, at(E), 64), WORDS(CNODE)));
    check("sgi target",
          call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_ISSUE_SGI_SIGNAL, WORDS(3, 8, at(E), 64), WORDS(CNODE)));
    check("copy sgi", copy(at(E), at(D), RIGHTS));
    check("mint sgi", mint(at(F), at(D), RIGHTS, 1));
    check("revoke sgi", revoke(at(D)));
    check("its copy", copy(at(G), at(E), RIGHTS));
    check("delete sgi", delete (at(D)));
    check("sgi again",
          call(IRQ_CONTROL, SEL4_LABEL_IRQ_CONTROL_ISSUE_SGI_SIGNAL, WORDS(3, 1, at(D), 64), WORDS(CNODE)));
    check("send it to another core", call(at(D), 0, NONE, NONE));
    check("revoke all", revoke(IRQ_CONTROL));
    check("sgi is gone", copy(at(X), at(D), RIGHTS));
    check("get irq anew", call(IRQ_CONTROL, label, WORDS(33, at(IRQ), 64), WORDS(CNODE)));
#endif
#endif
    check("ack", call(at(IRQ), SEL4_LABEL_IRQ_HANDLER_ACK, NONE, NONE));
    check("set notification", call(at(IRQ), SEL4_LABEL_IRQ_HANDLER_SET_NOTIFICATION, NONE, WORDS(at(NTFN))));
    check("set endpoint", call(at(IRQ), SEL4_LABEL_IRQ_HANDLER_SET_NOTIFICATION, NONE, WORDS(at(EP))));
    check("set none", call(at(IRQ), SEL4_LABEL_IRQ_HANDLER_SET_NOTIFICATION, NONE, NONE));
    check("read-only", copy(at(Y), at(NTFN), RIGHT_R));
    check("set read-only", call(at(IRQ), SEL4_LABEL_IRQ_HANDLER_SET_NOTIFICATION, NONE, WORDS(at(Y))));
    check("clear", call(at(IRQ), SEL4_LABEL_IRQ_HANDLER_CLEAR, NONE, NONE));
    check("set nothing", call(at(IRQ), SEL4_LABEL_IRQ_HANDLER_SET_NOTIFICATION, NONE, WORDS(at(Z))));
    check("handler label", call(at(IRQ), SEL4_LABEL_TCB_RESUME, NONE, NONE));
    check("copy handler", copy(at(X), at(IRQ), RIGHTS));
    check("revoke handler", revoke(at(IRQ)));
    check("copy is left", copy(at(Z), at(X), RIGHTS));
    clear();
    revoke(untyped);
}

/* handleUnknownSyscall: what a slot holds, by the kernel's numbers. */
static void identities(void)
{
    static const uint8_t initial[] = {0, TCB, CNODE, VSPACE, IRQ_CONTROL, ASID_CONTROL, ASID_POOL, IPC_FRAME, DOMAIN};
    for (unsigned i = 0; i < sizeof(initial); i++) {
        value("type", trap(SEL4_SYS_DEBUG_CAP_IDENTIFY, initial[i], 0, 0).badge);
    }
    value("type of untyped", trap(SEL4_SYS_DEBUG_CAP_IDENTIFY, untyped, 0, 0).badge);
    value("type of nothing", trap(SEL4_SYS_DEBUG_CAP_IDENTIFY, at(A), 0, 0).badge);
    value("type of what is not there", trap(SEL4_SYS_DEBUG_CAP_IDENTIFY, UINT64_C(1) << 40, 0, 0).badge);
}

void root_main(void)
{
    identities();
    untypeds();
    watermarks();
    capabilities();
    swapped();
    mapping();
    flushing();
    virtual_cpus();
    spaces();
    threads();
    budgets();
    interrupts();
}
