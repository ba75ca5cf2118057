/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The order of objects, which decides their slots: first what may be anywhere, large before small, equal ones
 * together, those without slots after others of their size; then what has a physical address, by address; then what is
 * in untypeds of the spec, parents before children. Among equals the order is that of the spec, so that regular specs
 * give regular slots.
 */
#include <stdlib.h>

#include "image/groups.h"

enum { MAX_SIZE_BITS = 64 };

/* Puts the object, or all untypeds of a leftover, into consecutive slots. Its place is the first of them. */
static void order_all(struct program *program, struct group_list *groups, uint32_t object, uint64_t address)
{
    uint32_t first = (uint32_t)program->num_objects;
    uint64_t pieces = leftovers_pieces(program, object);
    for (uint64_t i = 0; i < pieces; i++) {
        order_place(program, groups, object, &program->kernel_objects[object],
                    address ? address + (i << program->kernel_objects[object].size_bits) : 0, 0);
    }
    program->kernel_objects[object].number = first;
}

static bool is_placed(const struct program *program, uint32_t object)
{
    return program->kernel_objects[object].type != CAPDL_TYPE_COUNT &&
           program->kernel_objects[object].kind != KOBJ_PAGE && program->kernel_objects[object].kind != KOBJ_DIRECT &&
           capdl_object_parent(program->spec, object) == CAPDL_NO_OBJECT &&
           !(capdl_object_flags(program->spec, object) & CAPDL_OBJECT_CONTIGUOUS);
}

static bool has_address(const struct program *program, uint32_t object)
{
    return capdl_object_flags(program->spec, object) & CAPDL_OBJECT_HAS_PADDR;
}

/* ASID pools beyond those of the spec, for the address spaces that the initial pool has no room for. */
static void own_pools(struct program *program)
{
    struct kernel_object shape = {
        .type = CAPDL_TYPE_UNTYPED, .argument = CAPDL_PAGE_BITS, .size_bits = CAPDL_PAGE_BITS};
    for (uint32_t i = 0; i < program->num_own_pools; i++) {
        order_place(program, &program->groups, CAPDL_NO_OBJECT, &shape, 0, 0);
    }
}

/* Sorts by counting: place in the order = size descending, then type. */
static void order_anywhere(struct program *program)
{
    enum { BUCKETS = MAX_SIZE_BITS * CAPDL_TYPE_COUNT };
    uint32_t num_objects = program->spec->num_objects;
    size_t *start = memory_zeroed(BUCKETS + 1, sizeof(*start));
    uint32_t *sorted = memory_zeroed(num_objects, sizeof(*sorted));
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < num_objects; i++) {
            if (!is_placed(program, i) || has_address(program, i)) {
                continue;
            }
            const struct kernel_object *kobj = &program->kernel_objects[i];
            size_t bucket = (size_t)(MAX_SIZE_BITS - 1 - kobj->size_bits) * CAPDL_TYPE_COUNT + kobj->type;
            if (pass == 0) {
                start[bucket + 1]++;
            } else {
                sorted[start[bucket]++] = i;
            }
        }
        for (size_t b = 0; pass == 0 && b < BUCKETS; b++) {
            start[b + 1] += start[b];
        }
    }
    size_t at = 0;
    for (size_t b = 0; b < BUCKETS; b++) {
        for (; at < start[b]; at++) {
            order_all(program, &program->groups, sorted[at], 0);
        }
        if (b % CAPDL_TYPE_COUNT == CAPDL_TYPE_UNTYPED) {
            contiguous_parents(program, (unsigned)(MAX_SIZE_BITS - 1 - b / CAPDL_TYPE_COUNT));
        }
        if (b == (MAX_SIZE_BITS - 1 - CAPDL_PAGE_BITS) * CAPDL_TYPE_COUNT + CAPDL_TYPE_UNTYPED) {
            own_pools(program);
        }
        if (b % CAPDL_TYPE_COUNT == CAPDL_TYPE_COUNT - 1) {
            direct_order(program, (unsigned)(MAX_SIZE_BITS - 1 - b / CAPDL_TYPE_COUNT));
        }
    }
    free(start);
    free(sorted);
}

static int compare_address(const void *a, const void *b, void *context)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    uint64_t at = capdl_object_paddr(context, x), other = capdl_object_paddr(context, y);
    if (at != other) {
        return at < other ? -1 : 1;
    }
    return x < y ? -1 : 1;
}

static bool address_good(struct program *program, uint32_t object)
{
    uint64_t address = capdl_object_paddr(program->spec, object);
    unsigned bits = program->kernel_objects[object].size_bits;
    unsigned pa_bits = program->profile->pa_bits;
    if (address & ((UINT64_C(1) << bits) - 1)) {
        program_error(program, object, "is at 0x%llx, which is not a multiple of its size 0x%llx",
                      (unsigned long long)address, 1ULL << bits);
        return false;
    }
    if (pa_bits && pa_bits < 64 && (address >> pa_bits || (address + (UINT64_C(1) << bits) - 1) >> pa_bits)) {
        program_error(program, object, "is at 0x%llx, beyond the %u-bit physical addresses of kernel %s",
                      (unsigned long long)address, pa_bits, program->profile->name);
        return false;
    }
    return true;
}

static void refuse_overlap(struct program *program, uint32_t first, uint32_t second)
{
    char label[256];
    program_error(program, second, "at 0x%llx overlaps '%s', which ends at 0x%llx",
                  (unsigned long long)capdl_object_paddr(program->spec, second),
                  capdl_object_label(program->spec, first, label, sizeof(label)),
                  (unsigned long long)(capdl_object_paddr(program->spec, first) +
                                       (leftovers_pieces(program, first) << program->kernel_objects[first].size_bits)));
}

static void order_fixed(struct program *program)
{
    uint32_t *sorted = memory_zeroed(program->spec->num_objects, sizeof(*sorted));
    size_t count = 0;
    for (uint32_t i = 0; i < program->spec->num_objects; i++) {
        if (is_placed(program, i) && has_address(program, i) && address_good(program, i)) {
            sorted[count++] = i;
        }
    }
    qsort_r(sorted, count, sizeof(*sorted), compare_address, (void *)(uintptr_t)program->spec);
    for (size_t i = 0; i < count; i++) {
        uint64_t address = capdl_object_paddr(program->spec, sorted[i]);
        if (i > 0) {
            uint32_t last = sorted[i - 1];
            if (address - capdl_object_paddr(program->spec, last) < leftovers_pieces(program, last)
                                                                        << program->kernel_objects[last].size_bits) {
                refuse_overlap(program, last, sorted[i]);
            }
        }
        order_all(program, &program->fixed, sorted[i], address);
    }
    free(sorted);
}

void order_objects(struct program *program)
{
    contiguous_find(program);
    order_anywhere(program);
    order_fixed(program);
    contiguous_cover(program);
    cover_objects(program);
}
