/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"

/* With smaller words the entries of the kernel's list are too small for the planner's state: it would need a copy. */
_Static_assert(sizeof(struct capdl_untyped) == 2 * sizeof(word), "the planner's state fits into seL4_UntypedDesc");

void plan_memory(void)
{
    const int64_t offset = self.blob.boot[CAPDL_BOOT_UNTYPED_OFFSET] + (int64_t)sizeof(struct slot_region);
    struct capdl_plan_request request = {
        .blob = &self.blob,
        .untypeds = (struct capdl_untyped *)((uintptr_t)self.bootinfo + (uintptr_t)offset),
        .num_untypeds = self.untyped.end - self.untyped.start,
        .scratch = (void *)(uintptr_t)header.scratch_start,
        .empty_slots = self.bootinfo->empty.end - self.bootinfo->empty.start,
    };
    uint64_t scratch = capdl_plan_scratch_size(self.blob.counts[CAPDL_BLOB_ITEM_GROUPS]);

    enter_phase(CAPDL_PHASE_PLAN);
    if (header.scratch_size < scratch) {
        die("scratch of % bytes, not %", header.scratch_size, scratch);
    }
    if (!capdl_plan_make(&self.plan, &request)) {
        die_plan(&self.plan.failure);
    }
}
