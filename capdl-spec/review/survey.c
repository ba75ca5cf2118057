/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Puts a survey together: subjects, threads, capabilities.
 *
 *     surveyor.c         who reaches what
 *     survey_memory.c    address spaces and programs
 *     survey_channels.c  what subjects share
 *     survey_effects.c   who can affect whom
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "effects.h"
#include "gain_rank.h"
#include "lists.h"
#include "roles.h"
#include "shared_memory.h"
#include "subjects.h"
#include "survey_channels.h"
#include "survey_effects.h"
#include "survey_memory.h"
#include "surveyor.h"
#include "uses.h"

/* ---- What a subject can do ---- */

/* An object in a sentence: \1 and \3 of capdl_review_deed. */
static void write_object(struct surveyor *s, FILE *out, const struct capdl_survey_right *right, bool with_role)
{
    const struct capdl_spec *spec = s->review.new.spec;
    uint32_t object = right->cap->object;
    char label[REVIEW_LABEL], role[REVIEW_LABEL];
    fputs(capdl_kind_name((enum capdl_kind)right->cap->kind), out);
    if (object == CAPDL_NO_OBJECT) {
        return;
    }
    if (right->count > 1) {
        fprintf(out, " '%s[%" PRIu32 "..%" PRIu32 "]'", capdl_object_name(spec, object),
                capdl_object_index(spec, object), capdl_object_index(spec, object) + right->count - 1);
    } else {
        fprintf(out, " '%s'", capdl_object_label(spec, object, label, sizeof(label)));
    }
    if (with_role && *capdl_review_role(&s->review, &s->review.new, object, role)) {
        fprintf(out, " (%s%s)", role, right->count > 1 ? "; the first" : "");
    }
}

static void say_right(struct surveyor *s, uint32_t subject, struct capdl_survey_right *right)
{
    char *deed = capdl_review_deed(&s->review, &s->review.new, &subject, 1, right->cap), *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    for (const char *c = deed; *c; c++) {
        if (*c == '\1' || *c == '\3') {
            write_object(s, out, right, *c == '\1');
        } else {
            putc(*c, out);
        }
    }
    fclose(out);
    right->text = capdl_survey_keep(s, text);
    right->rank = capdl_review_gain_rank(&s->review, &subject, 1, right->cap);
    free(text);
    free(deed);
}

static bool goes_on(const struct capdl_spec *spec, const struct capdl_survey_right *right, uint32_t container,
                    const struct capdl_cap *cap)
{
    const struct capdl_cap *last = right->cap;
    return right->container == container && last->kind == cap->kind && last->rights == cap->rights &&
           last->data == cap->data && last->flags == cap->flags && last->object != CAPDL_NO_OBJECT &&
           cap->object != CAPDL_NO_OBJECT && cap->slot == last->slot + right->count &&
           capdl_survey_next(spec, last->object, right->count, cap->object);
}

static int right_compare(const void *left, const void *right)
{
    const struct capdl_survey_right *a = left, *b = right;
    if (a->rank != b->rank) {
        return a->rank < b->rank ? -1 : 1;
    }
    return a->pointer < b->pointer ? -1 : a->pointer > b->pointer;
}

static void find_rights(struct surveyor *s, uint32_t subject, struct capdl_survey_subject *to)
{
    const struct capdl_spec *spec = s->review.new.spec;
    size_t count, capacity = 0;
    const struct reached *reached = capdl_survey_reached(s, subject, &count);
    for (size_t i = 0; i < count; i++) {
        struct capdl_caps caps = capdl_object_caps(spec, reached[i].container);
        for (uint32_t j = 0; j < caps.count && capdl_object_kind(spec, reached[i].container) == CAPDL_KIND_CNODE; j++) {
            struct capdl_survey_right *last = to->num_rights ? &to->rights[to->num_rights - 1] : NULL;
            uint64_t shift = reached[i].use.shift;
            if (last && goes_on(spec, last, reached[i].container, &caps.list[j])) {
                last->count++;
                continue;
            }
            to->rights = capdl_spec_grow(to->rights, &capacity, to->num_rights + 1, sizeof(*to->rights));
            to->rights[to->num_rights++] = (struct capdl_survey_right){
                .cap = &caps.list[j],
                .count = 1,
                .container = reached[i].container,
                .pointer = reached[i].use.address | (shift < 64 ? caps.list[j].slot << shift : 0)};
        }
    }
    for (size_t i = 0; i < to->num_rights; i++) {
        say_right(s, subject, &to->rights[i]);
    }
    if (to->num_rights) {
        qsort(to->rights, to->num_rights, sizeof(*to->rights), right_compare);
    }
}

