/* SPDX-License-Identifier: BSD-2-Clause */
/* Findings that differ by the index of an array's element or by the subject only are one. */
#include "finding_groups.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "words.h"

int capdl_finding_compare_texts(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

struct element capdl_finding_element(const struct review *review, const struct raw_finding *raw)
{
    const struct capdl_spec *spec;
    struct element element = {"", 0, CAPDL_NO_INDEX, false};
    uint32_t id;
    size_t digits;
    if (raw->object == FINDING_NO_OBJECT || !capdl_finding_object(review, raw->object, &spec, &id)) {
        return element;
    }
    element = (struct element){capdl_object_name(spec, id), 0, capdl_object_index(spec, id), true};
    element.length = strlen(element.name);
    if (element.index == CAPDL_NO_INDEX) {
        element.array = false;
        for (digits = 0;
             digits < element.length && isdigit((unsigned char)element.name[element.length - 1 - digits]);) {
            digits++;
        }
        if (digits && digits < 10 && digits < element.length && element.name[element.length - 1 - digits] == '_') {
            element.length -= digits;
            element.index = (uint32_t)strtoul(element.name + element.length, NULL, 10);
        }
    }
    return element;
}

static uint32_t raw_index(const struct review *review, const struct raw_finding *raw)
{
    return capdl_finding_element(review, raw).index;
}

static int name_compare(const struct review *review, const struct raw_finding *a, const struct raw_finding *b)
{
    struct element x = capdl_finding_element(review, a), y = capdl_finding_element(review, b);
    int order = strncmp(x.name, y.name, x.length < y.length ? x.length : y.length);
    order = order ? order : (x.length > y.length) - (x.length < y.length);
    return order ? order : (int)x.array - (int)y.array;
}

size_t capdl_finding_main_length(const struct raw_finding *raw)
{
    const char *end = strstr(raw->text, "; ");
    return end ? (size_t)(end - raw->text) : strlen(raw->text);
}

static int main_compare(const struct raw_finding *a, const struct raw_finding *b)
{
    size_t x = capdl_finding_main_length(a), y = capdl_finding_main_length(b);
    int order = memcmp(a->text, b->text, x < y ? x : y);
    return order ? order : x < y ? -1 : x > y;
}

static int list_compare(const uint32_t *a, size_t num_a, const uint32_t *b, size_t num_b)
{
    size_t count = num_a < num_b ? num_a : num_b;
    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i]) {
            return a[i] < b[i] ? -1 : 1;
        }
    }
    return num_a < num_b ? -1 : num_a > num_b;
}

/* What a finding says, without of whom and of which element. */
static int saying_compare(const struct raw_finding *a, const struct raw_finding *b)
{
    int order = (int)a->rank - (int)b->rank;
    order = order ? order : (int)a->change - (int)b->change;
    order = order ? order : (int)a->exchange - (int)b->exchange;
    order = order ? order : main_compare(a, b);
    order = order ? order : capdl_finding_compare_texts(a->old_value, b->old_value);
    order = order ? order : capdl_finding_compare_texts(a->new_value, b->new_value);
    return order ? order : list_compare(a->pairs, 2 * a->num_pairs, b->pairs, 2 * b->num_pairs);
}

static int subjects_compare(const struct raw_finding *a, const struct raw_finding *b)
{
    return list_compare(a->subjects, a->num_subjects, b->subjects, b->num_subjects);
}

static int others_compare(const struct raw_finding *a, const struct raw_finding *b, unsigned number)
{
    return list_compare(a->others[number], a->num_others[number], b->others[number], b->num_others[number]);
}

static int number_compare(uint64_t a, uint64_t b)
{
    return a < b ? -1 : a > b;
}

static int element_compare(const struct review *review, const struct raw_finding *a, const struct raw_finding *b)
{
    int order = name_compare(review, a, b);
    order = order ? order : number_compare(raw_index(review, a) + 1, raw_index(review, b) + 1);
    order = order ? order : number_compare(a->address, b->address);
    return order ? order : number_compare(a->slot, b->slot);
}

static int by_subject(const void *left, const void *right, void *context)
{
    const struct group *a = left, *b = right;
    int order = number_compare(a->root + UINT32_C(1), b->root + UINT32_C(1));
    order = order ? order : saying_compare(a->first, b->first);
    order = order ? order : subjects_compare(a->first, b->first);
    return order ? order : element_compare(context, a->first, b->first);
}

static int by_element(const void *left, const void *right, void *context)
{
    const struct group *a = left, *b = right;
    int order = number_compare(a->root + UINT32_C(1), b->root + UINT32_C(1));
    order = order ? order : saying_compare(a->first, b->first);
    order = order ? order : others_compare(a->first, b->first, 0);
    order = order ? order : others_compare(a->first, b->first, 1);
    order = order ? order : element_compare(context, a->first, b->first);
    order = order ? order : number_compare(raw_index(context, a->last) + 1, raw_index(context, b->last) + 1);
    return order ? order : subjects_compare(a->first, b->first);
}

/* What is left to compare when one of the lists of others does not count. */
static int by_others(const struct group *a, const struct group *b, unsigned counts, unsigned last,
                     const struct review *review)
{
    int order = number_compare(a->root + UINT32_C(1), b->root + UINT32_C(1));
    order = order ? order : saying_compare(a->first, b->first);
    order = order ? order : number_compare(a->first->object, b->first->object);
    order = order ? order : subjects_compare(a->first, b->first);
    order = order ? order : others_compare(a->first, b->first, counts);
    order = order ? order : others_compare(a->first, b->first, last);
    return order ? order : element_compare(review, a->first, b->first);
}

