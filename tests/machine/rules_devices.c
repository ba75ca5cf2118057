/* SPDX-License-Identifier: BSD-2-Clause */
/* What devices see, and calls of the firmware: src/arch/x86/object/iospace.c, src/arch/arm/object/{smmu,smc}.c of
 * seL4. What the first two do on hardware is nothing here. */
#include "world.h"

#include "profile/profile.h"

enum { SPACE, OTHER_SPACE, TABLE, FRAME = TABLE + 6, COPY, LARGE, FULL = 20 };
enum { DOMAIN = 7 << 16, REQUEST = 1 << 8 | 2 << 3 | 3 };

static enum capdl_kernel_error map_table(struct world *w, unsigned table, unsigned space, uint64_t address)
{
    return world_call(w, slot_at(w, table), CAPDL_METHOD_IO_PAGE_TABLE_MAP, WORDS(address), WORDS(slot_at(w, space)));
}

static enum capdl_kernel_error map_page(struct world *w, unsigned frame, unsigned space, uint64_t rights,
                                        uint64_t address)
{
    return world_call(w, slot_at(w, frame), CAPDL_METHOD_PAGE_MAP_IO, WORDS(rights, address), WORDS(slot_at(w, space)));
}

static bool reaches(const struct world *w, uint64_t address, struct page_view *view)
{
    return io_translate(w->k, REQUEST, address, view);
}

/* Arch_updateCapData: only of the capability to all, and never into domain 0. */
static void spaces(struct world *w)
{
    EXPECT(world_mint(w, SPACE, CAPDL_INITIAL_IO_SPACE, 15, REQUEST), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_mint(w, SPACE, CAPDL_INITIAL_IO_SPACE, 15, DOMAIN | REQUEST), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_mint(w, OTHER_SPACE, slot_at(w, SPACE), 15, DOMAIN | 8), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_copy(w, OTHER_SPACE, slot_at(w, SPACE), 15), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, OTHER_SPACE)->cap.paddr, REQUEST);
}

