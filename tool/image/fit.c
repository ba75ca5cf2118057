/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether the objects can fit the kernel's memory at all: the initialiser's own planner, run on the memory map of the
 * kernel's platform. What firmware, loader and the image itself will take is not known here, so a plan that fails
 * with all of the memory is a proof, and one that succeeds is not.
 */
#include <stdlib.h>

#include "blob/plan.h"
#include "image/program.h"

struct untyped_list {
    struct capdl_untyped *list;
    size_t count, capacity;
    unsigned max_bits;
};

/* Adds the powers of two that make up a region, as the kernel does. */
static void add_region(struct untyped_list *untypeds, uint64_t start, uint64_t end, bool is_device)
{
    while (end > start && end - start >= 16) {
        unsigned bits = start ? (unsigned)__builtin_ctzll(start) : untypeds->max_bits;
        bits = bits < untypeds->max_bits ? bits : untypeds->max_bits;
        while (UINT64_C(1) << bits > end - start) {
            bits--;
        }
        untypeds->list =
            memory_grow(untypeds->list, &untypeds->capacity, untypeds->count + 1, sizeof *untypeds->list);
        untypeds->list[untypeds->count++] =
            (struct capdl_untyped){.address = start, .size_bits = bits & 63, .is_device = is_device};
        start += UINT64_C(1) << bits;
    }
}

/* RAM but for the kernel's own; everything else is device memory. */
static void add_all(struct untyped_list *untypeds, const struct capdl_profile *profile)
{
    uint64_t next = 0, top = UINT64_C(1) << (profile->pa_bits ? profile->pa_bits : 47);
    for (size_t i = 0; i < profile->num_memory; i++) {
        const struct capdl_region *ram = &profile->memory[i], *kernel = &profile->kernel;
        add_region(untypeds, next, ram->start, true);
        if (kernel->end > kernel->start && kernel->start >= ram->start && kernel->end <= ram->end) {
            add_region(untypeds, ram->start, kernel->start, false);
            add_region(untypeds, (kernel->end + CAPDL_PAGE_SIZE - 1) & ~(uint64_t)(CAPDL_PAGE_SIZE - 1), ram->end,
                       false);
        } else {
            add_region(untypeds, ram->start, ram->end, false);
        }
        next = ram->end;
    }
    add_region(untypeds, next, top, true);
}

static void refuse(struct program *program, const struct capdl_plan_failure *failure)
{
    const struct capdl_profile *profile = program->profile;
    uint32_t object = failure->slot < program->num_objects ? program->objects[failure->slot] : CAPDL_NO_OBJECT;
    switch (failure->status) {
    case CAPDL_PLAN_NO_MEMORY:
        program_error(
            program, object,
            "does not fit: objects of 0x%llx bytes and larger need 0x%llx bytes more than the RAM of kernel %s has",
            1ULL << failure->size_bits, (unsigned long long)failure->missing, profile->name);
        break;
    case CAPDL_PLAN_NO_ADDRESS:
        program_error(program, object,
                      "cannot lie at 0x%llx: kernel %s has no free memory of 0x%llx bytes there (the kernel itself "
                      "is at 0x%llx "
                      "to 0x%llx)",
                      (unsigned long long)failure->address, profile->name, 1ULL << failure->size_bits,
                      (unsigned long long)profile->kernel.start, (unsigned long long)profile->kernel.end);
        break;
    default:
        program_error(program, object, "needs more slots than the root CNode of kernel %s can lead to",
                      profile->name);
        break;
    }
}

bool fit_check(struct program *program, const uint8_t *bytes, size_t size)
{
    struct capdl_blob *blob = memory_zeroed(1, sizeof *blob);
    struct capdl_blob_error error;
    struct untyped_list untypeds = {.max_bits = program->profile->max_untyped_bits};
    bool fits = true;
    if (program->profile->num_memory > 0 && capdl_blob_open(blob, bytes, size, &error)) {
        struct capdl_plan plan = {0};
        void *scratch = memory_zeroed(capdl_plan_scratch_size(program->groups.count), 1);
        add_all(&untypeds, program->profile);
        struct capdl_plan_request request = {.blob = blob,
                                             .untypeds = untypeds.list,
                                             .num_untypeds = untypeds.count,
                                             .scratch = scratch,
                                             .empty_slots = UINT64_C(1) << program->profile->root_cnode_bits};
        fits = capdl_plan_make(&plan, &request);
        if (!fits) {
            refuse(program, &plan.failure);
        }
        free(scratch);
        free(untypeds.list);
    }
    free(blob);
    return fits;
}
