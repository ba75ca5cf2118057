/* SPDX-License-Identifier: BSD-2-Clause */
#include "review/totals.h"

void system_totals_count(const struct capdl_spec *spec, struct system_totals *totals)
{
    *totals = (struct system_totals){.objects = 0};
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        totals->objects += capdl_object_kind(spec, i) != CAPDL_KIND_PROGRAM;
        totals->caps += capdl_object_caps(spec, i).count;
        if (capdl_object_kind(spec, i) == CAPDL_KIND_FRAME) {
            totals->frames++;
            totals->bytes += UINT64_C(1) << capdl_object_size_bits(spec, i);
        }
    }
}
