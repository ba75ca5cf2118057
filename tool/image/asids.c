/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Address spaces get their numbers from ASID pools: those in a pool of the spec from that one, the others from the
 * pool the initial task has, and from pools of our own when that is full. ASIDs 0 and 1 are the kernel's and the
 * initial task's.
 */
#include "image/program.h"

enum { ASIDS_USED = 2 };

static uint32_t find_pools(struct program *program, uint32_t *pool_of)
{
    uint32_t pools = 0;
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        struct capdl_caps caps = capdl_object_caps(program->spec, i);
        if (capdl_object_kind(program->spec, i) != CAPDL_KIND_ASID_POOL) {
            continue;
        }
        pools++;
        if (caps.count > 1u << program->profile->asid_pool_bits) {
            program_error(program, i, "holds %u address spaces, but an ASID pool of kernel %s has room for only %u",
                          caps.count, program->profile->name, 1u << program->profile->asid_pool_bits);
        }
        for (uint32_t k = 0; k < caps.count; k++) {
            uint32_t root = caps.list[k].object;
            if (root == CAPDL_NO_OBJECT || !(program->kernel_objects[root].flags & KOBJ_ROOT)) {
                program_cap_error(program, i, &caps.list[k], "is not the root of an address space");
            } else if (pool_of[root] != CAPDL_NO_OBJECT) {
                program_cap_error(program, i, &caps.list[k], "is in two slots of an ASID pool");
            } else {
                pool_of[root] = i;
            }
        }
    }
    return pools;
}

static bool names_asid(const struct capdl_spec *spec, uint32_t o)
{
    if (capdl_object_kind(spec, o) == CAPDL_KIND_ASID_POOL && capdl_object_numbers(spec, o) &&
        capdl_object_numbers(spec, o)->has & 1u << CAPDL_NUMBER_ASID_HIGH) {
        return true;
    }
    struct capdl_caps caps = capdl_object_caps(spec, o);
    for (uint32_t i = 0; i < caps.count; i++) {
        if (caps.list[i].flags & CAPDL_CAP_HAS_ASID) {
            return true;
        }
    }
    return false;
}

/* No call takes an ASID: a pool gets the first free range, an address space the first free ASID of its pool. */
static void warn_numbers(struct program *program)
{
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (names_asid(program->spec, i)) {
            program_warning(program, CAPDL_CHECK_ASID, i,
                            "has an explicit ASID, which is ignored here and elsewhere in the spec: the kernel chooses "
                            "ASIDs, a spec can only choose the pool");
            return;
        }
    }
}

void asids_count(struct program *program)
{
    warn_numbers(program);
    uint32_t *pool_of = memory_zeroed(program->spec->num_objects, sizeof(*pool_of));
    uint32_t loose = 0;
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        pool_of[i] = CAPDL_NO_OBJECT;
    }
    uint32_t pools = find_pools(program, pool_of);
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        loose += program->kernel_objects[i].flags & KOBJ_ROOT && pool_of[i] == CAPDL_NO_OBJECT;
    }
    uint32_t size = 1u << program->profile->asid_pool_bits, most = 1u << program->profile->num_asid_pool_bits;
    if (loose > size - ASIDS_USED) {
        program->num_own_pools = (loose - (size - ASIDS_USED) + size - 1) / size;
    }
    if (1 + pools + program->num_own_pools > most) {
        program_error(
            program, CAPDL_NO_OBJECT,
            "has %u address spaces and needs %u ASID pools, the kernel's first one included, but kernel %s has "
            "only %u, for %u address spaces each",
            program->num_roots, 1 + pools + program->num_own_pools, program->profile->name, most, size);
    }
    program->pool_of = pool_of;
}

static void make_pool(struct program *program, uint32_t object, uint64_t untyped, uint64_t slot)
{
    CALL(program, DERIVE, ASID_CONTROL_MAKE_POOL, object, operand_initial(CAPDL_INITIAL_ASID_CONTROL),
         operand_slot(untyped), operand_initial(CAPDL_INITIAL_CNODE), operand_slot(slot), operand_depth(program));
}

static void assign(struct program *program, struct operand pool, uint32_t root)
{
    program->kernel_objects[root].flags |= KOBJ_MAPPED;
    CALL(program, ASIDS, ASID_POOL_ASSIGN, root, pool, operand_object(program, root));
}

static bool is_root(const struct program *program, size_t slot)
{
    return program->objects[slot] != CAPDL_NO_OBJECT &&
           program->kernel_objects[program->objects[slot]].flags & KOBJ_ROOT;
}

/* A pool of the spec assigns its ASIDs in the order of its slots. */
static void assign_pools(struct program *program)
{
    for (size_t slot = 0; slot < program->num_objects; slot++) {
        uint32_t object = program->objects[slot];
        if (object == CAPDL_NO_OBJECT || capdl_object_kind(program->spec, object) != CAPDL_KIND_ASID_POOL) {
            continue;
        }
        uint64_t pool = calls_derive(program, object);
        program->kernel_objects[object].derived = (uint32_t)pool;
        make_pool(program, object, slot, pool);
        struct capdl_caps caps = capdl_object_caps(program->spec, object);
        for (uint32_t k = 0; k < caps.count; k++) {
            if (caps.list[k].object != CAPDL_NO_OBJECT && program->pool_of[caps.list[k].object] == object) {
                assign(program, operand_slot(pool), caps.list[k].object);
            }
        }
    }
}

static size_t next_own_pool(const struct program *program, size_t slot)
{
    while (slot < program->num_objects && program->objects[slot] != CAPDL_NO_OBJECT) {
        slot++;
    }
    return slot;
}

void asids_assign(struct program *program)
{
    struct operand pool = operand_initial(CAPDL_INITIAL_ASID_POOL);
    uint32_t size = 1u << program->profile->asid_pool_bits, left = size - ASIDS_USED;
    size_t untyped = 0; /* our own pools are the first slots without an object */
    assign_pools(program);
    for (size_t slot = 0; slot < program->num_objects; slot++) {
        if (!is_root(program, slot) || program->pool_of[program->objects[slot]] != CAPDL_NO_OBJECT) {
            continue;
        }
        if (left == 0) {
            untyped = next_own_pool(program, untyped);
            pool = operand_slot(calls_derive(program, CAPDL_NO_OBJECT));
            make_pool(program, program->objects[slot], untyped++, pool.value);
            left = size;
        }
        assign(program, pool, program->objects[slot]);
        left--;
    }
}
