/* SPDX-License-Identifier: BSD-2-Clause */
/* What else of a spec lies in the memory of a frame or untyped. */
#ifndef CAPDL_REVIEW_WINDOW_NOTE_H
#define CAPDL_REVIEW_WINDOW_NOTE_H

#include "comparison.h"

/* "; frame 'uart' lies there, too: server can write it", or "": what else of the spec lies in the memory of a frame or
   untyped. *rank becomes that of reaching this, if it is graver. To be freed. */
char *capdl_review_window_note(struct review *, uint32_t object, enum capdl_rank *rank, const uint32_t *subjects,
                               size_t count);

#endif