static int by_first_others(const void *left, const void *right, void *context)
{
    return by_others(left, right, 1, 0, context);
}

static int by_last_others(const void *left, const void *right, void *context)
{
    return by_others(left, right, 0, 1, context);
}

/* Whether b says the same as a of the next element of an array, at the next address. */
static bool next_element(const struct review *review, const struct group *a, const struct group *b)
{
    const struct raw_finding *x = a->last, *y = b->first;
    return a->root == b->root && saying_compare(a->first, y) == 0 && others_compare(a->first, y, 0) == 0 &&
           others_compare(a->first, y, 1) == 0 && name_compare(review, x, y) == 0 &&
           raw_index(review, x) != CAPDL_NO_INDEX && raw_index(review, y) == raw_index(review, x) + 1 &&
           x->size == y->size;
}

static bool follows(const struct review *review, const struct group *a, const struct group *b)
{
    const struct raw_finding *x = a->last, *y = b->first;
    return next_element(review, a, b) && subjects_compare(a->first, y) == 0 &&
           (!x->size || y->address == x->address + x->size || !strchr(x->text, '\2')) &&
           (y->old_address == x->old_address + x->size || !strchr(x->text, '\7'));
}

/* Each its own: the budget of worker[0] and that of worker[1]. */
static bool follows_apart(const struct review *review, const struct group *a, const struct group *b)
{
    return next_element(review, a, b) && a->last->num_subjects == 1 && b->first->num_subjects == 1 &&
           a->last->subjects[0] != b->first->subjects[0] && !strchr(a->first->text, '\2');
}

static bool same_elements(const struct review *review, const struct group *a, const struct group *b)
{
    return a->root == b->root && saying_compare(a->first, b->first) == 0 &&
           others_compare(a->first, b->first, 0) == 0 && others_compare(a->first, b->first, 1) == 0 &&
           a->first->object == b->first->object && raw_index(review, a->last) == raw_index(review, b->last) &&
           a->first->num_subjects && b->first->num_subjects &&
           (a->root != REVIEW_NONE || subjects_compare(a->first, b->first) != 0) &&
           (a->first->address == b->first->address || !strchr(a->first->text, '\2')) &&
           (a->first->old_address == b->first->old_address || !strchr(a->first->text, '\7'));
}

/* Both lists in one, each element once. */
static void unite(uint32_t **list, size_t *count, const uint32_t *more, size_t num_more)
{
    *list = capdl_spec_realloc(*list, (*count + num_more + 1) * sizeof(**list));
    if (num_more) {
        memcpy(*list + *count, more, num_more * sizeof(**list));
    }
    *count = capdl_review_unique(*list, *count + num_more);
}

static void join_subjects(struct raw_finding *a, const struct raw_finding *b)
{
    a->subjects = capdl_spec_realloc(a->subjects, (a->num_subjects + b->num_subjects + 1) * sizeof(*a->subjects));
    memcpy(a->subjects + a->num_subjects, b->subjects, b->num_subjects * sizeof(*a->subjects));
    a->num_subjects += b->num_subjects;
}

static void join_group(struct review *review, struct group *a, const struct group *b, uint32_t *joined)
{
    a->cut |= strcmp(a->first->text, b->first->text) != 0;
    joined[b->first - review->raw] = (uint32_t)(a->first - review->raw);
}

/* What differs in one of its lists of others only is one: the list of both. */
static size_t join_others(struct review *review, struct group *groups, size_t count, unsigned number, uint32_t *joined)
{
    size_t kept = 0;
    qsort_r(groups, count, sizeof(*groups), number ? by_last_others : by_first_others, review);
    for (size_t i = 0; i < count; i++) {
        struct raw_finding *a = kept ? groups[kept - 1].first : NULL, *b = groups[i].first;
        if (a && a->num_others[number] && b->num_others[number] && groups[kept - 1].root == groups[i].root &&
            a->object == b->object && saying_compare(a, b) == 0 && subjects_compare(a, b) == 0 &&
            others_compare(a, b, !number) == 0) {
            unite(&a->others[number], &a->num_others[number], b->others[number], b->num_others[number]);
            join_group(review, &groups[kept - 1], &groups[i], joined);
        } else {
            groups[kept++] = groups[i];
        }
    }
    return kept;
}

size_t capdl_finding_join(struct review *review, struct group *groups, size_t count, uint32_t *joined)
{
    size_t kept = 0, singles;
    if (!count) {
        return 0;
    }
    count = join_others(review, groups, count, 0, joined);
    count = join_others(review, groups, count, 1, joined);
    qsort_r(groups, count, sizeof(*groups), by_subject, review);
    for (size_t i = 0; i < count; i++) {
        if (kept && follows(review, &groups[kept - 1], &groups[i])) {
            join_group(review, &groups[kept - 1], &groups[i], joined);
            groups[kept - 1].last = groups[i].last;
        } else {
            groups[kept++] = groups[i];
        }
    }
    singles = kept;
    qsort_r(groups, singles, sizeof(*groups), by_element, review);
    kept = 0;
    for (size_t i = 0; i < singles; i++) {
        struct group *before = kept ? &groups[kept - 1] : NULL;
        if (before && same_elements(review, before, &groups[i])) {
            join_subjects(before->first, groups[i].first);
            join_group(review, before, &groups[i], joined);
        } else if (before && follows_apart(review, before, &groups[i])) {
            join_group(review, before, &groups[i], joined);
            join_subjects(before->first, groups[i].first);
            before->last = groups[i].last;
        } else {
            groups[kept++] = groups[i];
        }
    }
    for (size_t i = 0; i < kept; i++) {
        unite(&groups[i].first->subjects, &groups[i].first->num_subjects, NULL, 0);
    }
    return kept;
}
