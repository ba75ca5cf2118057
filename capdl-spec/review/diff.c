/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "private.h"

uint32_t *capdl_review_identity(uint32_t count)
{
    uint32_t *numbers = capdl_spec_realloc(NULL, (count + (size_t)1) * sizeof(*numbers));

    for (uint32_t i = 0; i < count; i++) {
        numbers[i] = i;
    }
    return numbers;
}

static void number_objects(struct review *review)
{
    uint32_t num_old = review->old.spec->num_objects, num_new = review->new.spec->num_objects;

    review->matched = capdl_review_match(review->old.spec, review->new.spec);
    review->in_old = capdl_spec_realloc(NULL, num_new + (size_t)1);
    memset(review->in_old, 0, num_new + (size_t)1);
    review->new.object_number = capdl_review_identity(num_new);
    review->old.object_number = capdl_review_identity(num_old);
    for (uint32_t i = 0; i < num_old; i++) {
        review->old.object_number[i] = review->matched[i] == REVIEW_NONE ? num_new + i : review->matched[i];
        if (review->matched[i] != REVIEW_NONE) {
            review->in_old[review->matched[i]] = true;
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

uint32_t *capdl_review_world_numbers(const struct world *world)
{
    uint32_t most = 0, *local;

    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        most = world->object_number[i] > most ? world->object_number[i] : most;
    }
    local = capdl_spec_realloc(NULL, (most + (size_t)1) * sizeof(*local));
    memset(local, 0xff, (most + (size_t)1) * sizeof(*local));
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        local[world->object_number[i]] = i;
    }
    return local;
}

void capdl_diff(const struct capdl_spec *old, const struct capdl_spec *new, const struct capdl_diff_options *options,
                struct capdl_findings *findings)
{
    struct review review = {NULL};
    uint32_t num_objects = old->num_objects + new->num_objects;

    *findings = (struct capdl_findings){NULL};
    capdl_review_world_init(&review.old, old);
    capdl_review_world_init(&review.new, new);
    number_objects(&review);
    number_subjects(&review);
    capdl_review_facts(&review.old_facts, &review.old, options);
    capdl_review_facts(&review.new_facts, &review.new, options);
    capdl_review_memory_init(&review.old_memory, &review.old_facts, num_objects);
    capdl_review_memory_init(&review.new_memory, &review.new_facts, num_objects);
    capdl_review_judge(&review);
    capdl_review_judge_flows(&review);
    capdl_review_write(&review, findings);
    capdl_review_memory_free(&review.old_memory);
    capdl_review_memory_free(&review.new_memory);
    free(review.old_facts.list);
    free(review.new_facts.list);
    free(review.matched);
    free(review.in_old);
    capdl_review_world_free(&review.old);
    capdl_review_world_free(&review.new);
}
