/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the architectures differ in mapping: src/arch/{arm/64,riscv,x86,x86/64}/kernel/vspace.c of seL4. */
#include "world.h"

#include "profile/profile.h"

enum { FRAME, SECOND, COPY, PT, MID, TOP, BIG, OTHER, BIG2, PAGE_UT, POOL, SPACE };

/* An address whose tables are not there yet but for the root. */
#define FAR (w->k->profile->arch == CAPDL_ARCH_X86_64 ? UINT64_C(1) << 44 : UINT64_C(0x3000000000))
#define LEAF (UINT64_C(1) << 21)

static enum capdl_kernel_error map(struct world *w, unsigned slot, uint64_t vaddr, uint64_t rights)
{
    return world_call(w, slot_at(w, slot), CAPDL_METHOD_PAGE_MAP, WORDS(vaddr, rights, 0), WORDS(CAPDL_INITIAL_VSPACE));
}

static enum capdl_kernel_error map_table(struct world *w, unsigned slot, enum capdl_method method, uint64_t vaddr)
{
    return world_call(w, slot_at(w, slot), method, WORDS(vaddr, 0), WORDS(CAPDL_INITIAL_VSPACE));
}

static bool is(const struct world *w, enum capdl_arch arch)
{
    return w->k->profile->arch == arch;
}

static void make(struct world *w)
{
    bool pc = is(w, CAPDL_ARCH_X86_64);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_FRAME_4K, 0, FRAME, 2), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_FRAME_2M, 0, BIG, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_PAGE_TABLE, 0, PT, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, pc ? CAPDL_TYPE_PAGE_DIRECTORY : CAPDL_TYPE_PAGE_TABLE, 0, MID, 1),
           CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, pc ? CAPDL_TYPE_PDPT : CAPDL_TYPE_PAGE_TABLE, 0, TOP, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_PAGE_TABLE, 0, OTHER, 1), CAPDL_ERROR_NO_ERROR);
}

static void tables_from_the_top(struct world *w)
{
    EXPECT(map(w, FRAME, FAR, 3), CAPDL_ERROR_FAILED_LOOKUP);
    if (is(w, CAPDL_ARCH_X86_64)) {
        EXPECT(w->reply.words[2], 39); /* bits left: at the root */
        EXPECT(map_table(w, PT, CAPDL_METHOD_PAGE_TABLE_MAP, FAR), CAPDL_ERROR_FAILED_LOOKUP);
        EXPECT(map_table(w, TOP, CAPDL_METHOD_PDPT_MAP, FAR), CAPDL_ERROR_NO_ERROR);
        EXPECT(map_table(w, MID, CAPDL_METHOD_PAGE_DIRECTORY_MAP, FAR), CAPDL_ERROR_NO_ERROR);
    } else {
        EXPECT(w->reply.words[2], 30);
        EXPECT(map_table(w, MID, CAPDL_METHOD_PAGE_TABLE_MAP, FAR), CAPDL_ERROR_NO_ERROR);
    }
    EXPECT(map_table(w, PT, CAPDL_METHOD_PAGE_TABLE_MAP, FAR + 0x3000), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, PT)->cap.data, FAR); /* remembers where its range begins */
    EXPECT(map_table(w, PT, CAPDL_METHOD_PAGE_TABLE_MAP, FAR + LEAF), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(map_table(w, OTHER, CAPDL_METHOD_PAGE_TABLE_MAP, FAR), CAPDL_ERROR_DELETE_FIRST);
}

