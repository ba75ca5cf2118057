/* SPDX-License-Identifier: BSD-2-Clause */
/* What who gains a page can do to those who have it. */
#ifndef CAPDL_REVIEW_FRAME_POWER_H
#define CAPDL_REVIEW_FRAME_POWER_H

#include "comparison.h"

/* "; so it can see what server writes there", or "": what the users can do to others by rights to a frame that they
   gained. To be freed. */
char *capdl_review_frame_power(struct review *, const uint32_t *users, size_t count, uint32_t frame, uint8_t gained);

#endif
