/* SPDX-License-Identifier: BSD-2-Clause */
/* What programs read of a finding: the role of its object, who else has it, ways and pairs. */
#include "finding_fields.h"

#include <stdlib.h>
#include <string.h>

#include "lists.h"
#include "parties.h"
#include "roles.h"
#include "words.h"

char *capdl_review_who_name(const struct review *review, uint32_t who)
{
    char label[REVIEW_LABEL];
    return capdl_review_format("%s", capdl_review_who_label(review, who, label));
}

static char **who_names(const struct review *review, const uint32_t *who, size_t count)
{
    char **names = capdl_spec_realloc(NULL, (count + 1) * sizeof(*names));
    for (size_t i = 0; i < count; i++) {
        names[i] = capdl_review_who_name(review, who[i]);
    }
    return names;
}

/* Who has the object in the new system or, if it is gone, had it in the old one. */
static void fill_others(struct review *review, const struct raw_finding *raw, struct capdl_finding *finding)
{
    uint32_t old = capdl_review_local(review, &review->old, raw->object);
    uint32_t new = capdl_review_local(review, &review->new, raw->object);
    const struct world *world = new == REVIEW_NONE ? &review->old : &review->new;
    uint32_t object = new == REVIEW_NONE ? old : new;
    enum capdl_kind kind = finding->kind;
    enum { MOST_NAMED = 1000, MOST_IN_ALL = 1 << 18, LEAST_NAMED = 16 };
    size_t most = review->num_others < MOST_IN_ALL ? MOST_NAMED : LEAST_NAMED;
    const struct parties *parties;
    char text[8];

    if (object == REVIEW_NONE) {
        return;
    }
    parties = capdl_review_parties(review, world, object);
    finding->knows_others = true;
    finding->others =
        capdl_spec_realloc(NULL, (most < parties->count ? most : parties->count + 1) * sizeof(*finding->others));
    for (size_t i = 0; i < parties->count; i++) {
        const struct party *p = &parties->list[i];
        bool rights = capdl_kind_has(kind, CAPDL_TRAIT_RIGHTS);
        if (capdl_review_among(raw->subjects, raw->num_subjects, p->who)) {
            continue;
        }
        finding->all_others++;
        if (finding->num_others == most) {
            continue; /* thousands of findings, each with thousands, would be millions */
        }
        review->num_others++;
        finding->others[finding->num_others++] = (struct capdl_other){
            .name = capdl_review_who_name(review, p->who),
            .rights = rights ? capdl_review_format("%s", capdl_review_rights(kind, p->rights, text)) : NULL,
            .badge = kind == CAPDL_KIND_EP || kind == CAPDL_KIND_NOTIFICATION || kind == CAPDL_KIND_SMC ? p->badge : 0};
    }
}

static void pairs_add(struct review *review, struct capdl_finding *finding, const uint32_t *from, size_t num_from,
                      const uint32_t *to, size_t num_to)
{
    finding->pairs = capdl_spec_realloc(finding->pairs, (finding->num_pairs + 1) * sizeof(*finding->pairs));
    finding->pairs[finding->num_pairs++] =
        (struct capdl_flow_pairs){who_names(review, from, num_from), who_names(review, to, num_to), num_from, num_to};
}

static void fill_pairs(struct review *review, const struct raw_finding *raw, struct capdl_finding *finding)
{
    uint32_t *to = capdl_spec_realloc(NULL, (raw->num_pairs + 1) * sizeof(*to));
    finding->bypassed = raw->bypassed;
    if (raw->flows) {
        pairs_add(review, finding, raw->subjects, raw->num_subjects, raw->others[0], raw->num_others[0]);
    } else if (raw->bypassed && !raw->pairs) {
        pairs_add(review, finding, raw->others[0], raw->num_others[0], raw->others[1], raw->num_others[1]);
    }
    for (size_t i = 0, count; i < raw->num_pairs; i += count) {
        for (count = 0; i + count < raw->num_pairs && raw->pairs[2 * (i + count)] == raw->pairs[2 * i]; count++) {
            to[count] = raw->pairs[2 * (i + count) + 1];
        }
        pairs_add(review, finding, &raw->pairs[2 * i], 1, to, count);
    }
    free(to);
}

void capdl_review_fill_fields(struct review *review, const struct raw_finding *raw, struct capdl_finding *finding)
{
    char role[REVIEW_LABEL] = "";
    uint32_t old = capdl_review_local(review, &review->old, raw->object);
    uint32_t new = capdl_review_local(review, &review->new, raw->object);
    if (raw->object != FINDING_NO_OBJECT && new != REVIEW_NONE) {
        capdl_review_role(review, &review->new, new, role);
    } else if (raw->object != FINDING_NO_OBJECT && old != REVIEW_NONE) {
        capdl_review_role(review, &review->old, old, role);
    }
    finding->role = *role ? capdl_review_format("%s", role) : NULL;
    if (raw->object != FINDING_NO_OBJECT) {
        fill_others(review, raw, finding);
    }
    fill_pairs(review, raw, finding);
    finding->path = who_names(review, raw->path, raw->num_path);
    finding->num_path = raw->num_path;
}

static void names_free(char **names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        free(names[i]);
    }
    free(names);
}

void capdl_review_free_fields(struct capdl_finding *finding)
{
    for (size_t i = 0; i < finding->num_others; i++) {
        free(finding->others[i].name);
        free(finding->others[i].rights);
    }
    for (size_t i = 0; i < finding->num_pairs; i++) {
        names_free(finding->pairs[i].from, finding->pairs[i].num_from);
        names_free(finding->pairs[i].to, finding->pairs[i].num_to);
    }
    names_free(finding->path, finding->num_path);
    free(finding->role);
    free(finding->others);
    free(finding->pairs);
}
