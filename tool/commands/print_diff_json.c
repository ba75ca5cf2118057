/* SPDX-License-Identifier: BSD-2-Clause */
/* docs/diff.schema.json is what this prints. */
#include "print_diff.h"
#include "input/print_json.h"

#include <inttypes.h>

static struct json_object *text_json(const char *text)
{
    return text ? json_object_new_string(text) : NULL;
}

static struct json_object *side_json(const struct diff_side *side)
{
    struct json_object *object = json_object_new_object();
    json_object_object_add(object, "name", json_object_new_string(side->name));
    json_object_object_add(object, "objects", json_object_new_uint64(side->objects));
    json_object_object_add(object, "capabilities", json_object_new_uint64(side->caps));
    json_object_object_add(object, "frames", json_object_new_uint64(side->frames));
    json_object_object_add(object, "frame_bytes", json_object_new_uint64(side->bytes));
    json_object_object_add(object, "sha256", json_object_new_string(side->digest));
    if (side->errors) {
        json_object_object_add(object, "errors", json_object_new_uint64(side->errors));
        json_object_object_add(object, "first_error", json_object_new_string(side->first_error));
    }
    return object;
}

static struct json_object *subjects_json(const struct capdl_finding *finding)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < finding->num_subjects; i++) {
        json_object_array_add(list, json_object_new_string(finding->subjects[i]));
    }
    return list;
}

static struct json_object *range_json(const struct capdl_finding *finding)
{
    char text[24];
    if (!finding->size) {
        return NULL;
    }
    struct json_object *range = json_object_new_array();
    for (int end = 0; end < 2; end++) {
        snprintf(text, sizeof(text), "0x%" PRIx64, finding->address + (end ? finding->size - 1 : 0));
        json_object_array_add(range, json_object_new_string(text));
    }
    return range;
}

static struct json_object *source_json(const struct diff_report *report, const struct capdl_finding *finding)
{
    char place[DIFF_SOURCE];
    struct json_object *source = json_object_new_object();
    diff_source(&report->sides[0], finding->old_pos, place);
    json_object_object_add(source, "old", *place ? json_object_new_string(place) : NULL);
    diff_source(&report->sides[1], finding->new_pos, place);
    json_object_object_add(source, "new", *place ? json_object_new_string(place) : NULL);
    return source;
}

static void add_object(struct json_object *object, const struct capdl_finding *finding)
{
    struct json_object *what = NULL;
    if (finding->kind != CAPDL_KIND_COUNT) {
        what = json_object_new_object();
        json_object_object_add(what, "name", text_json(finding->object));
        json_object_object_add(what, "type", json_object_new_string(capdl_kind_keyword(finding->kind)));
    }
    json_object_object_add(object, "object", what);
}

static struct json_object *names_json(char *const *names, size_t count)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < count; i++) {
        json_object_array_add(list, json_object_new_string(names[i]));
    }
    return list;
}

/* Null where it is not known: of what the kernel has from the start, or of no object. */
static struct json_object *others_json(const struct capdl_finding *finding)
{
    char badge[24];
    if (!finding->knows_others) {
        return NULL;
    }
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < finding->num_others; i++) {
        const struct capdl_other *other = &finding->others[i];
        struct json_object *one = json_object_new_object();
        json_object_object_add(one, "name", json_object_new_string(other->name));
        json_object_object_add(one, "rights", text_json(other->rights));
        snprintf(badge, sizeof(badge), "0x%" PRIx64, other->badge);
        json_object_object_add(one, "badge", other->badge ? json_object_new_string(badge) : NULL);
        json_object_array_add(list, one);
    }
    return list;
}

static struct json_object *pairs_json(const struct capdl_finding *finding)
{
    struct json_object *list = json_object_new_array();
    for (size_t i = 0; i < finding->num_pairs; i++) {
        struct json_object *one = json_object_new_object();
        json_object_object_add(one, "from", names_json(finding->pairs[i].from, finding->pairs[i].num_from));
        json_object_object_add(one, "to", names_json(finding->pairs[i].to, finding->pairs[i].num_to));
        json_object_array_add(list, one);
    }
    return list;
}

static struct json_object *finding_json(const struct diff_report *report, const struct capdl_finding *finding)
{
    static const char *const changes[] = {"gained", "lost", "changed", "renamed"};
    struct json_object *object = json_object_new_object(), *consequences = json_object_new_array();
    json_object_object_add(object, "id", json_object_new_string(finding->id));
    json_object_object_add(object, "rank", json_object_new_int((int)finding->rank));
    json_object_object_add(object, "kind", json_object_new_string(capdl_rank_word(finding->rank)));
    json_object_object_add(object, "change", json_object_new_string(changes[finding->change]));
    json_object_object_add(object, "subject", json_object_new_string(finding->subject));
    json_object_object_add(object, "subjects", subjects_json(finding));
    json_object_object_add(object, "text", json_object_new_string(finding->text));
    add_object(object, finding);
    json_object_object_add(object, "role", text_json(finding->role));
    json_object_object_add(object, "others", others_json(finding));
    json_object_object_add(object, "others_total",
                           finding->knows_others ? json_object_new_uint64(finding->all_others) : NULL);
    json_object_object_add(object, "field", text_json(finding->field));
    json_object_object_add(object, "old", text_json(finding->before));
    json_object_object_add(object, "new", text_json(finding->after));
    json_object_object_add(object, "range", range_json(finding));
    json_object_object_add(object, "where", text_json(finding->where));
    json_object_object_add(object, "source", source_json(report, finding));
    json_object_object_add(object, "certain", json_object_new_boolean(finding->certain));
    json_object_object_add(object, "path", finding->num_path ? names_json(finding->path, finding->num_path) : NULL);
    json_object_object_add(object, "pairs", pairs_json(finding));
    json_object_object_add(object, "mediators",
                           names_json(finding->subjects, finding->bypassed ? finding->num_subjects : 0));
    for (size_t i = 0; i < finding->num_consequences; i++) {
        json_object_array_add(consequences, finding_json(report, &finding->consequences[i]));
    }
    json_object_object_add(object, "consequences", consequences);
    return object;
}

struct json_object *diff_json(const struct diff_report *report)
{
    struct json_object *top = json_object_new_object(), *list = json_object_new_array();
    json_object_object_add(top, "version", json_object_new_int(2));
    json_object_object_add(top, "old", side_json(&report->sides[0]));
    json_object_object_add(top, "new", side_json(&report->sides[1]));
    json_object_object_add(top, "verdict", json_object_new_string(diff_verdict_word(report->verdict)));
    json_object_object_add(top, "changed", json_object_new_boolean(report->verdict == DIFF_CHANGED));
    json_object_object_add(top, "new_flows", json_object_new_boolean(!report->findings->same_flows));
    json_object_object_add(top, "total", json_object_new_uint64(report->findings->count));
    for (size_t i = 0; i < report->findings->count; i++) {
        if (report->shown[i]) {
            json_object_array_add(list, finding_json(report, &report->findings->list[i]));
        }
    }
    json_object_object_add(top, "findings", list);
    return top;
}

void print_diff_json(const struct diff_report *report)
{
    struct json_object *top = diff_json(report);
    print_json_value(top, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED | JSON_C_TO_STRING_NOSLASHESCAPE);
    json_object_put(top);
}