/* A present page is silently replaced, but on RISC-V. */
static void mapping_over_a_page(struct world *w)
{
    EXPECT(map(w, FRAME, FAR, 3), CAPDL_ERROR_NO_ERROR);
    bool riscv = is(w, CAPDL_ARCH_RISCV);
    EXPECT(map(w, SECOND, FAR, 3), riscv ? CAPDL_ERROR_DELETE_FIRST : CAPDL_ERROR_NO_ERROR);
    struct page_view view;
    struct table *root = vspace_of_thread(w->k, w->k->current);
    EXPECT(vspace_translate(w->k, root, FAR, &view), true);
    EXPECT(view.paddr, slot_of(w, riscv ? FRAME : SECOND)->cap.paddr);
    /* unmapping the stale capability leaves the other's page alone: unmapPage */
    EXPECT(world_call(w, slot_at(w, riscv ? SECOND : FRAME), CAPDL_METHOD_PAGE_UNMAP, NONE, NONE),
           CAPDL_ERROR_NO_ERROR);
    EXPECT(vspace_translate(w->k, root, FAR, &view), true);
    world_call(w, slot_at(w, FRAME), CAPDL_METHOD_PAGE_UNMAP, NONE, NONE);
    world_call(w, slot_at(w, SECOND), CAPDL_METHOD_PAGE_UNMAP, NONE, NONE);
    EXPECT(vspace_translate(w->k, root, FAR, &view), false);
}

static void remapping_changes_rights_only(struct world *w)
{
    struct table *root = vspace_of_thread(w->k, w->k->current);
    struct page_view view;
    EXPECT(map(w, FRAME, FAR, 3), CAPDL_ERROR_NO_ERROR);
    EXPECT(map(w, FRAME, FAR, CAPDL_RIGHT_READ), CAPDL_ERROR_NO_ERROR);
    EXPECT(vspace_translate(w->k, root, FAR, &view) && view.rights & PAGE_W, 0);
    EXPECT(view.rights & PAGE_X, PAGE_X);
    EXPECT(map(w, FRAME, FAR + 0x1000, 3), CAPDL_ERROR_INVALID_ARGUMENT);
    /* a copy forgets the mapping: Arch_deriveCap */
    EXPECT(world_copy(w, COPY, slot_at(w, FRAME), CAPDL_RIGHTS_ALL), CAPDL_ERROR_NO_ERROR);
    EXPECT(map(w, COPY, FAR + 0x1000, 3), CAPDL_ERROR_NO_ERROR);
    world_delete(w, slot_at(w, COPY));
    EXPECT(vspace_translate(w->k, root, FAR + 0x1000, &view), false);
    EXPECT(vspace_translate(w->k, root, FAR, &view), true);
}

