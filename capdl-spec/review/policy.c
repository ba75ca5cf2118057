/* SPDX-License-Identifier: BSD-2-Clause */
/* A system against a policy: names, relations, and whether the rules themselves are in order. */
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "policy_change.h"
#include "policy_findings.h"
#include "policy_groups.h"
#include "policy_judge.h"
#include "policy_match.h"
#include "policy_verdict.h"
#include "policy_ways.h"
#include "policy_write.h"

/* ---- Names ---- */

static void check_term(const struct policy_judge *judge, const struct policy_term *term, bool holds)
{
    struct capdl_nearest nearest = {NULL};
    if (!term->text || term->group || capdl_policy_is_known(&judge->match, term) || strcmp(term->text, "*") == 0) {
        return;
    }
    for (unsigned i = 0; holds && i < CAPDL_KIND_COUNT; i++) {
        if (capdl_policy_is_pattern(term) || strcmp(capdl_kind_keyword((enum capdl_kind)i), term->text) == 0) {
            return;
        }
    }
    if (capdl_policy_is_pattern(term)) {
        capdl_finding(judge->diags, CAPDL_WARNING, CAPDL_CHECK_POLICY_NAME, term->pos,
                      "no subject or device has a name like '%s'", term->text);
        return;
    }
    for (uint32_t i = 0; i < judge->relations->num_parties; i++) {
        const struct capdl_party *party = &judge->relations->parties[i];
        if (!party->numbered && party->kind != CAPDL_PARTY_GROUP) {
            capdl_nearest_try(&nearest, term->text, strlen(term->text), party->name);
        }
    }
    capdl_finding(judge->diags, CAPDL_ERROR, CAPDL_CHECK_POLICY_NAME, term->pos,
                  "no subject or device is called '%s'%s", term->text,
                  nearest.word ? capdl_nearest_hint(&nearest) : "; 'capdl policy' lists them all");
}

static void check_terms(const struct policy_judge *judge, const struct policy_terms *terms, bool holds)
{
    for (size_t i = 0; i < terms->count; i++) {
        check_term(judge, &terms->list[i], holds);
    }
}

static void check_names(const struct policy_judge *judge)
{
    const struct capdl_policy *policy = judge->policy;
    for (size_t i = 0; i < policy->num_groups; i++) {
        check_terms(judge, &policy->groups[i].members, false);
    }
    for (size_t i = 0; i < policy->num_rules; i++) {
        check_terms(judge, &policy->rules[i].from, false);
        check_terms(judge, &policy->rules[i].to, policy->rules[i].kinds >> CAPDL_RELATION_HOLD & 1);
        check_terms(judge, &policy->rules[i].through, false);
    }
}

/* ---- Relations ---- */

/* "allow call client -> server" */
static char *rule_text(const struct policy_judge *judge, const struct capdl_relation *link)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "allow %s ", capdl_relation_word(link->kind));
    capdl_policy_write_party(out, &judge->relations->parties[link->from]);
    fputs(" -> ", out);
    capdl_policy_write_party(out, &judge->relations->parties[link->to]);
    fclose(out);
    return text;
}

static enum capdl_policy_verdict judge_relation(struct policy_judge *judge, const struct capdl_relation *link,
                                                bool tell)
{
    const struct capdl_party *parties = judge->relations->parties;
    struct policy_answer answer = {.forbids = REVIEW_NONE, .over = REVIEW_NONE};
    enum capdl_policy_verdict verdict;
    capdl_policy_rules_from(&judge->match, link->from, link->kind, &judge->rules);
    for (uint32_t i = 0; i < judge->rules.count; i++) {
        if (capdl_policy_set_has(&judge->match.sides[judge->rules.list[i]].to, link->to)) {
            capdl_policy_hear(judge, &answer, judge->rules.list[i]);
        }
    }
    verdict = capdl_policy_verdict_of(&answer);
    if (verdict == CAPDL_POLICY_EXCEEDS && tell &&
        !capdl_policy_was_so(&judge->before, link->from, link->to, link->kind)) {
        struct policy_exceeding what = {.link = link,
                                        .from = parties[link->from].name,
                                        .to = parties[link->to].name,
                                        .at = {link->from_holder, link->from_slot},
                                        .other = {link->to_holder, link->to_slot},
                                        .other_name = parties[link->to].name,
                                        .rule = rule_text(judge, link),
                                        .party = link->from};
        capdl_policy_tell(judge, &what, &answer);
    }
    return verdict;
}

