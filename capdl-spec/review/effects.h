/* SPDX-License-Identifier: BSD-2-Clause */
/* What a capability lets one do, in words. */
#ifndef CAPDL_REVIEW_EFFECTS_H
#define CAPDL_REVIEW_EFFECTS_H

#include "comparison.h"

/* "call \1 (WP, badge 0x1), which server serves": what a capability lets one do. To be freed. */
char *capdl_review_deed(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                        const struct capdl_cap *);
/* Who has the same capability to what the kernel has from the start, other than the subjects; to be freed. */
char *capdl_review_control_holders(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                                   const struct capdl_cap *, size_t *num);
/* Who else has an endpoint or notification, of several subjects that have it alike. To be freed. */
char *capdl_review_message_note(struct review *, const uint32_t *subjects, size_t count, const struct capdl_cap *);

#endif
