/* SPDX-License-Identifier: BSD-2-Clause */
/* What an object is to whom, in words: what a page is good for, whose faults come to an endpoint. */
#ifndef CAPDL_REVIEW_ROLES_H
#define CAPDL_REVIEW_ROLES_H

#include "comparison.h"

/* What an object is besides its kind: "code of client", "device page at 0x9000000"; may be empty. Returns text. */
const char *capdl_review_role(struct review *, const struct world *, uint32_t object, char text[REVIEW_LABEL]);
/* "code", "stack", "IPC buffer" and whose (a subject of the spec); NULL for another page. */
const char *capdl_review_frame_role(const struct world *, uint32_t frame, uint32_t *subject);
/* "'s thread 'worker'" where the subject has several; else "". To be freed. */
char *capdl_review_thread(const struct world *, uint32_t tcb);

#endif
