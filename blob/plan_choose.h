/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_BLOB_PLAN_CHOOSE_H
#define CAPDL_BLOB_PLAN_CHOOSE_H

#include "plan_state.h"

/* Selects untypeds for all that may be anywhere; false: there is too little. */
bool capdl_plan_select_rest(struct capdl_plan *);
/* Selects untypeds for the larger CSpace, if possible among those that will be needed anyway. */
bool capdl_plan_select_cspace(struct capdl_plan *);

#endif
