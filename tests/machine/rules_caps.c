/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of capabilities: rights, badges, derivation, revocation (src/object/cnode.c and objecttype.c of seL4). */
#include "world.h"

#include "profile/profile.h"

enum { EP, B7, B7_COPY, B8, OTHER, CN, IN, TCB2, FRAME, FRAME_COPY, LAST, UT };

static void rights_only_shrink(struct world *w)
{
    world_retype(w, w->untyped, CAPDL_TYPE_ENDPOINT, 0, EP, 1);
    EXPECT(world_copy(w, OTHER, slot_at(w, EP), CAPDL_RIGHT_READ | CAPDL_RIGHT_GRANT_REPLY), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, OTHER)->cap.rights, CAPDL_RIGHT_READ | CAPDL_RIGHT_GRANT_REPLY);
    EXPECT(world_copy(w, LAST, slot_at(w, OTHER), CAPDL_RIGHTS_ALL), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, LAST)->cap.rights, CAPDL_RIGHT_READ | CAPDL_RIGHT_GRANT_REPLY);
    world_delete(w, slot_at(w, OTHER));
    world_delete(w, slot_at(w, LAST));
    /* maskVMRights: write without read is nothing */
    world_retype(w, w->untyped, CAPDL_TYPE_FRAME_4K, 0, FRAME, 1);
    EXPECT(world_copy(w, FRAME_COPY, slot_at(w, FRAME), CAPDL_RIGHT_WRITE), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, FRAME_COPY)->cap.rights, VM_NONE);
    world_delete(w, slot_at(w, FRAME_COPY));
}

static void badges_are_set_once(struct world *w)
{
    EXPECT(world_mint(w, B7, slot_at(w, EP), CAPDL_RIGHTS_ALL, 7), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_mint(w, OTHER, slot_at(w, B7), CAPDL_RIGHTS_ALL, 8), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_copy(w, B7_COPY, slot_at(w, B7), CAPDL_RIGHTS_ALL), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, B7_COPY)->cap.data, 7);
    EXPECT(world_mint(w, B8, slot_at(w, EP), CAPDL_RIGHTS_ALL, 8), CAPDL_ERROR_NO_ERROR);
}

/* isMDBParentOf: a badged capability is parent of copies with its badge that are not themselves first of that badge. */
static void revoking_follows_badges(struct world *w)
{
    EXPECT(world_revoke(w, slot_at(w, B8)), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, B7)->cap.type, CAP_ENDPOINT);
    EXPECT(slot_of(w, B7_COPY)->cap.type, CAP_ENDPOINT);
    EXPECT(world_revoke(w, slot_at(w, B7_COPY)), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, B7)->cap.type, CAP_ENDPOINT);
    EXPECT(world_revoke(w, slot_at(w, B7)), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, B7_COPY)->cap.type, CAP_NULL);
    EXPECT(slot_of(w, B8)->cap.type, CAP_ENDPOINT);
    EXPECT(world_revoke(w, slot_at(w, EP)), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, B7)->cap.type, CAP_NULL);
    EXPECT(slot_of(w, B8)->cap.type, CAP_NULL);
    EXPECT(slot_of(w, EP)->cap.type, CAP_ENDPOINT);
}

/* finaliseCap, reduceZombie: a CNode's capabilities go with it, also one to itself. */
static void a_cnode_takes_its_contents_along(struct world *w)
{
    world_retype(w, w->untyped, CAPDL_TYPE_CNODE, 4, CN, 1);
    world_retype(w, w->untyped, CAPDL_TYPE_TCB, 0, TCB2, 1);
    struct cnode *cnode = slot_of(w, CN)->cap.object;
    uint64_t cn = slot_at(w, CN), root = CAPDL_INITIAL_CNODE;
    EXPECT(world_call(w, cn, CAPDL_METHOD_CNODE_MOVE, WORDS(3, 4, slot_at(w, TCB2), 64), WORDS(root)),
           CAPDL_ERROR_NO_ERROR);
    EXPECT(world_call(w, cn, CAPDL_METHOD_CNODE_COPY, WORDS(0, 4, cn, 64, CAPDL_RIGHTS_ALL), WORDS(root)),
           CAPDL_ERROR_NO_ERROR);
    EXPECT(cnode->slots[0].cap.type, CAP_CNODE);
    EXPECT(cnode->slots[3].cap.type, CAP_THREAD);
    EXPECT(world_delete(w, cn), CAPDL_ERROR_NO_ERROR);
    EXPECT(cnode->slots[3].cap.type, CAP_THREAD); /* the one in itself was not the last */
    EXPECT(cnode->slots[0].cap.type, CAP_CNODE);
    EXPECT(world_revoke(w, w->untyped), CAPDL_ERROR_NO_ERROR);
    EXPECT(cnode->slots[3].cap.type, CAP_NULL);
    EXPECT(cnode->slots[0].cap.type, CAP_NULL);
}