/* Which of two mistakes is told. */
static void order_of_checks(struct world *w)
{
    uint64_t top = w->k->profile->user_top, high = (top & ~UINT64_C(0xfff)) + 0x800;
    /* Arm: alignment before range; x86 and RISC-V: range first */
    EXPECT(map(w, SECOND, high, 3),
           is(w, CAPDL_ARCH_AARCH64) ? CAPDL_ERROR_ALIGNMENT_ERROR : CAPDL_ERROR_INVALID_ARGUMENT);
    EXPECT(map(w, SECOND, FAR + 0x10800, 3), CAPDL_ERROR_ALIGNMENT_ERROR);
    EXPECT(map(w, SECOND, (top - 1) & ~UINT64_C(0xfff), 3), CAPDL_ERROR_FAILED_LOOKUP); /* the last page is a user's */
    /* a large page where a table is: x86 says so, the others find no entry of that size */
    EXPECT(map(w, BIG, FAR, 3), is(w, CAPDL_ARCH_X86_64) ? CAPDL_ERROR_DELETE_FIRST : CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(map(w, BIG, FAR + LEAF, 3), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_table(w, OTHER, CAPDL_METHOD_PAGE_TABLE_MAP, FAR + LEAF), CAPDL_ERROR_DELETE_FIRST);
}

static void unmapping_a_table(struct world *w)
{
    struct table *root = vspace_of_thread(w->k, w->k->current);
    struct page_view view;
    EXPECT(world_copy(w, COPY, slot_at(w, PT), CAPDL_RIGHTS_ALL), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_call(w, slot_at(w, PT), CAPDL_METHOD_PAGE_TABLE_UNMAP, NONE, NONE), CAPDL_ERROR_REVOKE_FIRST);
    world_delete(w, slot_at(w, COPY));
    EXPECT(world_call(w, slot_at(w, PT), CAPDL_METHOD_PAGE_TABLE_UNMAP, NONE, NONE), CAPDL_ERROR_NO_ERROR);
    EXPECT(vspace_translate(w->k, root, FAR, &view), false);
    EXPECT(slot_of(w, FRAME)->cap.asid != 0, true); /* the frame's capability does not know */
    EXPECT(map(w, FRAME, FAR + 0x5000, 3),
           is(w, CAPDL_ARCH_RISCV) ? CAPDL_ERROR_FAILED_LOOKUP : CAPDL_ERROR_INVALID_ARGUMENT);
}

/* A 2 MiB page over another one: as with small ones. */
static void large_pages_over_each_other(struct world *w)
{
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_FRAME_2M, 0, BIG2, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(map(w, BIG2, FAR + LEAF, 3), is(w, CAPDL_ARCH_RISCV) ? CAPDL_ERROR_DELETE_FIRST : CAPDL_ERROR_NO_ERROR);
    struct page_view view;
    EXPECT(vspace_translate(w->k, vspace_of_thread(w->k, w->k->current), FAR + LEAF, &view), true);
    EXPECT(view.paddr, slot_of(w, is(w, CAPDL_ARCH_RISCV) ? BIG : BIG2)->cap.paddr);
}

/* makeUserPTE of RISC-V: what can be neither read nor written nor executed is not entered, and that is no error. */
static void pages_without_rights(struct world *w)
{
    enum { EXECUTE_NEVER = 1 };
    struct page_view view;
    struct table *root = vspace_of_thread(w->k, w->k->current);
    if (!is(w, CAPDL_ARCH_RISCV)) {
        return;
    }
#define MAP_WRITE_ONLY(attributes)                                                                               \
    world_call(w, slot_at(w, SECOND), CAPDL_METHOD_PAGE_MAP, WORDS(FAR + 0x2000, CAPDL_RIGHT_WRITE, attributes), \
               WORDS(CAPDL_INITIAL_VSPACE))
    EXPECT(MAP_WRITE_ONLY(EXECUTE_NEVER), CAPDL_ERROR_NO_ERROR);
    EXPECT(vspace_translate(w->k, root, FAR + 0x2000, &view), false);
    EXPECT(MAP_WRITE_ONLY(0), CAPDL_ERROR_NO_ERROR);
    EXPECT(vspace_translate(w->k, root, FAR + 0x2000, &view), true);
    EXPECT(view.rights, PAGE_X);
    EXPECT(world_call(w, slot_at(w, SECOND), CAPDL_METHOD_PAGE_UNMAP, NONE, NONE), CAPDL_ERROR_NO_ERROR);
}

/* ASIDControl_MakePool, ASIDPool_Assign in decode*MMUInvocation of each architecture. */
static void pools_of_address_spaces(struct world *w)
{
    uint64_t root = CAPDL_INITIAL_CNODE, control = CAPDL_INITIAL_ASID_CONTROL, pool = slot_at(w, POOL),
             space = slot_at(w, SPACE);
#define MAKE_POOL(from) world_call(w, control, CAPDL_METHOD_ASID_CONTROL_MAKE_POOL, WORDS(pool, 64), WORDS(from, root))
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_UNTYPED, 12, PAGE_UT, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, slot_at(w, PAGE_UT), CAPDL_TYPE_ENDPOINT, 0, SPACE, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(MAKE_POOL(w->untyped), CAPDL_ERROR_INVALID_CAPABILITY); /* the size, before its children */
    EXPECT(MAKE_POOL(slot_at(w, PAGE_UT)), CAPDL_ERROR_REVOKE_FIRST);
    world_delete(w, space);
    EXPECT(MAKE_POOL(slot_at(w, PAGE_UT)), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, slot_at(w, PAGE_UT), CAPDL_TYPE_ENDPOINT, 0, SPACE, 1), CAPDL_ERROR_NOT_ENOUGH_MEMORY);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_VSPACE, 0, SPACE, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_call(w, pool, CAPDL_METHOD_ASID_POOL_ASSIGN, NONE, WORDS(space)), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, SPACE)->cap.asid != 0, true); /* 0 means none */
    EXPECT(world_call(w, pool, CAPDL_METHOD_ASID_POOL_ASSIGN, NONE, WORDS(space)), CAPDL_ERROR_INVALID_CAPABILITY);
    uint16_t asid = slot_of(w, SPACE)->cap.asid;
    EXPECT(vspace_of_asid(w->k, asid) != NULL, true);
    world_delete(w, pool); /* deleteASIDPool: with the pool go its address spaces' numbers */
    EXPECT(vspace_of_asid(w->k, asid) != NULL, false);
    /* the first pool holds ASID 0, which nobody gets */
    EXPECT(w->k->asid_table[0] && !w->k->asid_table[0]->vspace[0], true);
    EXPECT(world_revoke(w, w->untyped), CAPDL_ERROR_NO_ERROR);
}

