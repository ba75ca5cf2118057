/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of the survey ask: who reaches which containers, and how texts, subjects and arrays are put down. */
#include "surveyor.h"

#include <stdlib.h>
#include <string.h>

const char *capdl_survey_keep(struct surveyor *s, const char *text)
{
    size_t size = strlen(text) + 1;
    return memcpy(capdl_spec_alloc(&s->survey->none, size), text, size);
}

bool capdl_survey_next(const struct capdl_spec *spec, uint32_t a, uint32_t count, uint32_t b)
{
    uint32_t index = capdl_object_index(spec, a);
    return index != CAPDL_NO_INDEX && capdl_object_index(spec, b) == index + count &&
           capdl_object_name(spec, a) == capdl_object_name(spec, b);
}

uint32_t capdl_survey_who(const struct surveyor *s, uint32_t who)
{
    return who & USE_DEVICE ? CAPDL_SURVEY_DEVICE | (who & ~USE_DEVICE) : s->place[who];
}

static int reached_compare(const void *left, const void *right)
{
    const struct reached *a = left, *b = right;
    if (a->use.who != b->use.who) {
        return a->use.who < b->use.who ? -1 : 1;
    }
    if (a->use.address != b->use.address) {
        return a->use.address < b->use.address ? -1 : 1;
    }
    return a->container < b->container ? -1 : a->container > b->container;
}

void capdl_survey_find_reached(struct surveyor *s)
{
    const struct world *world = &s->review.new;
    size_t count = world->first_use[world->spec->num_objects];
    s->reached = capdl_spec_realloc(NULL, (count + 1) * sizeof(*s->reached));
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        for (size_t j = world->first_use[i]; j < world->first_use[i + 1]; j++) {
            s->reached[s->num_reached++] = (struct reached){i, world->uses[j]};
        }
    }
    if (count) {
        qsort(s->reached, count, sizeof(*s->reached), reached_compare);
    }
}

static size_t first_reached(const struct surveyor *s, uint32_t who)
{
    size_t low = 0, high = s->num_reached;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->reached[middle].use.who < who) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

const struct reached *capdl_survey_reached(const struct surveyor *s, uint32_t who, size_t *count)
{
    size_t first = first_reached(s, who), end = first;
    while (end < s->num_reached && s->reached[end].use.who == who) {
        end++;
    }
    *count = end - first;
    return s->reached + first;
}
