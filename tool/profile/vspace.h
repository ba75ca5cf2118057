/* SPDX-License-Identifier: BSD-2-Clause */
/* Addresses in page tables, by the shape that a kernel's profile gives address spaces. Level 0 is the root. */
#ifndef TOOL_PROFILE_VSPACE_H
#define TOOL_PROFILE_VSPACE_H

#include <capdl/blob.h>
#include <capdl/profile.h>

/* log2 of the bytes that one entry of a table of this level spans. */
static inline unsigned vspace_shift(const struct capdl_profile *profile, unsigned level)
{
    unsigned shift = CAPDL_PAGE_BITS;
    for (unsigned i = level + 1; i < profile->vspace_levels; i++) {
        shift += profile->vspace_index_bits[i];
    }
    return shift;
}

/* Which entry of a table of this level an address is in. */
static inline uint64_t vspace_index(const struct capdl_profile *profile, unsigned level, uint64_t address)
{
    return address >> vspace_shift(profile, level) & ((UINT64_C(1) << profile->vspace_index_bits[level]) - 1);
}

#endif
