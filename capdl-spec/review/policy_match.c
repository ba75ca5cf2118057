/* SPDX-License-Identifier: BSD-2-Clause */
/* Whom the terms of a policy mean: sets of parties, found by name and number once, not by comparing each with each. */
#include "policy_match.h"

#include <stdlib.h>
#include <string.h>

#include "lists.h"

static bool glob(const char *pattern, const char *text)
{
    const char *star = NULL, *again = NULL;
    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            again = text;
        } else if (*pattern == '?' || *pattern == *text) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*') {
        pattern++;
    }
    return !*pattern;
}

bool capdl_policy_is_pattern(const struct policy_term *term)
{
    return term->text && !term->literal && strpbrk(term->text, "*?");
}

/* Kinds are meant by their words. */
static bool is_named(const struct capdl_party *party)
{
    return party->kind != CAPDL_PARTY_GROUP && (party->kind == CAPDL_PARTY_KIND || !party->numbered);
}

static const struct capdl_party *sorted_parties; /* of the sorts below */

static int name_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int order = strcmp(sorted_parties[a].name, sorted_parties[b].name);
    return order ? order : a < b ? -1 : a > b;
}

static int number_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    if (sorted_parties[a].first != sorted_parties[b].first) {
        return sorted_parties[a].first < sorted_parties[b].first ? -1 : 1;
    }
    return a < b ? -1 : a > b;
}

/* ---- Sets ---- */

void capdl_policy_set_add(struct policy_set *set, uint32_t party)
{
    set->list = capdl_spec_grow(set->list, &set->capacity, set->count + (size_t)1, sizeof(*set->list));
    set->list[set->count++] = party;
}

static void set_settle(struct policy_set *set)
{
    if (set->all) {
        free(set->list);
        *set = (struct policy_set){.all = true};
    }
    set->count = (uint32_t)capdl_review_unique(set->list, set->count);
}

bool capdl_policy_set_has(const struct policy_set *set, uint32_t party)
{
    return set->all || capdl_review_among(set->list, set->count, party);
}

