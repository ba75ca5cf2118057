/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings of data and of names. */
#ifndef CAPDL_REVIEW_ONE_EDIT_DATA_H
#define CAPDL_REVIEW_ONE_EDIT_DATA_H

#include "ties.h"

/* Puts findings of data and of names under those that explain them. */
void capdl_one_edit_unite_data(struct one_edit *);

#endif
