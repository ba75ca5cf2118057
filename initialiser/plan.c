/* SPDX-License-Identifier: BSD-2-Clause */
#include "message.h"
#include "phases.h"

/* The planner keeps its state in what the kernel pads. Where that is less, with narrower words, it has a copy. */
static struct capdl_untyped *plan_list(struct untyped_desc *list, uint64_t count)
{
    static struct capdl_untyped copy[CAPDL_PAGE_SIZE / sizeof(*list)];
    if (sizeof(*list) == sizeof(*copy)) {
        return (struct capdl_untyped *)(void *)list;
    }
    for (uint64_t i = 0; i < count; i++) {
        copy[i] = (struct capdl_untyped){
            .address = list[i].address, .size_bits = list[i].size_bits, .is_device = list[i].is_device};
    }
    return copy;
}

void plan_memory(void)
{
    const int64_t offset = self.blob.boot[CAPDL_BOOT_UNTYPED_OFFSET] + (int64_t)sizeof(struct slot_region);
    const uint64_t count = self.untyped.end - self.untyped.start;
    struct capdl_plan_request request = {
        .blob = &self.blob,
        .untypeds = plan_list((struct untyped_desc *)((uintptr_t)self.bootinfo + (uintptr_t)offset), count),
        .num_untypeds = count,
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
