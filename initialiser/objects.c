/* SPDX-License-Identifier: BSD-2-Clause */
#include "phases.h"
#include "retype.h"

/* Capabilities go to the slots of the step. */
static void create(unsigned source_kind, uint64_t source, const struct capdl_retype *step)
{
    struct destination to = {self.first[CAPDL_REF_SLOT] + step->cnode, WORD_BITS, step->first};
    if (step->kind != CAPDL_RETYPE_DIRECT) {
        to = slot_destination(step->slot);
    }

    self.slot = step->slot;
    retype(source_kind, source, step, &to);
}

/* Objects from the kernel's untypeds, as planned. */
static void create_planned(void)
{
    struct capdl_retype step;
    while (capdl_plan_next(&self.plan, &step)) {
        create(CAPDL_OPERAND_LITERAL, self.untyped.start + step.untyped, &step);
    }
}

/* Children of the spec's own untypeds, which exist by then. */
static void create_covers(void)
{
    struct capdl_blob_table table = capdl_blob_table(&self.blob, CAPDL_BLOB_ITEM_COVERS);
    struct capdl_blob_objects objects;
    while (capdl_blob_next_objects(&table, &objects)) {
        struct capdl_retype step = {.type = objects.type, .argument = objects.argument, .slot = objects.slot};
        for (; objects.count; objects.count -= step.count, step.slot += step.count) {
            uint64_t limit = capdl_plan_batch(&self.plan, step.slot);
            step.count = objects.count < limit ? objects.count : limit;
            create(CAPDL_REF_SLOT, objects.place, &step);
        }
    }
}

void create_objects(void)
{
    enter_phase(CAPDL_PHASE_OBJECTS);
    create_planned();
    create_covers();
}
