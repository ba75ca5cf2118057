/* SPDX-License-Identifier: BSD-2-Clause */
/* Relations of many with many: members of whom rules, and the system before a change, say the same are looked at once.
 */
#include "policy_groups.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "policy_change.h"
#include "policy_findings.h"
#include "policy_match.h"
#include "policy_verdict.h"
#include "policy_write.h"
#include "words.h"

/* What there is to say of a member: rules, what it did before, with whom and by which groups. */
struct standing {
    uint32_t member; /* which of the group */
    uint32_t *words;
    size_t count;
};

/* Who does what exceeds the policy, to whom. */
struct claim {
    uint32_t *from, *to; /* which of the groups */
    uint32_t num_from, num_to;
    struct policy_answer answer;
};

struct group_judge {
    struct policy_judge *judge;
    const struct capdl_relation *link;
    const uint32_t *from, *to; /* parties */
    uint32_t num_from, num_to;
    struct standing *standings;    /* equal ones one after the other */
    struct policy_answer *answers; /* per member of `to`, of the standing that is looked at */
    bool *was_so;                  /* likewise */
    uint32_t *place;               /* per party: which of `to`, or REVIEW_NONE */
    uint32_t *old_seen;            /* per party of the system before: the last standing that marked it */
    uint32_t marks;
    struct claim *claims; /* not told yet: those that say the same become one */
    uint32_t num_claims;
};

enum { MOST_CLAIMS = 16 };

static int standing_compare(const void *left, const void *right)
{
    const struct standing *a = left, *b = right;
    size_t count = a->count < b->count ? a->count : b->count;
    for (size_t i = 0; i < count; i++) {
        if (a->words[i] != b->words[i]) {
            return a->words[i] < b->words[i] ? -1 : 1;
        }
    }
    if (a->count != b->count) {
        return a->count < b->count ? -1 : 1;
    }
    return a->member < b->member ? -1 : a->member > b->member;
}

static bool same_standing(const struct standing *a, const struct standing *b)
{
    return a->count == b->count && memcmp(a->words, b->words, a->count * sizeof(*a->words)) == 0;
}

static void find_standings(struct group_judge *g)
{
    struct policy_judge *judge = g->judge;
    struct policy_set with = {NULL}, by_groups = {NULL};
    for (uint32_t i = 0; i < g->num_from; i++) {
        struct policy_set words = {NULL};
        capdl_policy_rules_from(&judge->match, g->from[i], g->link->kind, &judge->rules);
        capdl_policy_did(&judge->before, g->from[i], g->link->kind, &with, &by_groups);
        capdl_policy_set_add(&words, judge->rules.count);
        capdl_policy_set_add(&words, with.count);
        for (uint32_t j = 0; j < judge->rules.count; j++) {
            capdl_policy_set_add(&words, judge->rules.list[j]);
        }
        for (uint32_t j = 0; j < with.count; j++) {
            capdl_policy_set_add(&words, with.list[j]);
        }
        for (uint32_t j = 0; j < by_groups.count; j++) {
            capdl_policy_set_add(&words, by_groups.list[j]);
        }
        g->standings[i] = (struct standing){i, words.list, words.count};
    }
    free(with.list);
    free(by_groups.list);
    qsort(g->standings, g->num_from, sizeof(*g->standings), standing_compare);
}

static void hear_rule(struct group_judge *g, uint32_t rule)
{
    const struct policy_set *to = &g->judge->match.sides[rule].to;
    for (uint32_t i = 0; to->all && i < g->num_to; i++) {
        capdl_policy_hear(g->judge, &g->answers[i], rule);
    }
    for (uint32_t i = 0; i < to->count; i++) {
        if (g->place[to->list[i]] != REVIEW_NONE) {
            capdl_policy_hear(g->judge, &g->answers[g->place[to->list[i]]], rule);
        }
    }
}