/* The first of a sorted list that is not before a name or a number. */
static uint32_t lower_bound(const struct policy_match *m, const char *name, uint64_t number)
{
    const uint32_t *list = name ? m->by_name : m->by_number;
    uint32_t low = 0, high = name ? m->num_named : m->num_numbered;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct capdl_party *party = &m->relations->parties[list[middle]];
        if (name ? strcmp(party->name, name) < 0 : party->first < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* What is allowed is allowed to the last byte; what is forbidden, all that has anything of it. */
static bool covers(const struct policy_term *term, const struct capdl_party *party, bool forbids)
{
    if (party->kind == CAPDL_PARTY_PRIORITY && forbids) {
        return party->last >= term->first; /* whoever may have a higher one may have this one */
    }
    if (party->kind == CAPDL_PARTY_PRIORITY && term->plain) {
        return party->last <= term->last;
    }
    return forbids ? party->first <= term->last && term->first <= party->last
                   : term->first <= party->first && party->last <= term->last;
}

static void add_numbers(const struct policy_match *m, const struct policy_term *term, bool forbids,
                        struct policy_set *set)
{
    const struct capdl_party *parties = m->relations->parties;
    for (uint32_t i = 0; i < m->num_priorities; i++) {
        if (covers(term, &parties[m->priorities[i]], forbids)) {
            capdl_policy_set_add(set, m->priorities[i]);
        }
    }
    for (uint32_t i = forbids ? 0 : lower_bound(m, NULL, term->first); i < m->num_numbered; i++) {
        const struct capdl_party *party = &parties[m->by_number[i]];
        if (party->first > term->last) {
            break;
        }
        if (party->kind != CAPDL_PARTY_PRIORITY && covers(term, party, forbids)) {
            capdl_policy_set_add(set, m->by_number[i]);
        }
    }
}

static void add_names(const struct policy_match *m, const struct policy_term *term, struct policy_set *set)
{
    const struct capdl_party *parties = m->relations->parties;
    if (!capdl_policy_is_pattern(term)) {
        for (uint32_t i = lower_bound(m, term->text, 0);
             i < m->num_named && strcmp(parties[m->by_name[i]].name, term->text) == 0; i++) {
            capdl_policy_set_add(set, m->by_name[i]);
        }
        return;
    }
    set->all |= strcmp(term->text, "*") == 0;
    for (uint32_t i = 0; i < m->num_named && !set->all; i++) {
        if (glob(term->text, parties[m->by_name[i]].name)) {
            capdl_policy_set_add(set, m->by_name[i]);
        }
    }
}

static void add_terms(const struct policy_match *m, const struct policy_terms *terms, bool forbids,
                      struct policy_set *set)
{
    for (size_t i = 0; i < terms->count; i++) {
        const struct policy_term *term = &terms->list[i];
        if (term->group) {
            const struct policy_set *group = &m->groups[term->first];
            set->all |= group->all;
            for (uint32_t j = 0; j < group->count; j++) {
                capdl_policy_set_add(set, group->list[j]);
            }
        } else if (term->text) {
            add_names(m, term, set);
        } else {
            add_numbers(m, term, forbids, set);
        }
    }
    set_settle(set);
}

bool capdl_policy_is_known(const struct policy_match *m, const struct policy_term *term)
{
    struct policy_set set = {NULL};
    bool known;
    add_names(m, term, &set);
    known = set.all || set.count;
    free(set.list);
    return known;
}

/* ---- Rules of a party ---- */

static void index_rules(struct policy_match *m)
{
    uint32_t parties = m->relations->num_parties;
    size_t *at, total = 0;
    m->first_rule = capdl_spec_realloc(NULL, (parties + (size_t)2) * sizeof(*m->first_rule));
    memset(m->first_rule, 0, (parties + (size_t)2) * sizeof(*m->first_rule));
    m->all_rules = capdl_spec_realloc(NULL, (m->policy->num_rules + 1) * sizeof(*m->all_rules));
    for (size_t i = 0; i < m->policy->num_rules; i++) {
        if (m->sides[i].from.all) {
            m->all_rules[m->num_all_rules++] = (uint32_t)i;
        }
        for (uint32_t j = 0; j < m->sides[i].from.count; j++) {
            m->first_rule[m->sides[i].from.list[j] + 1]++;
            total++;
        }
    }
    for (uint32_t i = 0; i < parties; i++) {
        m->first_rule[i + 1] += m->first_rule[i];
    }
    m->rules = capdl_spec_realloc(NULL, (total + 1) * sizeof(*m->rules));
    at = capdl_spec_realloc(NULL, (parties + (size_t)1) * sizeof(*at));
    memcpy(at, m->first_rule, parties * sizeof(*at));
    for (size_t i = 0; i < m->policy->num_rules; i++) {
        for (uint32_t j = 0; j < m->sides[i].from.count; j++) {
            m->rules[at[m->sides[i].from.list[j]]++] = (uint32_t)i;
        }
    }
    free(at);
}

/* Who may call may send, who may write may read; who may not send may not call, who may not read may not write. */
static bool kind_matches(const struct policy_rule *rule, enum capdl_relation_kind kind)
{
    static const struct {
        enum capdl_relation_kind more, less;
    } includes[] = {
        {CAPDL_RELATION_CALL, CAPDL_RELATION_SEND},
        {CAPDL_RELATION_DRIVE, CAPDL_RELATION_WATCH},
    };
    bool forbids = rule->verb == POLICY_FORBID, implied = false;

    for (size_t i = 0; i < sizeof(includes) / sizeof(includes[0]); i++) {
        enum capdl_relation_kind is = forbids ? includes[i].more : includes[i].less;
        enum capdl_relation_kind said = forbids ? includes[i].less : includes[i].more;
        implied |= kind == is && rule->kinds >> said & 1;
    }
    return !rule->reach && (rule->kinds >> kind & 1 || implied);
}

static void consider(const struct policy_match *m, uint32_t rule, enum capdl_relation_kind kind,
                     struct policy_set *found)
{
    if (kind_matches(&m->policy->rules[rule], kind)) {
        capdl_policy_set_add(found, rule);
    }
}

void capdl_policy_rules_from(const struct policy_match *m, uint32_t party, enum capdl_relation_kind kind,
                             struct policy_set *found)
{
    size_t i = m->first_rule[party], end = m->first_rule[party + 1], j = 0;
    found->count = 0;
    while (i < end || j < m->num_all_rules) {
        if (j == m->num_all_rules || (i < end && m->rules[i] < m->all_rules[j])) {
            consider(m, m->rules[i++], kind, found);
        } else {
            consider(m, m->all_rules[j++], kind, found);
        }
    }
}

/* ---- All of it ---- */

void capdl_policy_match_init(struct policy_match *m, const struct capdl_policy *policy,
                             const struct capdl_relations *relations)
{
    size_t size = (relations->num_parties + (size_t)1) * sizeof(uint32_t);
    *m = (struct policy_match){.policy = policy,
                               .relations = relations,
                               .by_name = capdl_spec_realloc(NULL, size),
                               .by_number = capdl_spec_realloc(NULL, size),
                               .priorities = capdl_spec_realloc(NULL, size)};
    for (uint32_t i = 0; i < relations->num_parties; i++) {
        const struct capdl_party *party = &relations->parties[i];
        if (is_named(party)) {
            m->by_name[m->num_named++] = i;
        } else if (party->kind != CAPDL_PARTY_GROUP) {
            m->by_number[m->num_numbered++] = i;
            if (party->kind == CAPDL_PARTY_PRIORITY) {
                m->priorities[m->num_priorities++] = i;
            }
        }
    }
    sorted_parties = relations->parties;
    qsort(m->by_name, m->num_named, sizeof(uint32_t), name_compare);
    qsort(m->by_number, m->num_numbered, sizeof(uint32_t), number_compare);
    m->groups = capdl_spec_realloc(NULL, (policy->num_groups + 1) * sizeof(*m->groups));
    memset(m->groups, 0, (policy->num_groups + 1) * sizeof(*m->groups));
    for (size_t i = 0; i < policy->num_groups; i++) {
        add_terms(m, &policy->groups[i].members, false, &m->groups[i]);
    }
    m->sides = capdl_spec_realloc(NULL, (policy->num_rules + 1) * sizeof(*m->sides));
    memset(m->sides, 0, (policy->num_rules + 1) * sizeof(*m->sides));
    for (size_t i = 0; i < policy->num_rules; i++) {
        bool forbids = policy->rules[i].verb == POLICY_FORBID;
        add_terms(m, &policy->rules[i].from, forbids, &m->sides[i].from);
        add_terms(m, &policy->rules[i].to, forbids, &m->sides[i].to);
        add_terms(m, &policy->rules[i].through, forbids, &m->sides[i].through);
    }
    index_rules(m);
}

void capdl_policy_match_free(struct policy_match *m)
{
    for (size_t i = 0; i < m->policy->num_groups; i++) {
        free(m->groups[i].list);
    }
    for (size_t i = 0; i < m->policy->num_rules; i++) {
        free(m->sides[i].from.list);
        free(m->sides[i].to.list);
        free(m->sides[i].through.list);
    }
    free(m->groups);
    free(m->sides);
    free(m->by_name);
    free(m->by_number);
    free(m->priorities);
    free(m->rules);
    free(m->first_rule);
    free(m->all_rules);
}