/* ASIDControl_MakePool and ASIDPool_Assign, until there is no number left. */
static void numbers_run_out(const char *name)
{
    enum { PIECES, POOLS = 300, ROOTS = 600, MOST_AT_ONCE = 256 };
    struct world *w = world_new(name);
    unsigned num_pools = 1u << w->k->profile->num_asid_pool_bits, num_roots = 1u << w->k->profile->asid_pool_bits, i;
    enum capdl_kernel_error error = CAPDL_ERROR_NO_ERROR;
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_UNTYPED, 12, PIECES, num_pools), CAPDL_ERROR_NO_ERROR);
    for (i = 0; i < num_pools && error == CAPDL_ERROR_NO_ERROR; i++) {
        error = world_call(w, CAPDL_INITIAL_ASID_CONTROL, CAPDL_METHOD_ASID_CONTROL_MAKE_POOL,
                           WORDS(slot_at(w, POOLS + i), 64), WORDS(slot_at(w, PIECES + i), CAPDL_INITIAL_CNODE));
    }
    EXPECT(error, CAPDL_ERROR_DELETE_FIRST);
    EXPECT(i, num_pools); /* there is one from the beginning */
    for (i = 0; i <= num_roots; i += MOST_AT_ONCE) {
        EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_VSPACE, 0, ROOTS + i, MOST_AT_ONCE), CAPDL_ERROR_NO_ERROR);
    }
    error = CAPDL_ERROR_NO_ERROR;
    for (i = 0; i <= num_roots && error == CAPDL_ERROR_NO_ERROR; i++) {
        error = world_call(w, slot_at(w, POOLS + num_pools - 2), CAPDL_METHOD_ASID_POOL_ASSIGN, NONE,
                           WORDS(slot_at(w, ROOTS + i)));
    }
    EXPECT(error, CAPDL_ERROR_DELETE_FIRST);
    EXPECT(i, num_roots + 1);
    world_free(w);
}

/* Kernels without hypervisor use the user's mapping for what they do to caches: decodeARMFrameInvocation,
 * decodeARMVSpaceRootInvocation. */
