/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel.h"
#include "retype.h"

/* Objects from the kernel's untypeds, as planned. */
static void create_planned(void)
{
    struct capdl_retype step;

    while (capdl_plan_next(&self.plan, &step)) {
        self.slot = step.slot;
        retype(CAPDL_OPERAND_LITERAL, self.untyped.start + step.untyped, (struct product){ step.type, step.argument, step.count },
               slot_destination(step.slot));
    }
}

/* As many of these objects as one call can make. */
static uint64_t batch(const struct capdl_blob_objects *objects)
{
    const uint64_t fan_out = (uint64_t)self.blob.boot[CAPDL_BOOT_FAN_OUT];
    const uint64_t leaf = CAPDL_LEAF_SLOTS - objects->slot % CAPDL_LEAF_SLOTS;
    uint64_t count = objects->count < fan_out ? objects->count : fan_out;

    return self.plan.num_leaves && leaf < count ? leaf : count;
}

/* Children of the spec's own untypeds, which exist by then. */
static void create_covers(void)
{
    struct capdl_blob_table table = capdl_blob_table(&self.blob, CAPDL_BLOB_ITEM_COVERS);
    struct capdl_blob_objects objects;

    while (capdl_blob_next_objects(&table, &objects)) {
        while (objects.count) {
            uint64_t count = batch(&objects);
            self.slot = objects.slot;
            retype(CAPDL_REF_SLOT, objects.place, (struct product){ objects.type, objects.argument, count },
                   slot_destination(objects.slot));
            objects.slot += count;
            objects.count -= count;
        }
    }
}

void create_objects(void)
{
    enter_phase(CAPDL_PHASE_OBJECTS);
    create_planned();
    create_covers();
}
