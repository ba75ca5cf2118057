/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the kernel needs to boot an image: a slot of its root CNode for each page, and for what else it hands over.
 * A kernel that runs out of slots stops silently, so an image that cannot boot is refused here.
 */
#include "image/program.h"

enum {
    FIXED_SLOTS = 16,     /* enum capdl_initial_cap */
    EXTRA_BOOTINFO = 4,   /* pages of a packed device tree or of firmware tables */
    USUAL_UNTYPEDS = 100, /* x86-64 with its many small regions; boards have fewer */
    FREE_SLOTS = 8,       /* the initialiser makes its larger CSpace with these */
};

/* Page tables for an image at low addresses: one table on each level, and a last one for every 2 MiB. */
static uint64_t page_tables(const struct capdl_profile *profile, uint64_t image_bytes)
{
    return profile->vspace_levels + (image_bytes >> 21);
}

uint64_t image_root_slots(const struct capdl_profile *profile, uint64_t image_bytes)
{
    uint64_t pages = (image_bytes + CAPDL_PAGE_SIZE - 1) / CAPDL_PAGE_SIZE;
    uint64_t untypeds =
        profile->max_untypeds && profile->max_untypeds < USUAL_UNTYPEDS ? profile->max_untypeds : USUAL_UNTYPEDS;
    return FIXED_SLOTS + page_tables(profile, image_bytes) + EXTRA_BOOTINFO + (profile->mcs ? profile->max_nodes : 0) +
           pages + untypeds + FREE_SLOTS;
}
