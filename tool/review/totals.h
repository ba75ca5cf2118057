/* SPDX-License-Identifier: BSD-2-Clause */
/* What `capdl diff` and `capdl report` count of a system. */
#ifndef TOOL_REVIEW_TOTALS_H
#define TOOL_REVIEW_TOTALS_H

#include <capdl/spec.h>

struct system_totals {
    uint64_t objects; /* without PDs, which are their objects */
    uint64_t caps, frames;
    uint64_t bytes; /* of frames */
};

void system_totals_count(const struct capdl_spec *, struct system_totals *);

#endif