/* Three levels: 1 GiB, 2 MiB and 4 KiB an entry. An address goes as deep as there are tables. */
static void tables(struct world *w)
{
    struct page_view view;
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_IO_PAGE_TABLE, 0, TABLE, 6), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_FRAME_4K, 0, FRAME, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_FRAME_2M, 0, LARGE, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_page(w, FRAME, SPACE, 3, 0x40201000), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(map_table(w, TABLE, SPACE, 0x40201000), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_table(w, TABLE, SPACE, 0x40201000), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(map_table(w, TABLE + 1, SPACE, 0x40201000), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_page(w, FRAME, SPACE, 3, 0x40201000), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(map_table(w, TABLE + 2, OTHER_SPACE, 0x40201000), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_page(w, LARGE, SPACE, 3, 0x40200000), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(map_page(w, FRAME, SPACE, 4, 0x40201000), CAPDL_ERROR_INVALID_ARGUMENT);
    EXPECT(map_page(w, FRAME, SPACE, CAPDL_RIGHT_READ, 0x40201fff), CAPDL_ERROR_NO_ERROR);
    EXPECT(reaches(w, 0x40201234, &view), true);
    EXPECT(view.paddr, slot_of(w, FRAME)->cap.paddr);
    EXPECT(view.rights, PAGE_R);
    EXPECT(reaches(w, 0x40202000, &view), false);
    EXPECT(map_page(w, FRAME, SPACE, 3, 0x40202000), CAPDL_ERROR_INVALID_CAPABILITY);
}

/* What is too short, or no method of the object. */
static void wrong_calls(struct world *w)
{
    uint64_t table = slot_at(w, TABLE + 5), frame = slot_at(w, LARGE), space = slot_at(w, SPACE);
    EXPECT(world_call(w, table, CAPDL_METHOD_IO_PAGE_TABLE_MAP, WORDS(0), NONE), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(world_call(w, table, CAPDL_METHOD_IO_PAGE_TABLE_MAP, NONE, WORDS(space)), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(world_call(w, table, CAPDL_METHOD_IO_PAGE_TABLE_MAP, WORDS(0), WORDS(frame)),
           CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(world_call(w, table, CAPDL_METHOD_IO_PAGE_TABLE_MAP, WORDS(0), WORDS(CAPDL_INITIAL_IO_SPACE)),
           CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(world_call(w, table, CAPDL_METHOD_PAGE_MAP_IO, WORDS(3, 0), WORDS(space)), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_call(w, frame, CAPDL_METHOD_PAGE_MAP_IO, WORDS(3, 0), NONE), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(world_call(w, frame, CAPDL_METHOD_PAGE_MAP_IO, WORDS(3), WORDS(space)), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(world_call(w, space, CAPDL_METHOD_IO_PAGE_TABLE_MAP, WORDS(0), WORDS(space)), CAPDL_ERROR_ILLEGAL_OPERATION);
}

/* The first table of a space is its root; when that is deleted, the next one is. */
static void roots(struct world *w)
{
    struct page_view view;
    world_delete(w, slot_at(w, TABLE));
    EXPECT(reaches(w, 0x40201000, &view), false);
    EXPECT(map_page(w, FULL, SPACE, 3, 0x40201000), CAPDL_ERROR_FAILED_LOOKUP);
    EXPECT(map_table(w, TABLE + 4, SPACE, 0), CAPDL_ERROR_NO_ERROR);
    world_delete(w, slot_at(w, TABLE + 1)); /* which is in the other root, and finds nothing in this one */
    EXPECT(w->k->io_roots[REQUEST] == slot_of(w, TABLE + 4)->cap.object, true);
    world_delete(w, slot_at(w, TABLE + 4));
    EXPECT(w->k->io_roots[REQUEST] == NULL, true);
}

static void without_iommu(const char *name)
{
    struct world *w = world_new(name);
    struct page_view view;
    EXPECT(reaches(w, 0, &view), false);
    world_free(w);
}

/* A mapping is the capability's; a table beyond the last level is a page of its own. */
static void mappings(struct world *w)
{
    struct page_view view;
    EXPECT(world_copy(w, COPY, slot_at(w, FRAME), 15), CAPDL_ERROR_NO_ERROR);
    EXPECT(map_page(w, COPY, SPACE, 3, 0x40201000), CAPDL_ERROR_DELETE_FIRST);
    EXPECT(map_page(w, COPY, SPACE, 3, 0x40202000), CAPDL_ERROR_NO_ERROR);
    world_delete(w, slot_at(w, COPY));
    EXPECT(reaches(w, 0x40202000, &view), false);
    EXPECT(
        world_call(w, slot_at(w, FRAME), CAPDL_METHOD_PAGE_MAP, WORDS(0x10000000, 3, 0), WORDS(CAPDL_INITIAL_VSPACE)),
        CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(map_table(w, TABLE + 3, SPACE, 0x40200000), CAPDL_ERROR_NO_ERROR);
    EXPECT(reaches(w, 0x40200000, &view), true);
    EXPECT(view.paddr, slot_of(w, TABLE + 3)->cap.paddr);
    EXPECT(map_table(w, TABLE + 5, SPACE, 0x403fffff), CAPDL_ERROR_DELETE_FIRST);
    world_delete(w, slot_at(w, TABLE + 3));
    EXPECT(reaches(w, 0x40200000, &view), false);
    EXPECT(world_copy(w, COPY, slot_at(w, TABLE + 4), 15), CAPDL_ERROR_ILLEGAL_OPERATION);
}

/* The last capability to a space takes its root with it; tables and frames do not know. */
static void end_of_space(struct world *w)
{
    struct page_view view;
    world_delete(w, slot_at(w, SPACE));
    EXPECT(reaches(w, 0x40201000, &view), true);
    world_delete(w, slot_at(w, OTHER_SPACE));
    EXPECT(reaches(w, 0x40201000, &view), false);
    EXPECT(slot_of(w, FRAME)->cap.asid, REQUEST);
    EXPECT(world_call(w, slot_at(w, FRAME), CAPDL_METHOD_PAGE_UNMAP, NONE, NONE), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, FRAME)->cap.asid, 0);
}

enum { BANK, STREAM = BANK + 2, ROOT = STREAM + 3, UNASSIGNED };

static enum capdl_kernel_error get(struct world *w, enum capdl_initial_cap control, enum capdl_method method,
                                   unsigned slot, uint64_t number)
{
    return world_call(w, control, method, WORDS(number, slot_at(w, slot), 64), WORDS(CAPDL_INITIAL_CNODE));
}

static enum capdl_kernel_error get_bank(struct world *w, unsigned slot, uint64_t number)
{
    return get(w, CAPDL_INITIAL_SMMU_CB_CONTROL, CAPDL_METHOD_CB_CONTROL_GET_CB, slot, number);
}

static enum capdl_kernel_error get_stream(struct world *w, unsigned slot, uint64_t number)
{
    return get(w, CAPDL_INITIAL_SMMU_SID_CONTROL, CAPDL_METHOD_SID_CONTROL_GET_SID, slot, number);
}

static void numbers(struct world *w)
{
    EXPECT(get_bank(w, BANK, 64), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], 63);
    EXPECT(get_stream(w, STREAM, 128), CAPDL_ERROR_RANGE_ERROR);
    EXPECT(get_bank(w, BANK, 3), CAPDL_ERROR_NO_ERROR);
    EXPECT(get_bank(w, BANK + 1, 3), CAPDL_ERROR_REVOKE_FIRST);
    EXPECT(get_bank(w, BANK, 4), CAPDL_ERROR_DELETE_FIRST);
    EXPECT(get_stream(w, STREAM, 127), CAPDL_ERROR_NO_ERROR);
    EXPECT(get_stream(w, STREAM + 1, 0), CAPDL_ERROR_NO_ERROR);
    EXPECT(get_stream(w, STREAM + 2, 127), CAPDL_ERROR_REVOKE_FIRST);
    EXPECT(world_copy(w, FULL, CAPDL_INITIAL_SMMU_CB_CONTROL, 15), CAPDL_ERROR_ILLEGAL_OPERATION);
}

static enum capdl_kernel_error bind(struct world *w, unsigned stream, unsigned bank)
{
    return world_call(w, slot_at(w, stream), CAPDL_METHOD_SID_BIND_CB, NONE, WORDS(slot_at(w, bank)));
}

static enum capdl_kernel_error assign(struct world *w, unsigned bank, uint64_t root)
{
    return world_call(w, slot_at(w, bank), CAPDL_METHOD_CB_ASSIGN_VSPACE, NONE, WORDS(root));
}

static enum capdl_kernel_error on(struct world *w, uint64_t cap, enum capdl_method method)
{
    return world_call(w, cap, method, NONE, NONE);
}

/* What is too short, or no method of the object. */
static void wrong_calls_on_streams(struct world *w)
{
    uint64_t root = CAPDL_INITIAL_CNODE;
    EXPECT(world_call(w, CAPDL_INITIAL_SMMU_CB_CONTROL, CAPDL_METHOD_CB_CONTROL_GET_CB, WORDS(5, slot_at(w, FULL)),
                      WORDS(root)),
           CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(world_call(w, CAPDL_INITIAL_SMMU_SID_CONTROL, CAPDL_METHOD_SID_CONTROL_GET_SID,
                      WORDS(5, slot_at(w, FULL), 64), NONE),
           CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(on(w, slot_at(w, STREAM), CAPDL_METHOD_SID_BIND_CB), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(on(w, slot_at(w, BANK), CAPDL_METHOD_CB_ASSIGN_VSPACE), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(on(w, slot_at(w, STREAM), CAPDL_METHOD_CB_GET_FAULT), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(on(w, slot_at(w, BANK), CAPDL_METHOD_SID_UNBIND_CB), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(assign(w, BANK, slot_at(w, STREAM)), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(w->reply.words[0], 1);
}

static void bindings(struct world *w)
{
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_VSPACE, 0, UNASSIGNED, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(bind(w, STREAM, BANK), CAPDL_ERROR_INVALID_CAPABILITY); /* the bank has no address space */
    EXPECT(assign(w, BANK, slot_at(w, UNASSIGNED)), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(assign(w, BANK, CAPDL_INITIAL_VSPACE), CAPDL_ERROR_NO_ERROR);
    EXPECT(assign(w, BANK, CAPDL_INITIAL_VSPACE), CAPDL_ERROR_DELETE_FIRST);
    EXPECT(bind(w, STREAM, STREAM + 1), CAPDL_ERROR_INVALID_CAPABILITY);
    EXPECT(bind(w, STREAM, BANK), CAPDL_ERROR_NO_ERROR);
    EXPECT(bind(w, STREAM, BANK), CAPDL_ERROR_DELETE_FIRST);
    EXPECT(bind(w, STREAM + 1, BANK), CAPDL_ERROR_NO_ERROR);
}

/* A bank is free again when no stream is bound to it any more. */
static void ends(struct world *w)
{
    world_delete(w, slot_at(w, BANK));
    EXPECT(get_bank(w, BANK, 3), CAPDL_ERROR_REVOKE_FIRST);
    world_delete(w, slot_at(w, STREAM));
    world_delete(w, slot_at(w, STREAM + 1));
    EXPECT(get_bank(w, BANK, 3), CAPDL_ERROR_NO_ERROR);
    EXPECT(get_stream(w, STREAM, 127), CAPDL_ERROR_NO_ERROR);
    EXPECT(bind(w, STREAM, BANK), CAPDL_ERROR_INVALID_CAPABILITY);
}

/* What is bound can be taken back; there is never a fault. */
static void undone(struct world *w)
{
    uint64_t bank = slot_at(w, BANK), stream = slot_at(w, STREAM);
    EXPECT(assign(w, BANK, CAPDL_INITIAL_VSPACE), CAPDL_ERROR_NO_ERROR);
    EXPECT(on(w, bank, CAPDL_METHOD_CB_TLB_INVALIDATE), CAPDL_ERROR_NO_ERROR);
    EXPECT(on(w, stream, CAPDL_METHOD_SID_UNBIND_CB), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(bind(w, STREAM, BANK), CAPDL_ERROR_NO_ERROR);
    EXPECT(on(w, stream, CAPDL_METHOD_SID_UNBIND_CB), CAPDL_ERROR_NO_ERROR);
    EXPECT(on(w, bank, CAPDL_METHOD_CB_UNASSIGN_VSPACE), CAPDL_ERROR_NO_ERROR);
    EXPECT(on(w, bank, CAPDL_METHOD_CB_UNASSIGN_VSPACE), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(on(w, bank, CAPDL_METHOD_CB_TLB_INVALIDATE), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(on(w, bank, CAPDL_METHOD_CB_GET_FAULT), CAPDL_ERROR_NO_ERROR);
    EXPECT(w->reply.length, 2);
    EXPECT(w->reply.words[0] | w->reply.words[1], 0);
    EXPECT(on(w, bank, CAPDL_METHOD_CB_CLEAR_FAULT), CAPDL_ERROR_NO_ERROR);
}

static void controls(struct world *w)
{
    EXPECT(on(w, CAPDL_INITIAL_SMMU_SID_CONTROL, CAPDL_METHOD_SID_CONTROL_GET_FAULT), CAPDL_ERROR_NO_ERROR);
    EXPECT(w->reply.length, 3);
    EXPECT(on(w, CAPDL_INITIAL_SMMU_SID_CONTROL, CAPDL_METHOD_SID_CONTROL_CLEAR_FAULT), CAPDL_ERROR_NO_ERROR);
    EXPECT(on(w, CAPDL_INITIAL_SMMU_SID_CONTROL, CAPDL_METHOD_CB_CONTROL_GET_CB), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(on(w, CAPDL_INITIAL_SMMU_CB_CONTROL, CAPDL_METHOD_CB_CONTROL_TLB_INVALIDATE_ALL), CAPDL_ERROR_NO_ERROR);
    EXPECT(on(w, CAPDL_INITIAL_SMMU_CB_CONTROL, CAPDL_METHOD_SID_BIND_CB), CAPDL_ERROR_ILLEGAL_OPERATION);
}

/* Revoking a control takes back all that it issued, wherever it is: a bank also from its streams, with its address
 * space. */
static void revoked(struct world *w)
{
    EXPECT(assign(w, BANK, CAPDL_INITIAL_VSPACE), CAPDL_ERROR_NO_ERROR);
    EXPECT(bind(w, STREAM, BANK), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_call(w, CAPDL_INITIAL_CNODE, CAPDL_METHOD_CNODE_MOVE,
                      WORDS(slot_at(w, UNASSIGNED + 1), 64, CAPDL_INITIAL_SMMU_CB_CONTROL, 64),
                      WORDS(CAPDL_INITIAL_CNODE)),
           CAPDL_ERROR_NO_ERROR);
    EXPECT(world_revoke(w, slot_at(w, UNASSIGNED + 1)), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, BANK)->cap.type, CAP_NULL);
    EXPECT(w->k->streams[127].bank.cap.type, CAP_NULL);
    EXPECT(w->k->banks[3].space.cap.type, CAP_NULL);
    EXPECT(slot_of(w, STREAM)->cap.type, CAP_STREAM);
    EXPECT(world_revoke(w, CAPDL_INITIAL_SMMU_SID_CONTROL), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, STREAM)->cap.type, CAP_NULL);
    EXPECT(w->k->stream_taken[127] || w->k->bank_taken[3], false);
}

static void test_io_spaces(const char *name)
{
    struct capdl_profile profile = *profile_builtin(name);
    profile.num_iommus = 1;
    struct world *w = world_new_profile(&profile);
    spaces(w);
    tables(w);
    wrong_calls(w);
    mappings(w);
    end_of_space(w);
    EXPECT(world_is_sound(w), true);
    world_free(w);

    w = world_new_profile(&profile);
    spaces(w);
    tables(w);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_FRAME_4K, 0, FULL, 1), CAPDL_ERROR_NO_ERROR);
    roots(w);
    world_free(w);
    without_iommu(name);
}

static void test_streams(const char *name)
{
    struct capdl_profile profile = *profile_builtin(name);
    for (unsigned i = CAPDL_METHOD_SID_CONTROL_GET_SID; i <= CAPDL_METHOD_CB_CLEAR_FAULT; i++) {
        profile.labels[i] = (uint16_t)(200 + i);
    }
    struct world *w = world_new_profile(&profile);
    numbers(w);
    wrong_calls_on_streams(w);
    bindings(w);
    ends(w);
    undone(w);
    controls(w);
    revoked(w);
    EXPECT(world_is_sound(w), true);
    world_free(w);
}

/* src/arch/arm/object/smc.c: a badge is the only function that may be called. The firmware, which knows none, answers
 * as SMCCC has it. */
static void test_firmware(const char *name)
{
    enum { BADGED, FUNCTION = 0x1234 };
    struct capdl_profile profile = *profile_builtin(name);
    profile.smc = true;
    profile.labels[CAPDL_METHOD_SMC_CALL] = 200;
    struct world *w = world_new_profile(&profile);
    uint64_t badged = slot_at(w, BADGED);
#define SMC(cap, ...) world_call(w, cap, CAPDL_METHOD_SMC_CALL, WORDS(__VA_ARGS__), NONE)
    EXPECT(SMC(CAPDL_INITIAL_SMC, 1, 2, 3, 4, 5, 6, 7), CAPDL_ERROR_TRUNCATED_MESSAGE);
    EXPECT(on(w, CAPDL_INITIAL_SMC, CAPDL_METHOD_TCB_RESUME), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(SMC(CAPDL_INITIAL_SMC, 1, 2, 3, 4, 5, 6, 7, 8), CAPDL_ERROR_NO_ERROR);
    EXPECT(w->reply.length, 8);
    EXPECT(w->reply.words[0], UINT64_MAX);
    for (unsigned i = 1; i < 8; i++) {
        EXPECT(w->reply.words[i], i + 1);
    }
    EXPECT(world_mint(w, BADGED, CAPDL_INITIAL_SMC, 0, FUNCTION), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_mint(w, BADGED + 1, badged, 0, FUNCTION), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(world_copy(w, BADGED + 1, badged, 0), CAPDL_ERROR_NO_ERROR);
    EXPECT(SMC(badged, FUNCTION + 1, 2, 3, 4, 5, 6, 7, 8), CAPDL_ERROR_ILLEGAL_OPERATION);
    EXPECT(SMC(badged, FUNCTION, 2, 3, 4, 5, 6, 7, 8), CAPDL_ERROR_NO_ERROR);
    w->k->current->regs[w->k->registers->cap] = badged; /* who does not call gets no answer */
    w->k->current->regs[w->k->registers->message[0]] = FUNCTION;
    w->k->current->regs[w->k->registers->message_info] = message_info(200, 0, 0, 8);
    kernel_syscall(w->k, profile.syscalls[CAPDL_SYSCALL_SEND]);
    EXPECT(w->k->current == w->k->initial, true);
    EXPECT(w->k->current->regs[w->k->registers->message[0]], FUNCTION);
    EXPECT(world_revoke(w, badged), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, BADGED + 1)->cap.type, CAP_NULL);
    EXPECT(world_revoke(w, CAPDL_INITIAL_SMC), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, BADGED)->cap.type, CAP_NULL);
    EXPECT(world_is_sound(w), true);
    world_free(w);
}

int main(void)
{
    test_firmware("aarch64");
    test_firmware("aarch64-mcs");
    test_io_spaces("x86_64");
    test_io_spaces("x86_64-mcs");
    test_streams("aarch64");
    test_streams("aarch64-mcs");
    return failures();
}
