/* SPDX-License-Identifier: BSD-2-Clause */
/* The list of findings that what was kept while edits were judged becomes. */
#include "finding_list.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "finding_fields.h"
#include "finding_groups.h"
#include "finding_text.h"
#include "finding_ways.h"
#include "lists.h"
#include "one_edit.h"
#include "words.h"

static void set_id(struct capdl_finding *finding)
{
    uint64_t hash = capdl_review_hash(REVIEW_HASH, capdl_rank_word(finding->rank));
    hash = capdl_review_hash(hash + finding->change, finding->subject);
    hash = capdl_review_hash(hash, finding->object);
    hash = capdl_review_hash(hash, finding->field);
    hash = capdl_review_hash(hash, finding->where);
    hash = capdl_review_hash(hash ^ finding->address, finding->where ? "" : finding->text);
    snprintf(finding->id, sizeof(finding->id), "%016" PRIx64, hash);
}

static char *copied(const char *text)
{
    return text ? capdl_review_format("%s", text) : NULL;
}

static struct capdl_finding finding_of(const struct review *review, const struct group *group)
{
    const struct raw_finding *raw = group->first;
    struct capdl_finding finding = {
        .rank = raw->rank,
        .change = raw->change,
        .kind = raw->object == FINDING_NO_OBJECT ? CAPDL_KIND_COUNT : capdl_review_kind(review, raw->object),
        .text = capdl_finding_sentence(review, group),
        .object = capdl_finding_objects(review, group),
        .field = copied(raw->field),
        .before = copied(raw->old_value),
        .after = copied(raw->new_value),
        .address = raw->address,
        .size = raw->size ? group->last->address + group->last->size - raw->address : 0,
        .where = capdl_finding_where(review, raw),
        .old_pos = raw->old_pos,
        .new_pos = raw->new_pos,
        .certain = !raw->guessed,
        .num_subjects = raw->num_subjects,
    };
    if (strchr(raw->text, '\7')) {
        finding.before = capdl_review_format("0x%" PRIx64, raw->old_address);
        finding.after = capdl_review_format("0x%" PRIx64, raw->address);
    }
    finding.subject = raw->num_subjects ? capdl_review_names(review, raw->subjects, raw->num_subjects)
                                        : capdl_review_format("system");
    finding.subjects = capdl_spec_realloc(NULL, (raw->num_subjects + 1) * sizeof(*finding.subjects));
    for (size_t i = 0; i < raw->num_subjects; i++) {
        finding.subjects[i] = capdl_review_who_name(review, raw->subjects[i]);
    }
    capdl_review_fill_fields((struct review *)(uintptr_t)review, raw, &finding);
    set_id(&finding);
    return finding;
}

static int finding_compare(const void *left, const void *right)
{
    const struct capdl_finding *a = left, *b = right;
    int order = (int)a->rank - (int)b->rank;
    if (order == 0 && (a->num_subjects == 0) != (b->num_subjects == 0)) {
        return a->num_subjects == 0 ? 1 : -1;
    }
    order = order ? order : strcmp(a->subject, b->subject);
    order = order ? order : strcmp(a->text, b->text);
    return order ? order : capdl_finding_compare_texts(a->where, b->where);
}

/* Ids are the same in every run; those of two findings are never. */
static void part_ids(struct capdl_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct capdl_finding *finding = &findings->list[i];
        unsigned twins = 0;
        for (size_t j = i; j-- > 0 && findings->list[j].rank == finding->rank &&
                           strcmp(findings->list[j].subject, finding->subject) == 0;) {
            twins += memcmp(findings->list[j].id, finding->id, 14) == 0;
        }
        if (twins) {
            snprintf(finding->id + 14, 3, "%02x", twins & 0xff);
        }
    }
}

static uint32_t root_of(const struct review *review, uint32_t raw)
{
    while (review->raw[raw].cause != REVIEW_NONE) {
        raw = review->raw[raw].cause;
    }
    return raw;
}

static void add_consequence(struct capdl_finding *finding, struct capdl_finding consequence)
{
    finding->consequences =
        capdl_spec_realloc(finding->consequences, (finding->num_consequences + 1) * sizeof(*finding->consequences));
    finding->consequences[finding->num_consequences++] = consequence;
    if (consequence.rank < finding->rank) {
        finding->rank = consequence.rank;
    }
}