/* deriveCap: what cannot be copied. */
static void some_capabilities_cannot_be_copied(struct world *w)
{
    EXPECT(world_copy(w, OTHER, CAPDL_INITIAL_IRQ_CONTROL, CAPDL_RIGHTS_ALL), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_copy(w, OTHER, CAPDL_INITIAL_ASID_CONTROL, CAPDL_RIGHTS_ALL), CAPDL_ERROR_NO_ERROR);
    world_delete(w, slot_at(w, OTHER));
    world_retype(w, w->untyped, CAPDL_TYPE_PAGE_TABLE, 0, FRAME, 1);
    EXPECT(world_copy(w, OTHER, slot_at(w, FRAME), CAPDL_RIGHTS_ALL), CAPDL_ERROR_ILLEGAL_OPERATION);
    world_delete(w, slot_at(w, FRAME));
}

/* cspace.c, lookupSlotForCNodeOp against lookupSlot: operations on slots want the exact depth, invocations ignore what
 * is left. */
static void depth_must_be_exact_for_operations(struct world *w)
{
    uint64_t root = CAPDL_INITIAL_CNODE, ep = slot_at(w, EP);
    world_retype(w, w->untyped, CAPDL_TYPE_ENDPOINT, 0, EP, 1);
    world_retype(w, w->untyped, CAPDL_TYPE_CNODE, 4, CN, 1);
    /* a CNode with guard 0 of 56 bits under which slot 5 is reached with 60 bits */
    uint64_t guarded = slot_at(w, IN);
    EXPECT(world_mint(w, IN, slot_at(w, CN), CAPDL_RIGHTS_ALL, 56), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_call(w, guarded, CAPDL_METHOD_CNODE_COPY, WORDS(5, 60, ep, 64, CAPDL_RIGHTS_ALL), WORDS(root)),
           CAPDL_ERROR_NO_ERROR);
    EXPECT(world_call(w, guarded, CAPDL_METHOD_CNODE_COPY, WORDS(6, 59, ep, 64, CAPDL_RIGHTS_ALL), WORDS(root)),
           CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(w->reply.words[0], 0);
    EXPECT(w->reply.words[1], LOOKUP_DEPTH_MISMATCH + 1);
    EXPECT(world_call(w, guarded, CAPDL_METHOD_CNODE_COPY, WORDS(UINT64_C(1) << 59 | 6, 60, ep, 64, CAPDL_RIGHTS_ALL),
                      WORDS(root)),
           CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(w->reply.words[1], LOOKUP_GUARD_MISMATCH + 1);
    EXPECT(world_call(w, guarded, CAPDL_METHOD_CNODE_DELETE, WORDS(5 << 4, 64), NONE), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(w->reply.words[1], LOOKUP_DEPTH_MISMATCH + 1);
    world_revoke(w, w->untyped);
}

struct tag {
    enum cap_type type;
    uint64_t number;
};

static void expect_tags(struct world *w, const struct tag *tags, size_t count, bool told[CAP_TYPES])
{
    struct slot *slot = slot_of(w, 0);
    struct cap kept = slot->cap;
    uint64_t *reg = &w->k->current->regs[w->k->registers->cap];
    for (size_t i = 0; i < count; i++) {
        slot->cap.type = (uint8_t)tags[i].type;
        *reg = slot_at(w, 0);
        kernel_syscall(w->k, w->k->profile->syscalls[CAPDL_SYSCALL_DEBUG_CAP_IDENTIFY]);
        EXPECT(*reg, tags[i].number);
        told[tags[i].type] = true;
    }
    slot->cap = kept;
}

/* What seL4_DebugCapIdentify returns, by the kernel's mode/object/structures.bf of each architecture. */
static void types_are_told(void)
{
    static const struct tag common[] = {
        {CAP_NULL, 0},    {CAP_UNTYPED, 2},        {CAP_ENDPOINT, 4},      {CAP_NOTIFICATION, 6}, {CAP_REPLY, 8},
        {CAP_CNODE, 10},  {CAP_THREAD, 12},        {CAP_IRQ_CONTROL, 14},  {CAP_IRQ_HANDLER, 16}, {CAP_ZOMBIE, 18},
        {CAP_DOMAIN, 20}, {CAP_SCHED_CONTEXT, 22}, {CAP_SCHED_CONTROL, 24}};
    static const struct tag arm[] = {{CAP_FRAME, 1},           {CAP_PAGE_TABLE, 3}, {CAP_VSPACE, 9},
                                     {CAP_ASID_CONTROL, 11},   {CAP_ASID_POOL, 13}, {CAP_VCPU, 15},
                                     {CAP_STREAM_CONTROL, 17}, {CAP_STREAM, 19},    {CAP_BANK_CONTROL, 21},
                                     {CAP_CONTEXT_BANK, 23},   {CAP_SMC, 25},       {CAP_SGI_SIGNAL, 27}};
    static const struct tag riscv[] = {
        {CAP_FRAME, 1}, {CAP_PAGE_TABLE, 3}, {CAP_ASID_CONTROL, 11}, {CAP_ASID_POOL, 13}};
    static const struct tag x86[] = {
        {CAP_FRAME, 1},          {CAP_PAGE_TABLE, 3},    {CAP_PAGE_DIRECTORY, 5}, {CAP_PDPT, 7},
        {CAP_VSPACE, 9},         {CAP_ASID_CONTROL, 11}, {CAP_ASID_POOL, 13},     {CAP_IO_SPACE, 15},
        {CAP_IO_PAGE_TABLE, 17}, {CAP_IO_PORT, 19},      {CAP_VCPU, 21},          {CAP_EPT_PT, 23},
        {CAP_EPT_PD, 25},        {CAP_EPT_PDPT, 27},     {CAP_EPT_PML4, 29},      {CAP_IO_PORT_CONTROL, 31}};
    static const struct {
        const char *profile;
        const struct tag *tags;
        size_t count;
    } kernels[] = {{"aarch64", arm, sizeof(arm) / sizeof(arm[0])},
                   {"riscv64", riscv, sizeof(riscv) / sizeof(riscv[0])},
                   {"x86_64", x86, sizeof(x86) / sizeof(x86[0])}};
    bool told[CAP_TYPES] = {false};
    for (unsigned i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
        struct capdl_profile profile = *profile_builtin(kernels[i].profile);
        profile.syscalls[CAPDL_SYSCALL_DEBUG_CAP_IDENTIFY] = -100;
        struct world *w = world_new_profile(&profile);
        expect_tags(w, common, sizeof(common) / sizeof(common[0]), told);
        expect_tags(w, kernels[i].tags, kernels[i].count, told);
        world_free(w);
    }
    unsigned type = 0;
    while (type < CAP_TYPES && told[type]) {
        type++;
    }
    EXPECT(type, CAP_TYPES); /* no type is in none of these lists */
}

int main(void)
{
    static const char *const profiles[] = {"aarch64", "riscv64-mcs", "x86_64-mcs-12"};
    for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        struct world *w = world_new(profiles[i]);
        rights_only_shrink(w);
        badges_are_set_once(w);
        revoking_follows_badges(w);
        a_cnode_takes_its_contents_along(w);
        some_capabilities_cannot_be_copied(w);
        depth_must_be_exact_for_operations(w);
        EXPECT(world_is_sound(w), true);
        world_free(w);
    }
    types_are_told();
    return failures();
}