static void caches_through_mappings(void)
{
    static const struct {
        bool hypervisor;
        enum capdl_kernel_error read_only, stale;
    } kernels[] = {{false, CAPDL_ERROR_ILLEGAL_OPERATION, CAPDL_ERROR_INVALID_CAPABILITY},
                   {true, CAPDL_ERROR_NO_ERROR, CAPDL_ERROR_NO_ERROR}};
    for (unsigned i = 0; i < 2; i++) {
        struct capdl_profile profile = *profile_builtin("aarch64");
        profile.hypervisor = kernels[i].hypervisor;
        struct world *w = world_new_profile(&profile);
#define ON_PAGE(slot, method) world_call(w, slot_at(w, slot), CAPDL_METHOD_PAGE_##method, WORDS(0, 64), NONE)
#define ON_SPACE(method) world_call(w, CAPDL_INITIAL_VSPACE, CAPDL_METHOD_VSPACE_##method, WORDS(FAR, FAR + 64), NONE)
        make(w);
        tables_from_the_top(w);
        EXPECT(map(w, FRAME, FAR, CAPDL_RIGHT_READ), CAPDL_ERROR_NO_ERROR);
        EXPECT(ON_PAGE(FRAME, INVALIDATE_DATA), kernels[i].read_only);
        EXPECT(ON_PAGE(FRAME, CLEAN_INVALIDATE_DATA), CAPDL_ERROR_NO_ERROR);
        EXPECT(ON_PAGE(FRAME, CLEAN_DATA), CAPDL_ERROR_NO_ERROR);
        EXPECT(ON_SPACE(INVALIDATE_DATA), kernels[i].read_only);
        EXPECT(ON_SPACE(CLEAN_INVALIDATE_DATA), CAPDL_ERROR_NO_ERROR);
        EXPECT(ON_SPACE(UNIFY_INSTRUCTION), CAPDL_ERROR_NO_ERROR);
        EXPECT(map(w, SECOND, FAR, 3), CAPDL_ERROR_NO_ERROR);
        EXPECT(ON_PAGE(FRAME, CLEAN_DATA), kernels[i].stale);
        EXPECT(w->reply.words[0], 0);
        EXPECT(ON_PAGE(SECOND, INVALIDATE_DATA), CAPDL_ERROR_NO_ERROR);
        EXPECT(ON_SPACE(INVALIDATE_DATA), CAPDL_ERROR_NO_ERROR);
        EXPECT(world_call(w, slot_at(w, SECOND), CAPDL_METHOD_PAGE_UNMAP, NONE, NONE), CAPDL_ERROR_NO_ERROR);
        EXPECT(map(w, FRAME, FAR + 0x1000, 3), CAPDL_ERROR_INVALID_ARGUMENT);
        EXPECT(ON_PAGE(FRAME, CLEAN_DATA), kernels[i].stale);
        EXPECT(ON_SPACE(CLEAN_DATA), CAPDL_ERROR_NO_ERROR); /* nothing is there */
        EXPECT(world_is_sound(w), true);
        world_free(w);
    }
}

enum { ROOT2 = 20, ROOT3, EPDPT, EPD, EPT, EPT2 };

static enum capdl_kernel_error map_guest(struct world *w, unsigned slot, enum capdl_method method, unsigned root,
                                         uint64_t address)
{
    return world_call(w, slot_at(w, slot), method, WORDS(address, 3, 0), WORDS(slot_at(w, root)));
}

static enum capdl_kernel_error page_of_guest(struct world *w, unsigned slot, unsigned root, uint64_t address)
{
    return map_guest(w, slot, CAPDL_METHOD_PAGE_MAP_EPT, root, address);
}

static enum capdl_kernel_error assign(struct world *w, unsigned slot)
{
    return world_call(w, slot_at(w, POOL), CAPDL_METHOD_ASID_POOL_ASSIGN, NONE, WORDS(slot_at(w, slot)));
}

static void make_pool(struct world *w)
{
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_UNTYPED, 12, PAGE_UT, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_call(w, CAPDL_INITIAL_ASID_CONTROL, CAPDL_METHOD_ASID_CONTROL_MAKE_POOL, WORDS(slot_at(w, POOL), 64),
                      WORDS(slot_at(w, PAGE_UT), CAPDL_INITIAL_CNODE)),
           CAPDL_ERROR_NO_ERROR);
}

