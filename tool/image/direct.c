/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects whose only capabilities stand in consecutive slots of a CNode: one Retype makes many of them straight into
 * these slots, where else each would be copied there from a slot of ours.
 *
 *     CNode's group | ... | its objects' group         sizes descend, so the CNode is made first
 */
#include <stdlib.h>

#include "image/program.h"

static const struct capdl_cap *caps_of(const struct program *program, const struct capdl_original_run *run)
{
    return capdl_object_caps(program->spec, run->cnode).list + run->first;
}

void direct_find(struct program *program)
{
    program->originals_in_cnodes = capdl_originals_find(program->spec, program->profile->arch);
    for (size_t i = 0; i < program->originals_in_cnodes.count; i++) {
        const struct capdl_original_run *run = &program->originals_in_cnodes.list[i];
        for (uint32_t k = 0; k < run->count; k++) {
            program->kernel_objects[caps_of(program, run)[k].object].kind = KOBJ_DIRECT;
        }
    }
}

static void add(struct program *program, const struct capdl_original_run *run)
{
    const struct capdl_cap *caps = caps_of(program, run);
    const struct kernel_object *shape = &program->kernel_objects[caps[0].object];
    struct group_list *groups = &program->groups;
    groups->list = memory_grow(groups->list, &groups->capacity, groups->count + 1, sizeof(*groups->list));
    groups->list[groups->count++] = (struct group){.parent = program->kernel_objects[run->cnode].number,
                                                   .first = caps[0].slot,
                                                   .count = run->count,
                                                   .type = shape->type,
                                                   .argument = shape->argument,
                                                   .size_bits = shape->size_bits,
                                                   .rights = (uint8_t)caps_rights(&caps[0]),
                                                   .direct = true};
    program->direct = memory_grow(program->direct, &program->capacity_direct, program->num_direct + run->count,
                                  sizeof(*program->direct));
    for (uint32_t k = 0; k < run->count; k++) {
        program->direct[program->num_direct++] = caps[k].object;
    }
}

static int compare_runs(const void *a, const void *b, void *context)
{
    const struct program *program = context;
    const struct capdl_original_run *x = *(const struct capdl_original_run *const *)a,
                                    *y = *(const struct capdl_original_run *const *)b;
    uint32_t slot = program->kernel_objects[x->cnode].number, other = program->kernel_objects[y->cnode].number;
    if (slot != other) {
        return slot < other ? -1 : 1;
    }
    return x->first < y->first ? -1 : x->first > y->first;
}

/* By the slots of their CNodes, which have theirs by now. */
void direct_order(struct program *program, unsigned size_bits)
{
    const struct capdl_originals *all = &program->originals_in_cnodes;
    const struct capdl_original_run **runs = memory_zeroed(all->count, sizeof(*runs));
    size_t count = 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct kernel_object *shape = &program->kernel_objects[caps_of(program, &all->list[i])[0].object];
        if (shape->type != CAPDL_TYPE_COUNT && shape->size_bits == size_bits) {
            runs[count++] = &all->list[i];
        }
    }
    if (count > 0) {
        qsort_r(runs, count, sizeof(*runs), compare_runs, program);
    }
    for (size_t i = 0; i < count; i++) {
        add(program, runs[i]);
    }
    free(runs);
}
