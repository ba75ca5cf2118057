/* SPDX-License-Identifier: BSD-2-Clause */
/* Ways under one finding: what holds in both directions is said once, and what another line says as well is not said.
 */
#include "finding_ways.h"

#include <stdlib.h>
#include <string.h>

#include "words.h"

enum { MOST_WAYS = 64, MOST_PAIRS = 1024 }; /* of one finding; of one way */

/* From whom to whom: all pairs, two words each. */
struct way_pairs {
    uint32_t *list;
    size_t count;
};

static struct way_pairs pairs_of(const struct raw_finding *raw)
{
    const uint32_t *from = raw->flows ? raw->subjects : raw->others[0];
    const uint32_t *to = raw->flows ? raw->others[0] : raw->others[1];
    size_t num_from = raw->flows ? raw->num_subjects : raw->num_others[0];
    size_t num_to = raw->flows ? raw->num_others[0] : raw->num_others[1];
    struct way_pairs pairs = {NULL, 0};
    if (raw->num_pairs > MOST_PAIRS || num_from * num_to > MOST_PAIRS) {
        return pairs;
    }
    pairs.list = capdl_spec_realloc(NULL, 2 * (raw->num_pairs + num_from * num_to + 1) * sizeof(*pairs.list));
    if (raw->num_pairs) {
        memcpy(pairs.list, raw->pairs, 2 * raw->num_pairs * sizeof(*pairs.list));
        pairs.count = raw->num_pairs;
        return pairs;
    }
    for (size_t i = 0; i < num_from; i++) {
        for (size_t j = 0; j < num_to; j++) {
            pairs.list[2 * pairs.count] = from[i];
            pairs.list[2 * pairs.count++ + 1] = to[j];
        }
    }
    return pairs;
}

/* Whether all pairs of one are among those of the other; `back`: in the other direction. */
static bool has_all(const struct way_pairs *all, const struct way_pairs *some, bool back)
{
    for (size_t i = 0; i < some->count; i++) {
        bool found = false;
        for (size_t j = 0; j < all->count && !found; j++) {
            found = all->list[2 * j] == some->list[2 * i + back] && all->list[2 * j + 1] == some->list[2 * i + !back];
        }
        if (!found) {
            return false;
        }
    }
    return some->count > 0;
}

/* The text with another part; NULL if it has not got it. To be freed. */
static char *replaced(const char *text, const char *part, const char *by)
{
    const char *at = strstr(text, part);
    return at ? capdl_review_format("%.*s%s%s", (int)(at - text), text, by, at + strlen(part)) : NULL;
}

/* What is said of the way there and the way back at once; NULL: they have nothing in common. To be freed. */
static char *both_text(const struct raw_finding *raw, const char *back)
{
    static const struct {
        const char *there, *back, *both;
    } carriers[] = {
        {", in messages", ", in answers to calls", ", in calls and their answers"},
        {", in reports of faults, which hold registers", ", in answers to faults, which can set registers",
         ", in reports of faults and their answers, which hold registers"},
    };
    size_t first = raw->flows ? raw->num_subjects : raw->num_others[0], second = raw->num_others[!raw->flows];
    const char *there = raw->text, *from = raw->flows ? "from \16 to \5" : "from \5 to \6";
    char *by = capdl_review_format("between %s%s and %s%s", first > 1 ? "each of " : "", raw->flows ? "\16" : "\5",
                                   second > 1 ? "each of " : "", raw->flows ? "\5" : "\6");
    char *text = NULL, *both;

    if (strcmp(there, back) == 0 || raw->bypassed) {
        text = capdl_review_format("%s", there);
    }
    for (size_t i = 0; i < sizeof(carriers) / sizeof(carriers[0]) && !text; i++) {
        if (strstr(there, carriers[i].there) && strstr(back, carriers[i].back)) {
            text = replaced(there, carriers[i].there, carriers[i].both);
        }
    }
    both = text ? replaced(text, from, by) : NULL;
    free(by);
    free(text);
    return both;
}

static void add_back(struct raw_finding *raw, const struct way_pairs *there, const struct way_pairs *back)
{
    const struct way_pairs *parts[] = {there, back};
    free(raw->pairs);
    raw->pairs = capdl_spec_realloc(NULL, 2 * (there->count + back->count + 1) * sizeof(*raw->pairs));
    raw->num_pairs = 0;
    for (unsigned i = raw->flows; i < 2; i++) { /* of a flow, those there are those of its lists */
        memcpy(raw->pairs + 2 * raw->num_pairs, parts[i]->list, 2 * parts[i]->count * sizeof(*raw->pairs));
        raw->num_pairs += parts[i]->count;
    }
}

/* Whether the second need not be said; then the first says it. */
static bool is_said(struct raw_finding *a, const struct raw_finding *b)
{
    struct way_pairs there, back;
    char *both = NULL;
    bool said = false;
    if (a->flows != b->flows || a->bypassed != b->bypassed || !(a->flows || a->bypassed) ||
        (a->bypassed && (a->num_subjects != 1 || b->num_subjects != 1 || a->subjects[0] != b->subjects[0])) ||
        (a->flows && (a->num_pairs || b->num_pairs))) {
        return false;
    }
    there = pairs_of(a);
    back = pairs_of(b);
    if (a->bypassed && has_all(&there, &back, false)) {
        said = true;
    } else if (has_all(&there, &back, true) && has_all(&back, &there, true)) {
        both = both_text(a, b->text);
        said = both != NULL;
    }
    if (both) {
        free(a->text);
        a->text = both;
        add_back(a, &there, &back);
    }
    free(there.list);
    free(back.list);
    return said;
}

size_t capdl_finding_join_ways(struct group *groups, size_t count)
{
    bool *gone = capdl_spec_realloc(NULL, count + 1);
    size_t kept = 0;
    memset(gone, 0, count + 1);
    for (size_t i = 0; i < count; i++) {
        size_t first = i < MOST_WAYS ? 0 : i - MOST_WAYS, end = i + MOST_WAYS < count ? i + MOST_WAYS : count;
        for (size_t j = first; j < end && !gone[i]; j++) {
            if (i != j && !gone[j] && groups[i].root == groups[j].root) {
                gone[j] = is_said(groups[i].first, groups[j].first);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        if (!gone[i]) {
            groups[kept++] = groups[i];
        }
    }
    free(gone);
    return kept;
}