/* What the rules and the system before say of this standing, for each of `to`. */
static void ask(struct group_judge *g, const struct standing *standing)
{
    const struct policy_before *before = &g->judge->before;
    uint32_t rules = standing->words[0], with = standing->words[1];
    for (uint32_t i = 0; i < g->num_to; i++) {
        g->answers[i] = (struct policy_answer){.forbids = REVIEW_NONE, .over = REVIEW_NONE};
        g->was_so[i] = false;
    }
    for (uint32_t i = 0; i < rules; i++) {
        hear_rule(g, standing->words[2 + i]);
    }
    g->marks++;
    for (uint32_t i = 0; i < with; i++) {
        g->old_seen[standing->words[2 + rules + i]] = g->marks;
    }
    for (size_t i = 2 + rules + with; i < standing->count; i++) {
        uint32_t count;
        const uint32_t *members = capdl_relations_members(before->r, &before->r->list[standing->words[i]].to, &count);
        for (uint32_t j = 0; j < count; j++) {
            g->old_seen[members[j]] = g->marks;
        }
    }
    for (uint32_t i = 0; before->r && i < g->num_to; i++) {
        uint32_t old = before->party[g->to[i]];
        g->was_so[i] = old != REVIEW_NONE && g->old_seen[old] == g->marks;
    }
}

static char *names(const struct group_judge *g, const uint32_t *parties, uint32_t count)
{
    const char **labels = capdl_spec_realloc(NULL, (count + (size_t)1) * sizeof(*labels));
    char *text;
    for (uint32_t i = 0; i < count; i++) {
        labels[i] = g->judge->relations->parties[parties[i]].name;
    }
    text = capdl_review_label_list(labels, count, 4);
    free(labels);
    return text;
}

static void write_list(const struct group_judge *g, FILE *out, const uint32_t *parties, uint32_t count)
{
    enum { MOST_NAMED = 8 };

    for (uint32_t i = 0; i < count && i < MOST_NAMED; i++) {
        fputs(i ? ", " : "", out);
        capdl_policy_write_party(out, &g->judge->relations->parties[parties[i]]);
    }
    if (count > MOST_NAMED) {
        fprintf(out, " and %" PRIu32 " more", count - MOST_NAMED);
    }
}

static char *rule_text(const struct group_judge *g, const uint32_t *from, uint32_t num_from, const uint32_t *to,
                       uint32_t num_to)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    fprintf(out, "allow %s ", capdl_relation_word(g->link->kind));
    write_list(g, out, from, num_from);
    fputs(" -> ", out);
    write_list(g, out, to, num_to);
    fclose(out);
    return text;
}

static int member_compare(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return a < b ? -1 : a > b;
}

static void tell(const struct group_judge *g, struct claim *claim)
{
    uint32_t *from = capdl_spec_realloc(NULL, claim->num_from * sizeof(*from)), other = claim->to[0];
    uint32_t *to = capdl_spec_realloc(NULL, claim->num_to * sizeof(*to));
    struct policy_exceeding what = {.link = g->link};
    char *from_names, *to_names;
    qsort(claim->from, claim->num_from, sizeof(*from), member_compare);
    for (uint32_t i = 0; i < claim->num_from; i++) {
        from[i] = g->from[claim->from[i]];
    }
    for (uint32_t i = 0; i < claim->num_to; i++) {
        to[i] = g->to[claim->to[i]];
    }
    other = claim->num_to > 1 && to[0] == from[0] ? claim->to[1] : other;
    from_names = names(g, from, claim->num_from);
    to_names = names(g, to, claim->num_to);
    what.from = from_names;
    what.to = to_names;
    what.at = g->link->from_places[claim->from[0]];
    what.other = g->link->to_places[other];
    what.other_name = g->judge->relations->parties[g->to[other]].name;
    what.rule = rule_text(g, from, claim->num_from, to, claim->num_to);
    what.party = from[0];
    capdl_policy_tell(g->judge, &what, &claim->answer);
    free(from);
    free(to);
    free(from_names);
    free(to_names);
}

static void tell_claims(struct group_judge *g)
{
    for (uint32_t i = 0; i < g->num_claims; i++) {
        tell(g, &g->claims[i]);
        free(g->claims[i].from);
        free(g->claims[i].to);
    }
    g->num_claims = 0;
}

static bool same_answer(const struct policy_answer *a, const struct policy_answer *b)
{
    return a->forbids == b->forbids && a->over == b->over;
}

