/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CAPDL_REVIEW_SURVEYOR_H
#define CAPDL_REVIEW_SURVEYOR_H

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

/* Finds who reaches what, for capdl_survey_reached. */
void capdl_survey_find_reached(struct surveyor *);
/* The containers that one reaches: returns the first, and how many. */
const struct reached *capdl_survey_reached(const struct surveyor *, uint32_t who, size_t *count);
/* A subject or device by its number in the survey. */
uint32_t capdl_survey_who(const struct surveyor *, uint32_t who);
/* A copy that belongs to the survey. */
const char *capdl_survey_keep(struct surveyor *, const char *text);
/* Whether b is the element after a's `count` elements of the same array. */
bool capdl_survey_next(const struct capdl_spec *, uint32_t a, uint32_t count, uint32_t b);

#endif
