/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_SURVEY_MEMORY_H
#define CAPDL_REVIEW_SURVEY_MEMORY_H

#include "surveyor.h"

void capdl_survey_memory(struct surveyor *, uint32_t who, struct capdl_survey_mapping **list, size_t *count);
void capdl_survey_segments(struct surveyor *, struct capdl_survey_subject *);

#endif
