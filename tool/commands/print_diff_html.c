/* SPDX-License-Identifier: BSD-2-Clause */
/* A diff as a page: its JSON, with the findings in groups and a table of who is concerned, in a template. */
#include <stdlib.h>
#include <string.h>

#include "print_diff.h"
#include "report/base64.h"
#include "report/members.h"
#include "report/report.h"

static struct json_object *group_new(struct json_object *groups, enum capdl_rank rank)
{
    struct json_object *group = json_object_new_object();
    report_number(group, "rank", rank);
    report_text(group, "kind", capdl_rank_word(rank));
    report_text(group, "meaning", capdl_rank_meaning(rank));
    json_object_object_add(group, "list", json_object_new_array());
    json_object_array_add(groups, group);
    return group;
}

/* A sign besides the word, so that colour is never needed. */
static void mark_change(struct json_object *finding)
{
    static const char *const words[][2] = {
        {"gained", "+"},
        {"lost", "−"},
        {"changed", "~"},
        {"renamed", "="},
    };
    const char *change = json_object_get_string(json_object_object_get(finding, "change"));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strcmp(change, words[i][0]) == 0) {
            report_text(finding, "sign", words[i][1]);
        }
    }
    report_bool(finding, "guessed", !json_object_get_boolean(json_object_object_get(finding, "certain")));
}

/* Where a consequence is written is said unless it is where its finding is. */
static void mark_elsewhere(struct json_object *finding)
{
    struct json_object *list = json_object_object_get(finding, "consequences");
    struct json_object *source = json_object_object_get(finding, "source");
    for (size_t i = 0; i < json_object_array_length(list); i++) {
        struct json_object *one = json_object_array_get_idx(list, i), *own = json_object_object_get(one, "source");
        bool written = json_object_object_get(own, "old") || json_object_object_get(own, "new");
        report_bool(one, "elsewhere", written && !json_object_equal(own, source));
    }
}

static struct json_object *group_findings(struct json_object *findings)
{
    struct json_object *groups = json_object_new_array(), *group = NULL;
    uint64_t last = 0;
    for (size_t i = 0; i < json_object_array_length(findings); i++) {
        struct json_object *finding = json_object_array_get_idx(findings, i);
        uint64_t rank = json_object_get_uint64(json_object_object_get(finding, "rank"));
        if (rank != last) {
            group = group_new(groups, (enum capdl_rank)rank);
        }
        last = rank;
        mark_change(finding);
        mark_elsewhere(finding);
        json_object_array_add(json_object_object_get(group, "list"), json_object_get(finding));
    }
    return groups;
}

/* ---- Who is concerned ---- */

static void count_up(struct json_object *of, const char *key)
{
    report_number(of, key, json_object_get_uint64(json_object_object_get(of, key)) + 1);
}

static int64_t number_of(struct json_object *entry, const char *key)
{
    return json_object_get_int64(json_object_object_get(entry, key));
}

static void count_finding(struct json_object *by_name, struct json_object *finding)
{
    struct json_object *subjects = json_object_object_get(finding, "subjects");
    const char *change = json_object_get_string(json_object_object_get(finding, "change"));
    for (size_t i = 0; i < json_object_array_length(subjects); i++) {
        const char *name = json_object_get_string(json_object_array_get_idx(subjects, i));
        struct json_object *entry = NULL;
        if (!json_object_object_get_ex(by_name, name, &entry)) {
            entry = json_object_new_object();
            report_text(entry, "name", name);
            report_number(entry, "gained", 0);
            report_number(entry, "lost", 0);
            report_number(entry, "changed", 0);
            report_number(entry, "renamed", 0);
            report_number(entry, "order", json_object_object_length(by_name));
            report_number(entry, "rank", CAPDL_RANK_LAYOUT + 1);
            json_object_object_add(by_name, name, entry);
        }
        if (number_of(finding, "rank") < number_of(entry, "rank")) {
            json_object_object_add(entry, "gravest", json_object_get(json_object_object_get(finding, "kind")));
            json_object_object_add(entry, "rank", json_object_get(json_object_object_get(finding, "rank")));
        }
        count_up(entry, change);
    }
}

static int gravity_compare(const void *left, const void *right)
{
    struct json_object *const *a = left, *const *b = right;
    int64_t rank = number_of(*a, "rank") - number_of(*b, "rank");
    int64_t order = rank ? rank : number_of(*a, "order") - number_of(*b, "order");
    return order < 0 ? -1 : order > 0;
}

/* Gravest first; who is concerned as gravely in the order of findings. */
static struct json_object *concerned(struct json_object *findings)
{
    struct json_object *by_name = json_object_new_object(), *list = json_object_new_array();
    for (size_t i = 0; i < json_object_array_length(findings); i++) {
        struct json_object *finding = json_object_array_get_idx(findings, i);
        struct json_object *under = json_object_object_get(finding, "consequences");
        count_finding(by_name, finding);
        for (size_t j = 0; j < json_object_array_length(under); j++) {
            count_finding(by_name, json_object_array_get_idx(under, j));
        }
    }
    json_object_object_foreach(by_name, name, entry)
    {
        (void)name;
        json_object_array_add(list, json_object_get(entry));
    }
    json_object_put(by_name);
    json_object_array_sort(list, gravity_compare);
    return list;
}

void print_diff_html(const struct diff_report *report, FILE *out)
{
    char verdict[400];
    struct json_object *model = diff_json(report);
    struct json_object *findings = json_object_object_get(model, "findings");
    diff_verdict_text(report, verdict, sizeof(verdict));
    report_text(model, "verdict_text", verdict);
    report_text(model, "same_flows", diff_has_same_flows(report) ? DIFF_SAME_FLOWS : NULL);
    report_bool(model, "calm", report->verdict != DIFF_CHANGED);
    json_object_object_add(model, "groups", group_findings(findings));
    json_object_object_add(model, "concerned", concerned(findings));
    report_number(model, "not_shown", report->findings->count - report->num_shown);
    char *picture = report->picture ? report_base64(report->picture, report->picture_size) : NULL;
    report_text(model, "picture", picture);
    free(picture);
    report_page(model, "diff.html", out);
    json_object_put(model);
}