static size_t gather(struct review *review, struct group *groups, bool roots, const uint32_t *joined)
{
    size_t count = 0;
    for (uint32_t i = 0; i < review->num_raw; i++) {
        bool root = review->raw[i].cause == REVIEW_NONE;
        if (root == roots && !review->raw[i].told) {
            uint32_t cause = root ? REVIEW_NONE : root_of(review, i);
            while (cause != REVIEW_NONE && joined[cause] != cause) {
                cause = joined[cause];
            }
            groups[count++] = (struct group){&review->raw[i], &review->raw[i], cause, 0, false};
        }
    }
    return count;
}

static void free_raw(struct review *review)
{
    for (size_t i = 0; i < review->num_raw; i++) {
        free(review->raw[i].text);
        free(review->raw[i].subjects);
        free(review->raw[i].others[0]);
        free(review->raw[i].others[1]);
        free(review->raw[i].old_value);
        free(review->raw[i].new_value);
        free(review->raw[i].pairs);
        free(review->raw[i].path);
    }
    free(review->raw);
}

/* Of the findings that follow from no other, those that are under one nevertheless are moved behind the others: returns
   how many these are. */
static size_t part(const struct review *review, struct group *groups, size_t count, const uint32_t *joined,
                   size_t *moved)
{
    struct group *under = capdl_spec_realloc(NULL, (count + 1) * sizeof(*under));
    size_t kept = 0;
    *moved = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t number = (uint32_t)(groups[i].first - review->raw);
        if (joined[number] == number) {
            groups[kept++] = groups[i];
        } else if (!groups[i].first->told) {
            under[*moved] = groups[i];
            under[(*moved)++].root = joined[number];
        }
    }
    if (*moved) {
        memcpy(groups + kept, under, *moved * sizeof(*under));
    }
    free(under);
    return kept;
}

void capdl_review_write(struct review *review, struct capdl_findings *findings)
{
    struct group *groups = capdl_spec_realloc(NULL, (review->num_raw + 1) * sizeof(*groups));
    uint32_t *joined = capdl_review_identity((uint32_t)review->num_raw);
    uint32_t *place = capdl_review_identity((uint32_t)review->num_raw);
    size_t count = capdl_finding_join(review, groups, gather(review, groups, true, joined), joined), moved;
    capdl_review_unite(review, joined);
    count = part(review, groups, count, joined, &moved);
    for (size_t i = 0; i < count; i++) {
        findings->list =
            capdl_spec_grow(findings->list, &findings->capacity, findings->count + 1, sizeof(*findings->list));
        place[groups[i].first - review->raw] = (uint32_t)findings->count;
        findings->list[findings->count++] = finding_of(review, &groups[i]);
    }
    if (moved) {
        memmove(groups, groups + count, moved * sizeof(*groups));
    }
    count = capdl_finding_join(review, groups, moved + gather(review, groups + moved, false, joined), joined);
    count = capdl_finding_join_ways(groups, count);
    for (size_t i = 0; i < count; i++) {
        add_consequence(&findings->list[place[groups[i].root]], finding_of(review, &groups[i]));
    }
    findings->same_flows = review->same_flows;
    if (findings->count) {
        qsort(findings->list, findings->count, sizeof(*findings->list), finding_compare);
    }
    part_ids(findings);
    free_raw(review);
    free(groups);
    free(joined);
    free(place);
}

static void finding_free(struct capdl_finding *finding)
{
    for (size_t i = 0; i < finding->num_consequences; i++) {
        finding_free(&finding->consequences[i]);
    }
    for (size_t i = 0; i < finding->num_subjects; i++) {
        free(finding->subjects[i]);
    }
    capdl_review_free_fields(finding);
    free(finding->consequences);
    free(finding->subjects);
    free(finding->subject);
    free(finding->text);
    free(finding->object);
    free(finding->field);
    free(finding->before);
    free(finding->after);
    free(finding->where);
}

void capdl_findings_free(struct capdl_findings *findings)
{
    for (size_t i = 0; i < findings->count; i++) {
        finding_free(&findings->list[i]);
    }
    free(findings->list);
    *findings = (struct capdl_findings){NULL};
}
