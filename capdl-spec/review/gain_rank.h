/* SPDX-License-Identifier: BSD-2-Clause */
/* How grave it is that somebody has a capability. */
#ifndef CAPDL_REVIEW_GAIN_RANK_H
#define CAPDL_REVIEW_GAIN_RANK_H

#include "comparison.h"

/* How grave it is that the subjects have this capability of the new system; NULL rank: see below. */
enum capdl_rank capdl_review_gain_rank(struct review *, const uint32_t *subjects, size_t count,
                                       const struct capdl_cap *);
/* The same of receiving from an endpoint or notification of the new system. */
enum capdl_rank capdl_review_receive_rank(struct review *, const uint32_t *subjects, size_t count, uint32_t object);
/* Whether a subject has a capability of the kind and data of `cap`, which leads to no object. */
bool capdl_review_has_control(const struct world *, uint32_t subject, const struct capdl_cap *cap);
/* Rights, and those that they include: G lets its holder be answered, as P does. */
uint8_t capdl_review_allows(uint8_t kind, uint8_t rights);
/* A capability in a CNode that a subject names, to an object of the same system, with which it can do all that `want`
   lets it, whatever a CNode's guard; the next one after `after` if that is given. Or NULL. */
const struct capdl_cap *capdl_review_holds(const struct world *, uint32_t who, uint32_t object,
                                           const struct plain_cap *want, const struct capdl_cap *after);
/* Rights a subject has by `new` and had by no capability of the old system. `together`: it had each of them, but not by
   one capability. */
uint8_t capdl_review_gained(struct review *, uint32_t subject, const struct capdl_cap *, bool *together);
enum capdl_rank capdl_review_memory_rank(struct review *, const uint32_t *subjects, size_t count, uint32_t frame,
                                         uint8_t gained, uint8_t now);

#endif
