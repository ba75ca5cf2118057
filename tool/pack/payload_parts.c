/* SPDX-License-Identifier: BSD-2-Clause */
/* Where the parts of the payload are in it, and how much memory it takes. */
#include "payload_parts.h"

#include <capdl/blob.h>

static uint64_t unit(uint64_t size)
{
    return (size + CAPDL_PAYLOAD_UNIT - 1) & ~(uint64_t)(CAPDL_PAYLOAD_UNIT - 1);
}

struct parts payload_parts(const struct plan *plan)
{
    struct parts parts;
    parts.regions = unit(sizeof(struct capdl_payload));
    parts.memory = unit(parts.regions + plan->num_regions * sizeof(*plan->regions));
    parts.externals =
        unit(parts.memory + plan->profile->num_memory * sizeof(struct capdl_payload_span) + plan->kept.size);
    parts.tree = unit(parts.externals + plan->options->num_externals * sizeof(struct capdl_payload_external));
    parts.stored = unit(parts.tree + plan->tree_size);
    parts.end = unit(parts.stored + plan->stored.size);
    return parts;
}

uint64_t payload_memory_size(const struct plan *plan)
{
    const struct load *loader = &plan->loader.list[0];
    uint64_t stored = (loader->file_size + payload_parts(plan).end + CAPDL_PAGE_SIZE - 1) & -(uint64_t)CAPDL_PAGE_SIZE;
    return stored + (loader->memory_size - loader->file_size);
}
