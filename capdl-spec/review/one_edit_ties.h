/* SPDX-License-Identifier: BSD-2-Clause */
/* By what an edit is tied to others. */
#ifndef CAPDL_REVIEW_ONE_EDIT_TIES_H
#define CAPDL_REVIEW_ONE_EDIT_TIES_H

#include "ties.h"

/* Adds all ties of an edit. */
void capdl_one_edit_tie_all(struct one_edit *, size_t edit);

#endif
