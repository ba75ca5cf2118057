/* SPDX-License-Identifier: BSD-2-Clause */
/* What memory one reaches, and what of it is a program. */
#include "survey_memory.h"

#include <stdlib.h>
#include <string.h>

#include "roles.h"
#include "shared_memory.h"
#include "surveyor.h"
#include "words.h"

static int mapping_compare(const void *left, const void *right)
{
    const struct capdl_survey_mapping *a = left, *b = right;
    if (a->guest != b->guest) {
        return a->guest ? 1 : -1;
    }
    if (a->start != b->start) {
        return a->start < b->start ? -1 : 1;
    }
    return a->frame < b->frame ? -1 : a->frame > b->frame;
}

static bool goes_on(const struct capdl_spec *spec, const struct capdl_survey_mapping *last,
                    const struct capdl_survey_mapping *next)
{
    return last->guest == next->guest && last->start + last->size == next->start && last->rights == next->rights &&
           last->uncached == next->uncached && last->shared == next->shared && last->size / last->count == next->size &&
           capdl_survey_next(spec, last->frame, last->count, next->frame);
}

/* "code of ping, 4 KiB" is the role of the first page; that of the others is the same up to the size. */
static bool same_role(struct surveyor *s, const struct capdl_survey_mapping *a, const struct capdl_survey_mapping *b)
{
    uint32_t whose_a = REVIEW_NONE, whose_b = REVIEW_NONE;
    const char *x = capdl_review_frame_role(&s->review.new, a->frame, &whose_a);
    const char *y = capdl_review_frame_role(&s->review.new, b->frame, &whose_b);
    return (!x && !y) || (x && y && strcmp(x, y) == 0 && whose_a == whose_b);
}

static const char *role_of(struct surveyor *s, uint32_t frame)
{
    uint32_t whose = REVIEW_NONE;
    const char *role = capdl_review_frame_role(&s->review.new, frame, &whose);
    char *text;
    const char *kept;
    if (!role || whose == REVIEW_NONE) {
        return "";
    }
    text = capdl_review_format("%s of %s", role, s->review.new.subjects[whose].label);
    kept = capdl_survey_keep(s, text);
    free(text);
    return kept;
}

static size_t fold(struct surveyor *s, struct capdl_survey_mapping *list, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct capdl_survey_mapping *last = kept ? &list[kept - 1] : NULL;
        if (last && goes_on(s->review.new.spec, last, &list[i]) && same_role(s, last, &list[i])) {
            last->size += list[i].size;
            last->count++;
        } else {
            list[kept++] = list[i];
        }
    }
    for (size_t i = 0; i < kept; i++) {
        list[i].role = role_of(s, list[i].frame);
    }
    return kept;
}

void capdl_survey_memory(struct surveyor *s, uint32_t who, struct capdl_survey_mapping **list, size_t *count)
{
    const struct world *world = &s->review.new;
    size_t num, capacity = 0;
    const struct reached *reached = capdl_survey_reached(s, who, &num);
    for (size_t i = 0; i < num; i++) {
        uint32_t table = reached[i].container;
        enum capdl_kind kind = capdl_object_kind(world->spec, table);
        struct capdl_caps caps = capdl_object_caps(world->spec, table);
        for (uint32_t j = 0; j < caps.count && kind != CAPDL_KIND_CNODE; j++) {
            const struct capdl_cap *cap = &caps.list[j];
            unsigned shift = reached[i].use.shift;
            if (cap->kind != CAPDL_KIND_FRAME) {
                continue;
            }
            *list = capdl_spec_grow(*list, &capacity, *count + 1, sizeof(**list));
            (*list)[(*count)++] =
                (struct capdl_survey_mapping){.start = reached[i].use.address | (shift < 64 ? cap->slot << shift : 0),
                                              .size = UINT64_C(1) << capdl_object_size_bits(world->spec, cap->object),
                                              .frame = cap->object,
                                              .count = 1,
                                              .table = table,
                                              .slot = cap->slot,
                                              .rights = cap->rights,
                                              .uncached = cap->flags & CAPDL_CAP_UNCACHED,
                                              .guest = capdl_kind_class(kind) == CAPDL_CLASS_EPT,
                                              .shared = capdl_review_memory_shared(&s->review.new_memory, cap->object)};
        }
    }
    if (*count) {
        qsort(*list, *count, sizeof(**list), mapping_compare);
        *count = fold(s, *list, *count);
    }
}

/* ---- Programs ---- */

static bool is_filled(const struct world *world, const struct capdl_survey_mapping *mapping)
{
    for (uint32_t i = 0; i < mapping->count; i++) {
        uint32_t frame = mapping->count == 1
                             ? mapping->frame
                             : capdl_spec_find(world->spec, capdl_object_name(world->spec, mapping->frame),
                                               capdl_object_index(world->spec, mapping->frame) + i);
        if (frame != CAPDL_NO_OBJECT && world->content[frame]) {
            return true;
        }
    }
    return false;
}

static void digest_segment(struct surveyor *s, const struct capdl_survey_mapping *list, size_t count,
                           struct capdl_survey_segment *segment)
{
    const struct world *world = &s->review.new;
    const struct capdl_diff_options *options = s->review.options;
    uint64_t *contents = NULL;
    size_t num = 0, capacity = 0;
    if (!options || !options->digest) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        for (uint32_t j = 0; j < list[i].count; j++) {
            uint32_t frame = list[i].count == 1
                                 ? list[i].frame
                                 : capdl_spec_find(world->spec, capdl_object_name(world->spec, list[i].frame),
                                                   capdl_object_index(world->spec, list[i].frame) + j);
            contents = capdl_spec_grow(contents, &capacity, num + 1, sizeof(*contents));
            contents[num++] = frame == CAPDL_NO_OBJECT ? 0 : world->content[frame];
        }
    }
    if (segment->filled) {
        options->digest(options->context, contents, num, segment->digest);
    }
    free(contents);
}

void capdl_survey_segments(struct surveyor *s, struct capdl_survey_subject *subject)
{
    size_t capacity = 0, end;
    for (size_t i = 0; i < subject->num_mappings; i = end) {
        const struct capdl_survey_mapping *first = &subject->mappings[i];
        bool wanted = false;
        uint64_t to = first->start;
        for (end = i; end < subject->num_mappings && subject->mappings[end].start == to &&
                      subject->mappings[end].rights == first->rights && subject->mappings[end].guest == first->guest;
             end++) {
            to += subject->mappings[end].size;
            wanted |= is_filled(&s->review.new, &subject->mappings[end]);
        }
        if (!wanted && !(first->rights & CAPDL_RIGHT_EXECUTE)) {
            continue;
        }
        subject->segments =
            capdl_spec_grow(subject->segments, &capacity, subject->num_segments + 1, sizeof(*subject->segments));
        struct capdl_survey_segment *segment = &subject->segments[subject->num_segments++];
        *segment = (struct capdl_survey_segment){
            .start = first->start, .size = to - first->start, .rights = first->rights, .filled = wanted};
        digest_segment(s, first, end - i, segment);
    }
}
