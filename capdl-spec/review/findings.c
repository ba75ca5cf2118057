/* SPDX-License-Identifier: BSD-2-Clause */
/* What is kept of a finding while edits are judged. */
#include "findings.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *word, *meaning;
} ranks[] = {
#define CAPDL_RANK(id, number, word, meaning) [number] = {word, meaning},
#include <capdl/ranks.def>
#undef CAPDL_RANK
};

const char *capdl_rank_word(enum capdl_rank rank)
{
    return ranks[rank].word;
}

const char *capdl_rank_meaning(enum capdl_rank rank)
{
    return ranks[rank].meaning;
}

struct raw_finding *capdl_review_add(struct review *review, enum capdl_rank rank, enum capdl_change change,
                                     uint64_t object, const char *format, ...)
{
    const struct edit *edit = review->edit < review->edits.count ? &review->edits.list[review->edit] : NULL;
    struct raw_finding *raw;
    va_list arguments;
    review->raw = capdl_spec_grow(review->raw, &review->capacity_raw, review->num_raw + 1, sizeof(*review->raw));
    raw = &review->raw[review->num_raw];
    *raw = (struct raw_finding){
        .rank = rank, .change = change, .object = object, .holder = REVIEW_NONE, .cause = REVIEW_NONE};
    va_start(arguments, format);
    if (vasprintf(&raw->text, format, arguments) < 0) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    va_end(arguments);
    if (edit && review->finding_of[review->edit] == REVIEW_NONE) {
        review->finding_of[review->edit] = (uint32_t)review->num_raw;
    } else if (edit) {
        raw->cause = review->finding_of[review->edit];
    }
    if (edit && edit->old) {
        raw->old_pos = capdl_cap_pos(review->old.spec, edit->old);
    }
    if (edit && edit->new) {
        raw->new_pos = capdl_cap_pos(review->new.spec, edit->new);
    }
    review->num_raw++;
    return raw;
}

void capdl_review_concern(struct raw_finding *raw, const uint32_t *subjects, size_t count)
{
    free(raw->subjects);
    raw->subjects = capdl_spec_realloc(NULL, (count + 1) * sizeof(*subjects));
    if (count) {
        memcpy(raw->subjects, subjects, count * sizeof(*subjects));
    }
    raw->num_subjects = count;
}

void capdl_review_others_are(struct raw_finding *raw, unsigned number, const uint32_t *list, size_t count)
{
    raw->others[number] = capdl_spec_realloc(raw->others[number], (count + 1) * sizeof(*list));
    if (count) {
        memcpy(raw->others[number], list, count * sizeof(*list));
    }
    raw->num_others[number] = count;
}
