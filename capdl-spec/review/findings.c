/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings as sentences. What differs by the index of an array's element only is said once. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"

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

/* An object as the spec shows it in which it is best called by its name; false if it is what the kernel has from the
 * start. */
static bool object_of(const struct review *review, uint64_t object, const struct capdl_spec **spec, uint32_t *id)
{
    uint32_t count = review->new.spec->num_objects;

    if (object >> 32) {
        return false;
    }
    *spec = object < count ? review->new.spec : review->old.spec;
    *id = object < count ? (uint32_t)object : (uint32_t)object - count;
    return true;
}

enum capdl_kind capdl_review_kind(const struct review *review, uint64_t object)
{
    const struct capdl_spec *spec;
    uint32_t id;

    return object_of(review, object, &spec, &id) ? capdl_object_kind(spec, id) : (enum capdl_kind)(uint32_t)object;
}

const char *capdl_review_object(const struct review *review, uint64_t object, char *buffer)
{
    const struct capdl_spec *spec;
    uint32_t id;
    char label[REVIEW_LABEL / 2];

    if (object_of(review, object, &spec, &id)) {
        snprintf(buffer, REVIEW_LABEL, "%s '%s'", capdl_kind_name(capdl_object_kind(spec, id)),
                 capdl_object_label(spec, id, label, sizeof(label)));
    } else {
        snprintf(buffer, REVIEW_LABEL, "%s", capdl_kind_name((enum capdl_kind)(uint32_t)object));
    }
    return buffer;
}

const char *capdl_review_subject(const struct review *review, uint32_t subject)
{
    uint32_t count = review->new.num_subjects;

    return subject < count ? review->new.subjects[subject].label : review->old.subjects[subject - count].label;
}

static char *format_text(const char *format, va_list arguments)
{
    char *text;

    if (vasprintf(&text, format, arguments) < 0) {
        fprintf(stderr, "capdl: out of memory\n");
        exit(2);
    }
    return text;
}

CAPDL_PRINTF(1, 2) static char *format(const char *format, ...)
{
    va_list arguments;
    char *text;

    va_start(arguments, format);
    text = format_text(format, arguments);
    va_end(arguments);
    return text;
}

void capdl_review_add(struct review *review, enum capdl_rank rank, const struct world *world, const struct fact *fact,
                      const char *verb, const char *tail, ...)
{
    struct raw_finding *raw;
    va_list arguments;

    review->raw = capdl_spec_grow(review->raw, &review->capacity_raw, review->num_raw + 1, sizeof(*review->raw));
    raw = &review->raw[review->num_raw++];
    *raw = (struct raw_finding){
        .rank = rank,
        .subject = fact->subject,
        .object = fact->object,
        .verb = verb,
        .world = world,
        .holder = fact->holder,
        .slot = fact->slot,
    };
    va_start(arguments, tail);
    raw->tail = format_text(tail, arguments);
    va_end(arguments);
}

static uint32_t raw_index(const struct review *review, const struct raw_finding *raw)
{
    const struct capdl_spec *spec;
    uint32_t id;

    return raw->object != FINDING_NO_OBJECT && object_of(review, raw->object, &spec, &id) ? capdl_object_index(spec, id)
                                                                                          : CAPDL_NO_INDEX;
}

static const char *raw_name(const struct review *review, const struct raw_finding *raw)
{
    const struct capdl_spec *spec;
    uint32_t id;

    return raw->object != FINDING_NO_OBJECT && object_of(review, raw->object, &spec, &id) ? capdl_object_name(spec, id)
                                                                                          : "";
}

static int raw_compare(const void *left, const void *right, void *context)
{
    const struct review *review = context;
    const struct raw_finding *a = left, *b = right;
    uint32_t a_index = raw_index(review, a), b_index = raw_index(review, b);
    int order = (int)a->rank - (int)b->rank;

    if (order == 0 && a->subject != b->subject) {
        order = a->subject == REVIEW_NONE ? 1
                : b->subject == REVIEW_NONE
                    ? -1
                    : strcmp(capdl_review_subject(review, a->subject), capdl_review_subject(review, b->subject));
    }
    if (order == 0) {
        order = strcmp(a->verb, b->verb);
    }
    if (order == 0) {
        order = strcmp(a->tail, b->tail);
    }
    if (order == 0) {
        order = strcmp(raw_name(review, a), raw_name(review, b));
    }
    return order ? order : a_index < b_index ? -1 : a_index > b_index;
}

/* Whether b says the same as a of the next element of an array, or of the same object. */
static bool raw_follows(const struct review *review, const struct raw_finding *a, const struct raw_finding *b)
{
    if (a->rank != b->rank || a->subject != b->subject || strcmp(a->verb, b->verb) != 0 ||
        strcmp(a->tail, b->tail) != 0) {
        return false;
    }
    if (a->object == b->object) {
        return true;
    }
    return strcmp(raw_name(review, a), raw_name(review, b)) == 0 && raw_index(review, a) != CAPDL_NO_INDEX &&
           raw_index(review, b) == raw_index(review, a) + 1;
}

static char *write_where(const struct review *review, const struct raw_finding *raw)
{
    char label[REVIEW_LABEL];

    if (raw->holder == REVIEW_NONE) {
        return NULL;
    }
    capdl_object_label(raw->world->spec, raw->holder, label, sizeof(label));
    return format("slot %" PRIu64 " of %s%s", raw->slot, label, raw->world == &review->old ? " in the old system" : "");
}

static void write_finding(const struct review *review, struct capdl_findings *findings, size_t first, size_t last)
{
    const struct raw_finding *raw = &review->raw[first];
    struct capdl_finding *finding;
    char object[REVIEW_LABEL] = "";

    if (raw->object != FINDING_NO_OBJECT) {
        capdl_review_object(review, raw->object, object);
    }
    if (raw_index(review, raw) != raw_index(review, &review->raw[last])) { /* 'x[0]' becomes 'x[0..3]' */
        snprintf(strrchr(object, ']'), sizeof(object) / 2, "..%" PRIu32 "]'", raw_index(review, &review->raw[last]));
    }
    findings->list = capdl_spec_grow(findings->list, &findings->capacity, findings->count + 1, sizeof(*findings->list));
    finding = &findings->list[findings->count++];
    finding->rank = raw->rank;
    finding->subject = raw->subject == REVIEW_NONE ? NULL : format("%s", capdl_review_subject(review, raw->subject));
    finding->text = format("%s%s%s%s%s%s", finding->subject ? finding->subject : "", finding->subject ? " " : "",
                           raw->verb, *raw->verb && *object ? " " : "", object, raw->tail);
    finding->where = write_where(review, raw);
}

void capdl_review_write(struct review *review, struct capdl_findings *findings)
{
    if (review->num_raw) {
        qsort_r(review->raw, review->num_raw, sizeof(*review->raw), raw_compare, review);
    }
    for (size_t i = 0, last; i < review->num_raw; i = last + 1) {
        for (last = i; last + 1 < review->num_raw && raw_follows(review, &review->raw[last], &review->raw[last + 1]);) {
            last++;
        }
        write_finding(review, findings, i, last);
    }
    for (size_t i = 0; i < review->num_raw; i++) {
        free(review->raw[i].tail);
    }
    free(review->raw);
}

void capdl_findings_free(struct capdl_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        free(findings->list[i].subject);
        free(findings->list[i].text);
        free(findings->list[i].where);
    }
    free(findings->list);
    *findings = (struct capdl_findings){NULL};
}