/* ---- Threads ---- */

static uint32_t handler_of(const struct capdl_cap *cap)
{
    return cap && capdl_cap_can_call(cap) ? cap->object : CAPDL_NO_OBJECT;
}

/* In a wrong spec, a slot may hold anything. */
static uint32_t target_of(const struct capdl_spec *spec, uint32_t tcb, enum capdl_tcb_slot slot, enum capdl_kind kind)
{
    const struct capdl_cap *cap = capdl_spec_cap_at(spec, tcb, slot);
    return cap && cap->kind == kind ? cap->object : CAPDL_NO_OBJECT;
}

static struct capdl_survey_thread look_at_thread(const struct world *world, uint32_t tcb)
{
    const struct capdl_spec *spec = world->spec;
    const struct capdl_cap *slot = capdl_spec_cap_at(spec, tcb, CAPDL_TCB_SLOT_FAULT_EP);
    const struct capdl_cap *named = slot ? slot : capdl_review_fault_handler(world, tcb, NULL);
    struct capdl_survey_thread thread = {
        .object = tcb,
        .context = target_of(spec, tcb, CAPDL_TCB_SLOT_SC, CAPDL_KIND_SC),
        .fault_endpoint = handler_of(named),
        .timeout_endpoint = handler_of(capdl_spec_cap_at(spec, tcb, CAPDL_TCB_SLOT_TEMP_FAULT_EP)),
        .notification = target_of(spec, tcb, CAPDL_TCB_SLOT_BOUND_NOTIFICATION, CAPDL_KIND_NOTIFICATION),
    };
    thread.lost_faults = thread.fault_endpoint == CAPDL_NO_OBJECT && (slot || capdl_tcb_values(spec, tcb)->fault_ep);
    return thread;
}

static void find_threads(struct surveyor *s)
{
    const struct world *world = &s->review.new;
    size_t *capacities = capdl_spec_realloc(NULL, (world->num_subjects + (size_t)1) * sizeof(*capacities));
    memset(capacities, 0, (world->num_subjects + (size_t)1) * sizeof(*capacities));
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        uint32_t owner = world->owner[i];
        if (capdl_object_kind(world->spec, i) == CAPDL_KIND_TCB && owner != REVIEW_NONE) {
            struct capdl_survey_subject *to = &s->survey->subjects[s->place[owner]];
            to->threads = capdl_spec_grow(to->threads, &capacities[owner], to->num_threads + 1, sizeof(*to->threads));
            to->threads[to->num_threads++] = look_at_thread(world, i);
        }
    }
    free(capacities);
}

/* ---- All of it ---- */

static int name_compare(const void *left, const void *right, void *context)
{
    const struct world *world = context;
    const char *a = world->subjects[*(const uint32_t *)left].label,
               *b = world->subjects[*(const uint32_t *)right].label;
    int order = strverscmp(a, b);
    return order ? order : *(const uint32_t *)left < *(const uint32_t *)right ? -1 : 1;
}

static void find_subjects(struct surveyor *s)
{
    struct world *world = &s->review.new;
    struct capdl_survey *survey = s->survey;
    uint32_t *order = capdl_review_identity(world->num_subjects);
    s->place = capdl_review_identity(world->num_subjects);
    survey->num_subjects = world->num_subjects;
    survey->subjects = capdl_spec_realloc(NULL, (survey->num_subjects + 1) * sizeof(*survey->subjects));
    memset(survey->subjects, 0, (survey->num_subjects + 1) * sizeof(*survey->subjects));
    qsort_r(order, world->num_subjects, sizeof(*order), name_compare, world);
    for (uint32_t i = 0; i < world->num_subjects; i++) {
        s->place[order[i]] = i;
        survey->subjects[i].name = capdl_survey_keep(s, world->subjects[order[i]].label);
    }
    free(order);
    find_threads(s);
    survey->subject_of = capdl_review_identity(world->spec->num_objects);
    for (uint32_t i = 0; i < world->spec->num_objects; i++) {
        survey->subject_of[i] = world->owner[i] == REVIEW_NONE ? UINT32_MAX : s->place[world->owner[i]];
    }
}