/* Relations of one kind between two parties are one finding, whatever objects they are by. */
static void judge_relations(struct policy_judge *judge)
{
    const struct capdl_relations *r = judge->relations;
    for (size_t i = 0; i < r->count; i++) {
        const struct capdl_relation *link = &r->list[i], *last = i ? &r->list[i - 1] : NULL;
        bool again = last && last->from == link->from && last->to == link->to && last->kind == link->kind;
        enum capdl_policy_verdict verdict = r->parties[link->from].kind == CAPDL_PARTY_GROUP
                                                ? capdl_policy_judge_groups(judge, link, !again)
                                                : judge_relation(judge, link, !again);
        judge->result->verdicts[i] = (uint8_t)verdict;
        judge->result->waived += verdict == CAPDL_POLICY_WAIVED && !again;
    }
}

/* ---- Rules ---- */

static void check_rules(const struct policy_judge *judge)
{
    for (size_t i = 0; i < judge->policy->num_rules; i++) {
        const struct policy_rule *rule = &judge->policy->rules[i];
        if (!judge->used[i] && rule->verb != POLICY_FORBID) {
            capdl_finding(judge->diags, CAPDL_WARNING, CAPDL_CHECK_POLICY_UNUSED, rule->pos,
                          rule->verb == POLICY_ALLOW ? "this rule allows nothing that the system does"
                                                     : "this waiver is not needed");
        }
    }
}

static void check(struct policy_judge *judge)
{
    const struct capdl_policy *policy = judge->policy;
    *judge->result = (struct capdl_policy_result){.verdicts = capdl_spec_realloc(NULL, judge->relations->count + 1)};
    judge->used = capdl_spec_realloc(NULL, policy->num_rules + 1);
    memset(judge->used, 0, policy->num_rules + 1);
    for (size_t i = 0; i < policy->num_rules; i++) {
        judge->result->has_waivers |= policy->rules[i].verb == POLICY_WAIVE;
    }
    capdl_policy_match_init(&judge->match, policy, judge->relations);
    if (!judge->before.r) {
        check_names(judge);
    }
    judge_relations(judge);
    capdl_policy_judge_ways(judge);
    if (judge->relations->incomplete) {
        capdl_finding(judge->diags, CAPDL_ERROR, CAPDL_CHECK_POLICY, CAPDL_WHOLE_SPEC,
                      "there are too many relations to compare all with the policy");
    }
    if (!judge->before.r) {
        check_rules(judge);
    }
    capdl_policy_match_free(&judge->match);
    free(judge->rules.list);
    free(judge->used);
}

void capdl_policy_check(const struct capdl_policy *policy, const struct capdl_spec *spec,
                        const struct capdl_relations *relations, uint32_t date, struct capdl_diags *diags,
                        struct capdl_policy_result *result)
{
    struct policy_judge judge = {policy, spec, relations, date, diags, result, .used = NULL};
    check(&judge);
}

void capdl_policy_check_change(const struct capdl_policy *policy, const struct capdl_relations *old,
                               const struct capdl_spec *spec, const struct capdl_relations *relations, uint32_t date,
                               struct capdl_diags *diags, struct capdl_policy_result *result)
{
    struct policy_judge judge = {policy, spec, relations, date, diags, result, .used = NULL};
    capdl_policy_before_init(&judge.before, old, relations);
    check(&judge);
    capdl_policy_before_free(&judge.before);
}
