/* SPDX-License-Identifier: BSD-2-Clause */
/* Rules of untyped memory (src/object/untyped.c of seL4), on every architecture. */
#include "world.h"

enum { A, B, C, UT, SECOND, CHILD, MANY };

static void watermark_grows_and_aligns(struct world *w)
{
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_UNTYPED, 16, UT, 1), CAPDL_ERROR_NO_ERROR);
    uint64_t ut = slot_at(w, UT), base = slot_of(w, UT)->cap.paddr;
    EXPECT(world_retype(w, ut, CAPDL_TYPE_ENDPOINT, 0, A, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, UT)->cap.data, UINT64_C(1) << w->k->profile->size_bits[CAPDL_TYPE_ENDPOINT]);
    /* from small to large the free address is rounded up to the object's size: invokeUntyped_Retype */
    EXPECT(world_retype(w, ut, CAPDL_TYPE_FRAME_4K, 0, B, 2), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, B)->cap.paddr - base, 0x1000);
    EXPECT(slot_of(w, C)->cap.paddr - base, 0x2000);
    EXPECT(slot_of(w, UT)->cap.data, 0x3000);
    /* what is free is counted before rounding */
    EXPECT(world_retype(w, ut, CAPDL_TYPE_FRAME_4K, 0, MANY, 14), CAPDL_ERROR_NOT_ENOUGH_MEMORY);
    EXPECT(w->reply.words[0], 0x10000 - 0x3000);
}

static void watermark_resets_with_the_last_child(struct world *w)
{
    uint64_t ut = slot_at(w, UT);
    world_delete(w, slot_at(w, A));
    world_delete(w, slot_at(w, B));
    EXPECT(world_copy(w, SECOND, ut, CAPDL_RIGHTS_ALL), CAPDL_ERROR_REVOKE_FIRST);
    world_delete(w, slot_at(w, C));
    EXPECT(slot_of(w, UT)->cap.data, 0x3000); /* nothing happens before the next Retype */
    EXPECT(world_retype(w, ut, CAPDL_TYPE_FRAME_4K, 0, A, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, A)->cap.paddr, slot_of(w, UT)->cap.paddr);
}

