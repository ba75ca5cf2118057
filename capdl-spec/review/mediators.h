/* SPDX-License-Identifier: BSD-2-Clause */
/* Who no longer stands between whom. */
#ifndef CAPDL_REVIEW_MEDIATORS_H
#define CAPDL_REVIEW_MEDIATORS_H

#include "flow_findings.h"

/* Who no longer stands between those next to the new links of one edit. */
void capdl_flows_judge_mediators(struct flows *, uint32_t cause, const struct nodes *senders,
                                 const struct nodes *receivers);
/* Who else no longer stands between those farther away; after all edits. */
void capdl_flows_judge_far(struct flows *, const struct new_link *, size_t count);

#endif