/* Those of one standing do what exceeds the policy to those of `to` of whom the same rules speak; takes `to`. */
static void add_claim(struct group_judge *g, const struct standing *list, uint32_t count, uint32_t *to, uint32_t num_to)
{
    const struct policy_answer *answer = &g->answers[to[0]];
    struct claim *claim = NULL;
    for (uint32_t i = 0; i < g->num_claims && !claim; i++) {
        struct claim *other = &g->claims[i];
        if (other->num_to == num_to && memcmp(other->to, to, num_to * sizeof(*to)) == 0 &&
            same_answer(&other->answer, answer)) {
            claim = other;
        }
    }
    if (claim) {
        free(to);
    } else {
        if (g->num_claims == MOST_CLAIMS) {
            tell_claims(g);
        }
        claim = &g->claims[g->num_claims++];
        *claim = (struct claim){.to = to, .num_to = num_to, .answer = *answer};
    }
    claim->from = capdl_spec_realloc(claim->from, (claim->num_from + count) * sizeof(*claim->from));
    for (uint32_t i = 0; i < count; i++) {
        claim->from[claim->num_from++] = list[i].member;
    }
}

static enum capdl_policy_verdict judge_standing(struct group_judge *g, const struct standing *list, uint32_t count,
                                                bool tell_it)
{
    enum capdl_policy_verdict worst = CAPDL_POLICY_ALLOWED;
    uint32_t *which = capdl_spec_realloc(NULL, (g->num_to + (size_t)1) * sizeof(*which)), num = 0;
    ask(g, &list[0]);
    for (uint32_t i = 0; i < g->num_to; i++) {
        enum capdl_policy_verdict verdict = capdl_policy_verdict_of(&g->answers[i]);
        if (count == 1 && g->to[i] == g->from[list[0].member]) {
            continue; /* with itself */
        }
        worst = verdict > worst ? verdict : worst;
        if (verdict == CAPDL_POLICY_EXCEEDS && !g->was_so[i]) {
            which[num++] = i;
        }
    }
    for (uint32_t left; tell_it && num; num = left) { /* of each answer one finding */
        uint32_t *some = capdl_spec_realloc(NULL, num * sizeof(*some)), found = 0;

        left = 0;
        for (uint32_t i = 0; i < num; i++) {
            if (!found || same_answer(&g->answers[which[i]], &g->answers[some[0]])) {
                some[found++] = which[i];
            } else {
                which[left++] = which[i];
            }
        }
        add_claim(g, list, count, some, found);
    }
    free(which);
    return worst;
}

enum capdl_policy_verdict capdl_policy_judge_groups(struct policy_judge *judge, const struct capdl_relation *link,
                                                    bool tell_it)
{
    struct claim claims[MOST_CLAIMS];
    struct group_judge g = {.judge = judge, .link = link, .claims = claims};
    enum capdl_policy_verdict worst = CAPDL_POLICY_ALLOWED;
    size_t parties = judge->relations->num_parties + (size_t)1;
    size_t old_parties = (judge->before.r ? judge->before.r->num_parties : 0) + (size_t)1;
    g.from = capdl_relations_members(judge->relations, &link->from, &g.num_from);
    g.to = capdl_relations_members(judge->relations, &link->to, &g.num_to);
    g.standings = capdl_spec_realloc(NULL, g.num_from * sizeof(*g.standings));
    g.answers = capdl_spec_realloc(NULL, g.num_to * sizeof(*g.answers));
    g.was_so = capdl_spec_realloc(NULL, g.num_to);
    g.place = capdl_spec_realloc(NULL, parties * sizeof(*g.place));
    memset(g.place, 0xff, parties * sizeof(*g.place));
    for (uint32_t i = 0; i < g.num_to; i++) {
        g.place[g.to[i]] = i;
    }
    g.old_seen = capdl_spec_realloc(NULL, old_parties * sizeof(*g.old_seen));
    memset(g.old_seen, 0, old_parties * sizeof(*g.old_seen));
    find_standings(&g);
    for (uint32_t i = 0, end; i < g.num_from; i = end) {
        enum capdl_policy_verdict verdict;
        for (end = i + 1; end < g.num_from && same_standing(&g.standings[i], &g.standings[end]);) {
            end++;
        }
        verdict = judge_standing(&g, &g.standings[i], end - i, tell_it);
        worst = verdict > worst ? verdict : worst;
    }
    tell_claims(&g);
    for (uint32_t i = 0; i < g.num_from; i++) {
        free(g.standings[i].words);
    }
    free(g.standings);
    free(g.answers);
    free(g.was_so);
    free(g.place);
    free(g.old_seen);
    return worst;
}
