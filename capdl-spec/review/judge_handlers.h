/* SPDX-License-Identifier: BSD-2-Clause */
/* Fault handlers that threads name by a pointer, and what a handler is in words. */
#ifndef CAPDL_REVIEW_JUDGE_HANDLERS_H
#define CAPDL_REVIEW_JUDGE_HANDLERS_H

#include "comparison.h"

/* ": at the first one it stops for good", or who can resume it: of a thread whose faults nobody handles. To be freed.
 */
char *capdl_review_stop_note(struct review *, uint32_t tcb);
/* Who handled faults in the old system, by this capability or none. To be freed. */
char *capdl_review_former_handler(struct review *, const struct capdl_cap *);
/* "server through endpoint 'x' (WG)": a fault handler, or "nobody" and why. To be freed. */
char *capdl_review_handler_text(struct review *, const struct world *, const struct capdl_cap *, bool badge);
/* What threads' pointers to fault handlers lead to. */
void capdl_review_judge_handlers(struct review *);

#endif
