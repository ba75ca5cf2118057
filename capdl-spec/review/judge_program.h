/* SPDX-License-Identifier: BSD-2-Clause */
/* Contents of frames: what only one subject reaches is its program and told by segment, other frames one by one. */
#ifndef CAPDL_REVIEW_JUDGE_PROGRAM_H
#define CAPDL_REVIEW_JUDGE_PROGRAM_H

#include "comparison.h"

void capdl_review_judge_content(struct review *, const struct edit *);
/* How many words differ between a frame of the old and one of the new system; SIZE_MAX: more than that, or not known.
 */
size_t capdl_review_changed_words(const struct review *, uint32_t was, uint32_t now,
                                  struct changed_word list[MOST_CHANGED_WORDS]);
/* Whether a frame of the new system is filled from a program's file, at least in part. */
bool capdl_review_is_program(const struct review *, uint32_t frame);
/* Whether the bytes of a program of the subjects differ, as far as the inputs have any. */
bool capdl_review_programs_differ(const struct review *, const uint32_t *subjects, size_t count);

#endif
