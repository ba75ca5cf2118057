/* SPDX-License-Identifier: BSD-2-Clause */
/* How much of the time the schedule gives to a domain. */
#include "domain_share.h"

/*
 * A domain's time in a round of the schedule: from the entry with which it starts up to the end marker, where the
 * kernel goes back to that entry (nextDomain of seL4 15). False if durations have different units.
 */
bool capdl_review_domain_share(const struct capdl_domains *domains, uint64_t domain, uint64_t *own, uint64_t *round)
{
    uint64_t start = domains->start_kind == CAPDL_DOMAIN_START_INDEX ? domains->start_index : 0;
    *own = *round = 0;
    for (uint64_t i = start; i < domains->num_schedule && !domains->schedule[i].end_marker; i++) {
        const struct capdl_domain_entry *entry = &domains->schedule[i];
        if (entry->unit != domains->schedule[0].unit || entry->duration > UINT64_MAX / 1024 / 256) {
            return false;
        }
        *round += entry->duration;
        *own += entry->domain == domain ? entry->duration : 0;
    }
    return *round != 0;
}

double capdl_review_domain_percent(const struct capdl_spec *spec, uint64_t domain)
{
    uint64_t own, round;
    return capdl_review_domain_share(&spec->domains, domain, &own, &round) ? 100.0 * (double)own / (double)round : 100;
}
