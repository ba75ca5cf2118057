/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files of the survey share.
 *
 *     survey.c           puts it together: subjects, threads, capabilities
 *     survey_memory.c    address spaces and programs
 *     survey_channels.c  what subjects share
 *     survey_effects.c   who can affect whom
 */
#ifndef CAPDL_REVIEW_SURVEY_H
#define CAPDL_REVIEW_SURVEY_H

#include <capdl/survey.h>

#include "comparison.h"

/* A container that a subject or device (by its number in the world) reaches. */
struct reached {
    uint32_t container;
    struct use use;
};

struct surveyor {
    struct capdl_survey *survey;
    struct review review;    /* of a system that has nothing, and of this one */
    struct reached *reached; /* by who, then address and container */
    size_t num_reached;
    uint32_t *place; /* per subject of the world: its number in the survey */
};

/* The containers that one reaches: returns the first, and how many. */
const struct reached *capdl_survey_reached(const struct surveyor *, uint32_t who, size_t *count);
/* A subject or device by its number in the survey. */
uint32_t capdl_survey_who(const struct surveyor *, uint32_t who);
/* A copy that belongs to the survey. */
const char *capdl_survey_keep(struct surveyor *, const char *text);
/* Whether b is the element after a's `count` elements of the same array. */
bool capdl_survey_next(const struct capdl_spec *, uint32_t a, uint32_t count, uint32_t b);

void capdl_survey_memory(struct surveyor *, uint32_t who, struct capdl_survey_mapping **list, size_t *count);
void capdl_survey_segments(struct surveyor *, struct capdl_survey_subject *);
void capdl_survey_channels(struct surveyor *);
void capdl_survey_effects(struct surveyor *);

#endif
