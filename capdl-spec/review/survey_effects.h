/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_SURVEY_EFFECTS_H
#define CAPDL_REVIEW_SURVEY_EFFECTS_H

#include "surveyor.h"

void capdl_survey_effects(struct surveyor *);

#endif
