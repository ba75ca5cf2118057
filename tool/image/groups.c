/* SPDX-License-Identifier: BSD-2-Clause */
/* Groups: alike objects in consecutive slots. */
#include "image/groups.h"

static struct group *group_for(struct group_list *groups, const struct kernel_object *shape, uint64_t address,
                               uint64_t parent)
{
    struct group *last = groups->count ? &groups->list[groups->count - 1] : NULL;
    if (last && !last->direct && last->type == shape->type && last->argument == shape->argument &&
        last->size_bits == shape->size_bits && last->parent == parent &&
        (!address || last->address + (last->count << last->size_bits) == address)) {
        return last;
    }
    groups->list = memory_grow(groups->list, &groups->capacity, groups->count + 1, sizeof(*groups->list));
    last = &groups->list[groups->count++];
    *last = (struct group){.address = address,
                           .parent = parent,
                           .type = shape->type,
                           .argument = shape->argument,
                           .size_bits = shape->size_bits};
    return last;
}

void order_place(struct program *program, struct group_list *groups, uint32_t object, const struct kernel_object *shape,
                 uint64_t address, uint64_t parent)
{
    group_for(groups, shape, address, parent)->count++;
    if (object != CAPDL_NO_OBJECT) {
        program->kernel_objects[object].kind = KOBJ_SLOT;
        program->kernel_objects[object].number = (uint32_t)program->num_objects;
    }
    program->objects =
        memory_grow(program->objects, &program->capacity_objects, program->num_objects + 1, sizeof(*program->objects));
    program->objects[program->num_objects++] = object;
}