static void memory_is_cleared_once(struct world *w)
{
    uint64_t paddr = slot_of(w, A)->cap.paddr;
    uint8_t *byte = memory_at(&w->k->memory, paddr, NULL);
    *byte = 42;
    EXPECT(world_retype(w, slot_at(w, UT), CAPDL_TYPE_ENDPOINT, 0, B, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(*byte, 42); /* with children left there is no reset */
    world_revoke(w, slot_at(w, UT));
    EXPECT(world_retype(w, slot_at(w, UT), CAPDL_TYPE_FRAME_4K, 0, A, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(*byte, 0);
}

/* cteInsert, setUntypedCapAsFull: of two capabilities to the same untyped the first cannot hand the memory out again.
 */
static void copies_are_children(struct world *w)
{
    world_revoke(w, slot_at(w, UT));
    EXPECT(world_copy(w, SECOND, slot_at(w, UT), CAPDL_RIGHTS_ALL), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_retype(w, slot_at(w, UT), CAPDL_TYPE_ENDPOINT, 0, A, 1), CAPDL_ERROR_NOT_ENOUGH_MEMORY);
    EXPECT(w->reply.words[0], 0);
    EXPECT(world_retype(w, slot_at(w, SECOND), CAPDL_TYPE_ENDPOINT, 0, A, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(world_revoke(w, slot_at(w, UT)), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, SECOND)->cap.type, CAP_NULL);
    EXPECT(slot_of(w, A)->cap.type, CAP_NULL);
}

/* The order of the checks: type, size, destination, window, occupied slots, memory, device. */
static void first_mistake_counts(struct world *w)
{
    const uint16_t *types = w->k->profile->types;
    uint64_t root = CAPDL_INITIAL_CNODE, beyond = UINT64_C(1) << w->k->profile->root_cnode_bits;
    EXPECT(world_call(w, w->device, CAPDL_METHOD_UNTYPED_RETYPE, WORDS(999, 99, 0, 65, beyond, 0), WORDS(root)),
           CAPDL_ERROR_INVALID_ARGUMENT);
    EXPECT(world_call(w, w->device, CAPDL_METHOD_UNTYPED_RETYPE, WORDS(types[CAPDL_TYPE_CNODE], 99, 0, 65, beyond, 0),
                      WORDS(root)),
           CAPDL_ERROR_RANGE_ERROR);
    EXPECT(world_call(w, w->device, CAPDL_METHOD_UNTYPED_RETYPE, WORDS(types[CAPDL_TYPE_CNODE], 0, 0, 65, beyond, 0),
                      WORDS(root)),
           CAPDL_ERROR_INVALID_ARGUMENT);
    EXPECT(world_call(w, w->device, CAPDL_METHOD_UNTYPED_RETYPE, WORDS(types[CAPDL_TYPE_TCB], 0, 0, 65, beyond, 0),
                      WORDS(root)),
           CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], 64);
    EXPECT(world_call(w, w->device, CAPDL_METHOD_UNTYPED_RETYPE, WORDS(types[CAPDL_TYPE_TCB], 0, 0, 0, beyond, 0),
                      WORDS(root)),
           CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], beyond - 1);
    EXPECT(world_call(w, w->device, CAPDL_METHOD_UNTYPED_RETYPE, WORDS(types[CAPDL_TYPE_TCB], 0, 0, 0, 1, 257),
                      WORDS(root)),
           CAPDL_ERROR_RANGE_ERROR);
    EXPECT(w->reply.words[1], w->k->profile->fan_out);
    EXPECT(
        world_call(w, w->device, CAPDL_METHOD_UNTYPED_RETYPE, WORDS(types[CAPDL_TYPE_TCB], 0, 0, 0, 1, 1), WORDS(root)),
        CAPDL_ERROR_DELETE_FIRST);
    EXPECT(world_retype(w, w->device, CAPDL_TYPE_CNODE, 40, CHILD, 1),
           w->k->profile->max_untyped_bits < 45 ? CAPDL_ERROR_RANGE_ERROR : CAPDL_ERROR_NOT_ENOUGH_MEMORY);
    EXPECT(world_retype(w, w->device, CAPDL_TYPE_ENDPOINT, 0, CHILD, 1), CAPDL_ERROR_INVALID_ARGUMENT);
    EXPECT(world_retype(w, w->device, CAPDL_TYPE_FRAME_4K, 0, CHILD, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, CHILD)->cap.flags & CAP_FLAG_DEVICE, CAP_FLAG_DEVICE);
}

/* src/object/objecttype.c, createObject: what a new capability may do. */
static void new_capabilities_have_all_rights(struct world *w)
{
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_ENDPOINT, 0, A, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, A)->cap.rights, CAPDL_RIGHTS_ALL);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_NOTIFICATION, 0, B, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, B)->cap.rights, CAPDL_RIGHT_READ | CAPDL_RIGHT_WRITE);
    EXPECT(world_retype(w, w->untyped, CAPDL_TYPE_FRAME_4K, 0, C, 1), CAPDL_ERROR_NO_ERROR);
    EXPECT(slot_of(w, C)->cap.rights, VM_READ_WRITE);
}

int main(void)
{
    static const char *const profiles[] = {"aarch64",        "aarch64-mcs", "riscv64",
                                           "riscv64-mcs-12", "x86_64-12",   "x86_64-mcs"};
    for (unsigned i = 0; i < sizeof(profiles) / sizeof(profiles[0]); i++) {
        struct world *w = world_new(profiles[i]);
        watermark_grows_and_aligns(w);
        watermark_resets_with_the_last_child(w);
        memory_is_cleared_once(w);
        copies_are_children(w);
        first_mistake_counts(w);
        new_capabilities_have_all_rights(w);
        EXPECT(world_is_sound(w), true);
        world_free(w);
    }
    return failures();
}