/* decodeX86EPTPDPTInvocation and those of the lower tables: most look up the ASID of whatever root it is. */
static void tables_of_guests(struct world *w)
{
    EXPECT(map_guest(w, EPD, CAPDL_METHOD_EPT_PD_MAP, ROOT2, 0), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(w->reply.words[1], LOOKUP_INVALID_ROOT + 1);
    EXPECT(map_guest(w, EPT, CAPDL_METHOD_EPT_PT_MAP, ROOT2, 0), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 1);
    EXPECT(page_of_guest(w, FRAME, ROOT2, 0), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(assign(w, ROOT2), CAPDL_ERROR_NO_ERROR);
    EXPECT(page_of_guest(w, FRAME, ROOT2, 0), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(w->reply.words[2], 39);
    EXPECT(map_guest(w, EPD, CAPDL_METHOD_EPT_PD_MAP, ROOT2, 0), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(map_guest(w, EPD, CAPDL_METHOD_EPT_PDPT_MAP, ROOT2, 0), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(map_guest(w, EPDPT, CAPDL_METHOD_EPT_PDPT_MAP, ROOT2, 0), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_guest(w, EPDPT, CAPDL_METHOD_EPT_PDPT_MAP, ROOT2, 0), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(map_guest(w, EPD, CAPDL_METHOD_EPT_PD_MAP, ROOT2, 0), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_guest(w, EPT, CAPDL_METHOD_EPT_PT_MAP, ROOT2, 0), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_guest(w, EPT2, CAPDL_METHOD_EPT_PT_MAP, ROOT2, 0x1fffff), CAPDL_ERROR_DELETE_FIRST);
    EXPECT(world_call(w, slot_at(w, EPT2), CAPDL_METHOD_EPT_PT_MAP, WORDS(0), WORDS(slot_at(w, ROOT2))),
           CAPDL_ERROR_TRUNCATED_MESSAGE);
}

/* decodeX86EPTPageMap. */
static void pages_of_guests(struct world *w)
{
    uint64_t frame = slot_at(w, FRAME), root = slot_at(w, ROOT2);
    EXPECT(world_call(w, frame, CAPDL_METHOD_PAGE_MAP_EPT, WORDS(0, 3), WORDS(root)), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(world_call(w, frame, CAPDL_METHOD_PAGE_MAP_EPT, WORDS(0, 3, 0), WORDS(CAPDL_INITIAL_VSPACE)),
           CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 1);
    EXPECT(page_of_guest(w, FRAME, ROOT2, 0x1fff), CAPDL_ERROR_NO_ERROR); /* what is below a page is cut off */
    EXPECT(slot_of(w, FRAME)->cap.data, 0x1000);
    EXPECT(page_of_guest(w, FRAME, ROOT2, 0x2000), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 0);
    EXPECT(page_of_guest(w, SECOND, ROOT2, 0x1000), CAPDL_ERROR_DELETE_FIRST);
    EXPECT(page_of_guest(w, BIG, ROOT2, 0x1000), CAPDL_ERROR_ALIGNMENT_ERROR);
    EXPECT(page_of_guest(w, BIG, ROOT2, 0), CAPDL_ERROR_DELETE_FIRST);
    slot_of(w, BIG)->cap.bits = 30; /* as if it were one of 1 GiB */
    EXPECT(page_of_guest(w, BIG, ROOT2, LEAF), CAPDL_ERROR_ALIGNMENT_ERROR);
    EXPECT(page_of_guest(w, BIG, ROOT2, UINT64_C(1) << 30), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 0);
    slot_of(w, BIG)->cap.bits = 21;
    EXPECT(page_of_guest(w, BIG, ROOT2, LEAF), CAPDL_ERROR_NO_ERROR);
    EXPECT(page_of_guest(w, SECOND, ROOT2, LEAF), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(w->reply.words[2], 21);
    EXPECT(map_guest(w, EPT2, CAPDL_METHOD_EPT_PT_MAP, ROOT2, LEAF), CAPDL_ERROR_DELETE_FIRST);
}

/* A number that was a guest's is that of a thread's address space now, and the other way round. */
static void numbers_used_again(struct world *w)
{
    uint64_t frame = slot_at(w, FRAME), space = slot_at(w, SPACE);
    world_delete(w, slot_at(w, POOL));
    world_delete(w, slot_at(w, PAGE_UT));
    make_pool(w);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_VSPACE, 0, SPACE, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(assign(w, SPACE), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, SPACE)->cap.asid, slot_of(w, ROOT2)->cap.asid);
    EXPECT(page_of_guest(w, SECOND, ROOT2, 0x3000), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(w->reply.words[1], LOOKUP_INVALID_ROOT + 1);
    EXPECT(world_call(w, frame, CAPDL_METHOD_PAGE_MAP, WORDS(0x1000, 3, 0), WORDS(space)),
           CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_call(w, frame, CAPDL_METHOD_PAGE_UNMAP, NONE, NONE), CAPDL_ERROR_NO_ERROR);
    world_delete(w, slot_at(w, POOL));
    world_delete(w, slot_at(w, PAGE_UT));
    make_pool(w);
    EXPECT(assign(w, ROOT3), CAPDL_ERROR_NO_ERROR);
    EXPECT(page_of_guest(w, SECOND, ROOT2, 0x3000), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 1);
    EXPECT(world_call(w, frame, CAPDL_METHOD_PAGE_MAP, WORDS(0x1000, 3, 0), WORDS(space)), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(w->reply.words[1], LOOKUP_INVALID_ROOT + 1);
}

/* decodeSetEPTRoot. */
static void roots_of_guests(struct world *w)
{
    const struct slot *kept = &w->k->current->slots[TCB_EPT_ROOT];
#define SET_ROOT(caps) world_call(w, CAPDL_INITIAL_TCB, CAPDL_METHOD_TCB_SET_EPT_ROOT, NONE, caps)
    EXPECT(world_call(w, CAPDL_INITIAL_TCB, CAPDL_METHOD_TCB_SET_EPT_ROOT, NONE, NONE), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(SET_ROOT(WORDS(CAPDL_INITIAL_VSPACE)), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(SET_ROOT(WORDS(slot_at(w, ROOT3))), CAPDL_ERROR_ILLEGAL_OPERATION); /* it has no ASID */
    EXPECT(kept->cap.type, CAP_NULL);
    EXPECT(SET_ROOT(WORDS(slot_at(w, ROOT2))), CAPDL_ERROR_NO_ERROR);
    EXPECT(kept->cap.type, CAP_EPT_PML4);
    EXPECT(kept->cap.object == slot_of(w, ROOT2)->cap.object, true);
}

/* A kernel with VT-x; only its numbers are made up. */
static void guests(void)
{
    static const enum capdl_type types[] = {CAPDL_TYPE_EPT_PML4, CAPDL_TYPE_EPT_PDPT, CAPDL_TYPE_EPT_PD,
                                            CAPDL_TYPE_EPT_PT};
    static const enum capdl_method methods[] = {CAPDL_METHOD_PAGE_MAP_EPT, CAPDL_METHOD_EPT_PDPT_MAP,
                                                CAPDL_METHOD_EPT_PD_MAP, CAPDL_METHOD_EPT_PT_MAP,
                                                CAPDL_METHOD_TCB_SET_EPT_ROOT};
    struct capdl_profile profile = *profile_builtin("x86_64");
    for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        profile.types[types[i]] = (uint16_t)(50 + i);
        profile.size_bits[types[i]] = 12;
    }
    for (unsigned i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
        profile.labels[methods[i]] = (uint16_t)(200 + 2 * i); /* Unmap follows Map */
    }
    struct world *w = world_new_profile(&profile);
    make(w);
    make_pool(w);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_EPT_PML4, 0, ROOT2, 2), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_EPT_PDPT, 0, EPDPT, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_EPT_PD, 0, EPD, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_EPT_PT, 0, EPT, 2), CAPDL_ERROR_NO_ERROR);
    tables_of_guests(w);
    pages_of_guests(w);
    roots_of_guests(w);
    numbers_used_again(w);
    EXPECT(world_is_sound(w), true);
    world_free(w);
}

int main(void)
{
    caches_through_mappings();
    guests();
    static const char *const profiles[] = {"aarch64", "aarch64-mcs", "riscv64", "riscv64-mcs", "x86_64", "x86_64-mcs"};
    for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        struct world *w = world_new(profiles[i]);
        pools_of_address_spaces(w);
        make(w);
        tables_from_the_top(w);
        mapping_over_a_page(w);
        remapping_changes_rights_only(w);
        pages_without_rights(w);
        order_of_checks(w);
        unmapping_a_table(w);
        large_pages_over_each_other(w);
        EXPECT(world_is_sound(w), true);
        world_free(w);
        numbers_run_out(profiles[i]);
    }
    return failures();
}
