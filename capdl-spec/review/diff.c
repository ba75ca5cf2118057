/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "belongings.h"
#include "compare.h"
#include "finding_list.h"
#include "flows.h"
#include "judge.h"
#include "judge_handlers.h"
#include "lists.h"
#include "match.h"
#include "renumber.h"
#include "shared_memory.h"
#include "subjects.h"

static void number_objects(struct review *review)
{
    uint32_t num_old = review->old.spec->num_objects, num_new = review->new.spec->num_objects;
    review->matched = capdl_review_match(&review->old, &review->new, &review->guessed);
    review->old_of = capdl_spec_realloc(NULL, (num_new + (size_t)1) * sizeof(*review->old_of));
    memset(review->old_of, 0xff, (num_new + (size_t)1) * sizeof(*review->old_of));
    for (uint32_t i = 0; i < num_old; i++) {
        if (review->matched[i] != REVIEW_NONE) {
            review->old_of[review->matched[i]] = i;
        }
    }
}

/* Subjects are the same if their first threads are: of a thread that moved to another subject, both are told. */
static void number_subjects(struct review *review)
{
    struct world *old = &review->old, *new = &review->new;
    bool *taken = capdl_spec_realloc(NULL, new->num_subjects + (size_t)1);
    memset(taken, 0, new->num_subjects + (size_t)1);
    new->subject_number = capdl_review_identity(new->num_subjects);
    old->subject_number = capdl_review_identity(old->num_subjects);
    for (uint32_t i = 0; i < old->num_subjects; i++) {
        uint32_t tcb = review->matched[old->subjects[i].tcb];
        uint32_t subject = tcb == REVIEW_NONE ? REVIEW_NONE : new->owner[tcb];
        old->subject_number[i] = new->num_subjects + i;
        if (subject != REVIEW_NONE && !taken[subject]) {
            taken[subject] = true;
            old->subject_number[i] = subject;
        }
    }
    free(taken);
}

/* A CNode that only one subject reaches is its own, in the other system, too, where others may reach it. */
static void own_nested(struct review *review)
{
    for (uint32_t i = 0; i < review->new.spec->num_objects; i++) {
        uint32_t was = review->old_of[i], *a, *b;
        if (capdl_object_kind(review->new.spec, i) != CAPDL_KIND_CNODE || was == REVIEW_NONE) {
            continue;
        }
        a = &review->old.owner[was];
        b = &review->new.owner[i];
        for (uint32_t j = 0; *a != REVIEW_NONE && *b == REVIEW_NONE && j < review->new.num_subjects; j++) {
            *b = review->new.subject_number[j] == review->old.subject_number[*a] ? j : *b;
        }
        for (uint32_t j = 0; *b != REVIEW_NONE && *a == REVIEW_NONE && j < review->old.num_subjects; j++) {
            *a = review->old.subject_number[j] == review->new.subject_number[*b] ? j : *a;
        }
    }
}

static struct parties *parties_new(const struct capdl_spec *spec)
{
    struct parties *parties = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*parties));
    memset(parties, 0, (spec->num_objects + (size_t)1) * sizeof(*parties));
    return parties;
}

static void parties_free(struct parties *parties, const struct capdl_spec *spec)
{
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        free(parties[i].list);
    }
    free(parties);
}

void capdl_diff(const struct capdl_spec *old, const struct capdl_spec *new, const struct capdl_diff_options *options,
                struct capdl_findings *findings)
{
    struct review review = {.options = options, .same_flows = true};
    uint32_t num_objects = old->num_objects + new->num_objects;
    *findings = (struct capdl_findings){NULL};
    capdl_review_world_init(&review.old, old, options);
    capdl_review_world_init(&review.new, new, options);
    number_objects(&review);
    number_subjects(&review);
    own_nested(&review);
    capdl_review_memory_init(&review.old_memory, &review.old, num_objects);
    capdl_review_memory_init(&review.new_memory, &review.new, num_objects);
    review.old_parties = parties_new(old);
    review.new_parties = parties_new(new);
    capdl_review_compare(&review.old, &review.new, &review.edits);
    capdl_review_judge(&review);
    if (review.edits.count) {
        capdl_review_judge_handlers(&review);
        capdl_review_judge_flows(&review);
        capdl_review_fold(&review);
        capdl_review_renumber(&review);
    }
    capdl_review_write(&review, findings);
    parties_free(review.old_parties, old);
    parties_free(review.new_parties, new);
    capdl_review_memory_free(&review.old_memory);
    capdl_review_memory_free(&review.new_memory);
    free(review.edits.list);
    free(review.finding_of);
    free(review.old_code);
    free(review.new_code);
    free(review.matched);
    free(review.guessed);
    free(review.old_of);
    capdl_review_world_free(&review.old);
    capdl_review_world_free(&review.new);
}
