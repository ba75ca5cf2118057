/* SPDX-License-Identifier: BSD-2-Clause */
/* How much of the time the schedule gives to a domain. */
#ifndef CAPDL_REVIEW_DOMAIN_SHARE_H
#define CAPDL_REVIEW_DOMAIN_SHARE_H

#include "comparison.h"

/* Of the time that the schedule gives to a domain; 100 without one. */
double capdl_review_domain_percent(const struct capdl_spec *, uint64_t domain);
/* A domain's time in a round of the schedule, and the round; false if the schedule has none, or durations have
 * different units. */
bool capdl_review_domain_share(const struct capdl_domains *, uint64_t domain, uint64_t *own, uint64_t *round);

#endif
