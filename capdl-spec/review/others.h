/* SPDX-License-Identifier: BSD-2-Clause */
/* Who else reaches an object, and with which badge. */
#ifndef CAPDL_REVIEW_OTHERS_H
#define CAPDL_REVIEW_OTHERS_H

#include "comparison.h"

#define REVIEW_NOBODY "nobody else reaches it" /* a frame */

/* "; x has that badge, too ...; nobody has badge 0x2 any more; y receives there": of a badge that was another one. To
   be freed. */
char *capdl_review_badge_change(struct review *, const uint32_t *subjects, size_t count, const struct capdl_cap *,
                                uint64_t before);
/* Who else sends with the badge of a capability, other than the subjects. To be freed. */
uint32_t *capdl_review_badge_sharers(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                                     const struct capdl_cap *, size_t *num);
/* "; x has that badge, too ...": whose badge it is or was. To be freed. */
char *capdl_review_badge_clause(struct review *, const uint32_t *subjects, size_t count, const struct capdl_cap *);
/* Who holds the object, without the subjects: "sup and log", or "". To be freed. */
char *capdl_review_other_holders(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                                 uint32_t object, size_t *num);
/* Whether an address space begins at the table: pages are mapped through its capability only. */
bool capdl_review_is_root(const struct world *, uint32_t table);
/* The subject whose thread runs on a virtual CPU, or REVIEW_NONE. */
uint32_t capdl_review_guest_of(const struct world *, uint32_t vcpu);
/* Per subject, whether it can answer calls. On MCS kernels, which scheduling contexts or reply objects show, that takes
   a reply object, or what one can come by one with. To be freed. */
bool *capdl_review_answerers(const struct world *);
/* Whether a notification is bound to a thread of somebody else: then only that can wait for its signals. */
bool capdl_review_bound_to_other(const struct world *, const uint32_t *subjects, size_t count, uint32_t notification);
/* Whether all who have an object, but the subjects, had it in the old system, with no fewer rights. */
bool capdl_review_had_before(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                             uint32_t object);
/* Who signals or sends to an endpoint or notification, and who receives from it, but one: "nobody" if no one does. To
   be freed. */
char *capdl_review_senders(struct review *, const struct world *, uint32_t object);
char *capdl_review_receivers(struct review *, const struct world *, uint32_t object, uint32_t but);
/* Who else reaches an object, as the end of a sentence. To be freed. */
char *capdl_review_others(struct review *, const struct world *, const uint32_t *subjects, size_t count,
                          uint32_t object);

#endif
