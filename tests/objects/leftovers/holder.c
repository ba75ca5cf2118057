/* SPDX-License-Identifier: BSD-2-Clause */
/* args[0]: where the description is; args[1]: 1 and 2 have as much as the spec says, 3 what else there is. */
#include "../invoke.h"
#include "objects.h"

enum { OWN = 4, NEW = 0x20 };

static const struct capdl_leftovers *left;

/* Each untyped gives an object (the kernel's smallest have no room for one), and what is not described is not there. */
static uint64_t usable(void)
{
    uint64_t good = 0;
    for (uint64_t i = 0; i < left->num_untypeds; i++) {
        good += left->untypeds[i].size_bits < 12 ||
                pd_retype(left->first_untyped + i, SEL4_TYPE_NOTIFICATION, 0, OWN, NEW) == 0;
        pd_cnode(OWN, SEL4_LABEL_CNODE_REVOKE, left->first_untyped + i);
    }
    good += pd_retype(left->first_untyped + left->num_untypeds, SEL4_TYPE_NOTIFICATION, 0, OWN, NEW) == 0;
    return good;
}

void pd_main(const uint64_t *args)
{
    uint64_t bytes = 0, aligned = 1, good;
    left = (const struct capdl_leftovers *)args[0];
    good = usable(); /* before anything is printed, as kernels comment on it */
    for (uint64_t i = 0; i < left->num_untypeds; i++) {
        bytes += UINT64_C(1) << left->untypeds[i].size_bits;
        aligned &= (left->untypeds[i].address & ((UINT64_C(1) << left->untypeds[i].size_bits) - 1)) == 0;
    }
    pd_print("holder %u: from slot %u, ", args[1], left->first_untyped);
    if (args[1] < 3) {
        pd_print("%u untypeds of %u MiB in all, %u pages, ", left->num_untypeds, bytes >> 20, left->num_frames);
    } else {
        pd_print("more than both: %u, pages: %u, ", (uint64_t)(bytes > 32 << 20), (uint64_t)(left->num_frames > 0));
    }
    pd_print("aligned: %u, all usable: %u\n", aligned, (uint64_t)(good == left->num_untypeds));
}