static void find_devices(struct surveyor *s)
{
    const struct capdl_spec *spec = s->review.new.spec;
    struct capdl_survey *survey = s->survey;
    size_t capacity = 0;
    char role[REVIEW_LABEL];
    for (uint32_t i = 0; i < spec->num_objects; i++) {
        enum capdl_kind kind = capdl_object_kind(spec, i);
        if (capdl_kind_class(kind) == CAPDL_CLASS_DEVICE && kind != CAPDL_KIND_CONTEXTBANK) {
            survey->devices =
                capdl_spec_grow(survey->devices, &capacity, survey->num_devices + 1, sizeof(*survey->devices));
            struct capdl_survey_device *device = &survey->devices[survey->num_devices++];
            *device = (struct capdl_survey_device){.object = i};
            device->role = capdl_survey_keep(s, capdl_review_role(&s->review, &s->review.new, i, role));
            capdl_survey_memory(s, USE_DEVICE | i, &device->mappings, &device->num_mappings);
        }
    }
}

static void review_init(struct review *review, const struct capdl_spec *none, const struct capdl_spec *spec,
                        const struct capdl_diff_options *options)
{
    size_t size = (spec->num_objects + (size_t)1) * sizeof(*review->old_of);
    *review = (struct review){.options = options};
    capdl_review_world_init(&review->old, none, options);
    capdl_review_world_init(&review->new, spec, options);
    review->old_of = capdl_spec_realloc(NULL, size);
    memset(review->old_of, 0xff, size);
    review->old.object_number = capdl_review_identity(0);
    review->old.subject_number = capdl_review_identity(0);
    review->new.object_number = capdl_review_identity(spec->num_objects);
    review->new.subject_number = capdl_review_identity(review->new.num_subjects);
    capdl_review_memory_init(&review->old_memory, &review->old, spec->num_objects);
    capdl_review_memory_init(&review->new_memory, &review->new, spec->num_objects);
    review->new_parties = capdl_spec_realloc(NULL, (spec->num_objects + (size_t)1) * sizeof(*review->new_parties));
    memset(review->new_parties, 0, (spec->num_objects + (size_t)1) * sizeof(*review->new_parties));
}

static void review_free(struct review *review)
{
    for (uint32_t i = 0; i < review->new.spec->num_objects; i++) {
        free(review->new_parties[i].list);
    }
    free(review->new_parties);
    free(review->old_of);
    capdl_review_memory_free(&review->old_memory);
    capdl_review_memory_free(&review->new_memory);
    capdl_review_world_free(&review->old);
    capdl_review_world_free(&review->new);
}

void capdl_survey_make(struct capdl_survey *survey, const struct capdl_spec *spec,
                       const struct capdl_diff_options *options)
{
    struct surveyor s = {.survey = survey};
    *survey = (struct capdl_survey){NULL};
    capdl_spec_init(&survey->none);
    survey->none.arch = spec->arch;
    review_init(&s.review, &survey->none, spec, options);
    capdl_survey_find_reached(&s);
    find_subjects(&s);
    for (uint32_t i = 0; i < s.review.new.num_subjects; i++) {
        struct capdl_survey_subject *subject = &survey->subjects[s.place[i]];
        find_rights(&s, i, subject);
        capdl_survey_memory(&s, i, &subject->mappings, &subject->num_mappings);
        capdl_survey_segments(&s, subject);
    }
    find_devices(&s);
    capdl_survey_channels(&s);
    capdl_survey_effects(&s);
    review_free(&s.review);
    free(s.reached);
    free(s.place);
}

void capdl_survey_free(struct capdl_survey *survey)
{
    for (size_t i = 0; i < survey->num_subjects; i++) {
        free(survey->subjects[i].threads);
        free(survey->subjects[i].rights);
        free(survey->subjects[i].mappings);
        free(survey->subjects[i].segments);
    }
    for (size_t i = 0; i < survey->num_devices; i++) {
        free(survey->devices[i].mappings);
    }
    for (size_t i = 0; i < survey->num_channels; i++) {
        free(survey->channels[i].users);
    }
    free(survey->subjects);
    free(survey->devices);
    free(survey->channels);
    free(survey->effects);
    free(survey->subject_of);
    capdl_spec_free(&survey->none);
}
