/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_SURVEY_CHANNELS_H
#define CAPDL_REVIEW_SURVEY_CHANNELS_H

#include "surveyor.h"

void capdl_survey_channels(struct surveyor *);

#endif
