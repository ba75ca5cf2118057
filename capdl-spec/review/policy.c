/* SPDX-License-Identifier: BSD-2-Clause */
/* A system against a policy. Forbidding outdoes allowing; a waiver outdoes both, until its day is over. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"
#include "policy.h"
#include "private.h"

struct step {
    uint32_t from, to, by; /* by: relation */
};

struct ways {
    struct step *steps; /* by from */
    size_t *first;
    uint32_t *came_by; /* per party: step, or REVIEW_NONE */
    uint32_t *queue;
};

struct judge {
    const struct capdl_policy *policy;
    const struct capdl_spec *spec;
    const struct capdl_relations *relations;
    uint32_t date;
    struct capdl_diags *diags;
    struct capdl_policy_result *result;
    bool *used; /* per rule */
    /* Of a change: the system before it; its relations by names; its ways, and where the last search began. */
    const struct capdl_relations *old;
    struct old_link *old_links;
    struct ways old_ways;
    uint32_t *old_party; /* per party: the one in `old` of the same name, or REVIEW_NONE */
};

struct old_link {
    uint32_t from, to, kind; /* parties of `old` */
};

/* ---- What matches ---- */

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

static bool is_pattern(const struct policy_term *term)
{
    return term->text && !term->literal && strpbrk(term->text, "*?");
}

static bool term_matches(const struct policy_term *term, const struct capdl_party *party)
{
    bool all = is_pattern(term) && strcmp(term->text, "*") == 0;

    if (party->kind == CAPDL_PARTY_KIND || !party->numbered) {
        return term->text && (is_pattern(term) ? glob(term->text, party->name) : strcmp(term->text, party->name) == 0);
    }
    if (term->text) {
        return all;
    }
    if (party->kind == CAPDL_PARTY_PRIORITY && term->plain) {
        return party->last <= term->last;
    }
    return term->first <= party->first && party->last <= term->last;
}

static bool terms_match(const struct capdl_policy *policy, const struct policy_terms *terms,
                        const struct capdl_party *party)
{
    for (size_t i = 0; i < terms->count; i++) {
        const struct policy_term *term = &terms->list[i];

        if (term->group ? terms_match(policy, &policy->groups[term->first].members, party)
                        : term_matches(term, party)) {
            return true;
        }
    }
    return false;
}

/* Who may call may send, who may write may read. */
static bool kind_matches(uint32_t kinds, enum capdl_relation_kind kind, enum policy_verb verb)
{
    bool implied = (kind == CAPDL_RELATION_SEND && kinds >> CAPDL_RELATION_CALL & 1) ||
                   (kind == CAPDL_RELATION_WATCH && kinds >> CAPDL_RELATION_DRIVE & 1);

    return kinds >> kind & 1 || (implied && verb != POLICY_FORBID);
}

static bool rule_matches(const struct judge *judge, const struct policy_rule *rule, const struct capdl_relation *link)
{
    const struct capdl_party *parties = judge->relations->parties;

    return !rule->reach && kind_matches(rule->kinds, link->kind, rule->verb) &&
           terms_match(judge->policy, &rule->from, &parties[link->from]) &&
           terms_match(judge->policy, &rule->to, &parties[link->to]);
}

/* ---- Names ---- */

static bool is_known(const struct judge *judge, const struct policy_term *term)
{
    for (uint32_t i = 0; i < judge->relations->num_parties; i++) {
        if (term_matches(term, &judge->relations->parties[i])) {
            return true;
        }
    }
    return false;
}

static void check_term(const struct judge *judge, const struct policy_term *term, bool holds)
{
    const char *nearest = NULL;
    unsigned least = 4;

    if (!term->text || term->group || is_known(judge, term) || strcmp(term->text, "*") == 0) {
        return;
    }
    for (unsigned i = 0; holds && i < CAPDL_KIND_COUNT; i++) {
        if (is_pattern(term) || strcmp(capdl_kind_keyword((enum capdl_kind)i), term->text) == 0) {
            return;
        }
    }
    if (is_pattern(term)) {
        capdl_finding(judge->diags, CAPDL_WARNING, CAPDL_CHECK_POLICY_NAME, term->pos,
                      "no subject or device has a name like '%s'", term->text);
        return;
    }
    for (uint32_t i = 0; i < judge->relations->num_parties; i++) {
        const struct capdl_party *party = &judge->relations->parties[i];
        unsigned distance = party->numbered ? least : capdl_distance(term->text, party->name);

        if (distance < least) {
            least = distance;
            nearest = party->name;
        }
    }
    capdl_finding(judge->diags, CAPDL_ERROR, CAPDL_CHECK_POLICY_NAME, term->pos,
                  nearest ? "no subject or device is called '%s'; did you mean '%s'?"
                          : "no subject or device is called '%s'; 'capdl policy' lists them all",
                  term->text, nearest);
}

static void check_terms(const struct judge *judge, const struct policy_terms *terms, bool holds)
{
    for (size_t i = 0; i < terms->count; i++) {
        check_term(judge, &terms->list[i], holds);
    }
}

static void check_names(const struct judge *judge)
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

/* ---- A change ---- */

static int old_link_compare(const void *left, const void *right)
{
    const struct old_link *a = left, *b = right;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    if (a->to != b->to) {
        return a->to < b->to ? -1 : 1;
    }
    return a->kind < b->kind ? -1 : a->kind > b->kind;
}

static int party_compare(const void *left, const void *right)
{
    const struct capdl_party *const *a = left, *const *b = right;

    if ((*a)->kind != (*b)->kind) {
        return (*a)->kind < (*b)->kind ? -1 : 1;
    }
    return strcmp((*a)->name, (*b)->name);
}

static void remember_old(struct judge *judge)
{
    const struct capdl_relations *old = judge->old, *new = judge->relations;
    const struct capdl_party **sorted = capdl_spec_realloc(NULL, (old->num_parties + (size_t)1) * sizeof(*sorted));

    judge->old_links = capdl_spec_realloc(NULL, (old->count + 1) * sizeof(*judge->old_links));
    for (size_t i = 0; i < old->count; i++) {
        judge->old_links[i] = (struct old_link){old->list[i].from, old->list[i].to, old->list[i].kind};
    }
    qsort(judge->old_links, old->count, sizeof(*judge->old_links), old_link_compare);
    for (uint32_t i = 0; i < old->num_parties; i++) {
        sorted[i] = &old->parties[i];
    }
    qsort(sorted, old->num_parties, sizeof(*sorted), party_compare);
    judge->old_party = capdl_spec_realloc(NULL, (new->num_parties + (size_t)1) * sizeof(*judge->old_party));
    for (uint32_t i = 0; i < new->num_parties; i++) {
        const struct capdl_party *key = &new->parties[i];
        const struct capdl_party **found = bsearch(&key, sorted, old->num_parties, sizeof(*sorted), party_compare);
        judge->old_party[i] = found ? (uint32_t)(*found - old->parties) : REVIEW_NONE;
    }
    free(sorted);
}

/* Whether it was so before the change. */
static bool was_so(const struct judge *judge, const struct capdl_relation *link)
{
    struct old_link key;

    if (!judge->old || judge->old_party[link->from] == REVIEW_NONE || judge->old_party[link->to] == REVIEW_NONE) {
        return false;
    }
    key = (struct old_link){judge->old_party[link->from], judge->old_party[link->to], link->kind};
    return bsearch(&key, judge->old_links, judge->old->count, sizeof(key), old_link_compare);
}

/* ---- Relations ---- */

static struct capdl_pos slot_pos(const struct capdl_spec *spec, uint32_t holder, uint64_t slot)
{
    const struct capdl_cap *cap = holder == CAPDL_NO_OBJECT ? NULL : capdl_spec_cap_at(spec, holder, slot);

    if (cap) {
        return capdl_cap_pos(spec, cap);
    }
    return holder == CAPDL_NO_OBJECT ? CAPDL_NOWHERE : capdl_object_pos(spec, holder);
}

static struct capdl_pos relation_pos(const struct judge *judge, const struct capdl_relation *link)
{
    uint32_t holder = link->from_holder != CAPDL_NO_OBJECT ? link->from_holder : link->object;
    struct capdl_pos pos = slot_pos(judge->spec, holder, link->from_slot);

    return pos.line ? pos : CAPDL_WHOLE_SPEC;
}

/* "client can call server" */
static char *relation_text(const struct judge *judge, const struct capdl_relation *link)
{
    const struct capdl_party *parties = judge->relations->parties;
    const char *names[] = {parties[link->from].name, parties[link->to].name};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    unsigned name = 0;

    for (const char *at = capdl_relation_sentence(link->kind); *at; at++) {
        if (at[0] == '%' && at[1] == 's' && name < 2) {
            fputs(names[name++], out);
            at++;
        } else {
            putc(*at, out);
        }
    }
    fclose(out);
    return text;
}

/* " (endpoint 'time', slot 3 of 'cnode_client')", or "" */
static char *relation_detail(const struct judge *judge, const struct capdl_relation *link)
{
    char object[REVIEW_LABEL], holder[REVIEW_LABEL];
    bool slot =
        link->from_holder != CAPDL_NO_OBJECT && capdl_object_kind(judge->spec, link->from_holder) != CAPDL_KIND_TCB;

    if (link->object == CAPDL_NO_OBJECT || link->kind == CAPDL_RELATION_PRIORITY ||
        link->kind == CAPDL_RELATION_DOMAIN) {
        return capdl_review_format("%s", "");
    }
    capdl_object_label(judge->spec, link->object, object, sizeof(object));
    if (!slot) {
        return capdl_review_format(" (%s '%s')", capdl_kind_name(capdl_object_kind(judge->spec, link->object)), object);
    }
    capdl_object_label(judge->spec, link->from_holder, holder, sizeof(holder));
    return capdl_review_format(" (%s '%s', slot %" PRIu64 " of '%s')",
                               capdl_kind_name(capdl_object_kind(judge->spec, link->object)), object, link->from_slot,
                               holder);
}

static void note_date(const struct judge *judge, const struct policy_rule *over)
{
    if (over) {
        capdl_note(judge->diags, over->pos,
                   "the waiver of this ended on %04" PRIu32 "-%02" PRIu32 "-%02" PRIu32
                   ": \"%s\"; the day is %04" PRIu32 "-%02" PRIu32 "-%02" PRIu32,
                   over->until / 10000, over->until / 100 % 100, over->until % 100, over->reason, judge->date / 10000,
                   judge->date / 100 % 100, judge->date % 100);
    }
}

/* The last rule that allows the subject something of this kind, or NULL. */
static const struct policy_rule *nearest_rule(const struct judge *judge, const struct capdl_relation *link)
{
    const struct policy_rule *found = NULL;

    for (size_t i = 0; i < judge->policy->num_rules; i++) {
        const struct policy_rule *rule = &judge->policy->rules[i];

        if (rule->verb == POLICY_ALLOW && kind_matches(rule->kinds, link->kind, POLICY_ALLOW) &&
            terms_match(judge->policy, &rule->from, &judge->relations->parties[link->from])) {
            found = rule;
        }
    }
    return found;
}

/* "allow call client -> server" */
static char *rule_text(const struct judge *judge, const struct capdl_relation *link)
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

static void tell_relation(const struct judge *judge, const struct capdl_relation *link,
                          const struct policy_rule *forbids, const struct policy_rule *over)
{
    char *text = relation_text(judge, link), *detail = relation_detail(judge, link);
    const struct policy_rule *near = forbids ? forbids : nearest_rule(judge, link);
    struct capdl_pos other = slot_pos(judge->spec, link->to_holder, link->to_slot);

    capdl_finding(judge->diags, CAPDL_ERROR, CAPDL_CHECK_POLICY, relation_pos(judge, link),
                  forbids ? "%s%s, which the policy forbids" : "%s%s, which the policy does not allow", text, detail);
    if (link->to_holder != CAPDL_NO_OBJECT && other.line) {
        capdl_note(judge->diags, other, "%s has it here", judge->relations->parties[link->to].name);
    }
    if (forbids) {
        capdl_note(judge->diags, near->pos, "it is forbidden here");
    } else {
        char *rule = rule_text(judge, link);
        capdl_note(judge->diags, near ? near->pos : judge->policy->end, "%s; one that does: %s",
                   near ? "this rule does not allow it" : "no rule allows it", rule);
        free(rule);
    }
    note_date(judge, over);
    free(text);
    free(detail);
}

static enum capdl_policy_verdict judge_relation(const struct judge *judge, const struct capdl_relation *link, bool tell)
{
    const struct policy_rule *forbids = NULL, *over = NULL;
    bool allowed = false, waived = false;

    for (size_t i = 0; i < judge->policy->num_rules; i++) {
        const struct policy_rule *rule = &judge->policy->rules[i];

        if (!rule_matches(judge, rule, link)) {
            continue;
        }
        judge->used[i] = true;
        allowed |= rule->verb == POLICY_ALLOW;
        forbids = rule->verb == POLICY_FORBID ? rule : forbids;
        waived |= rule->verb == POLICY_WAIVE && rule->until >= judge->date;
        over = rule->verb == POLICY_WAIVE && rule->until < judge->date ? rule : over;
    }
    if (allowed && !forbids) {
        return CAPDL_POLICY_ALLOWED;
    }
    if (!waived && tell && !was_so(judge, link)) {
        tell_relation(judge, link, forbids, over);
    }
    return waived ? CAPDL_POLICY_WAIVED : CAPDL_POLICY_EXCEEDS;
}

/* Relations of one kind between two parties are one finding, whatever objects they are by. */
static void judge_relations(struct judge *judge)
{
    const struct capdl_relations *r = judge->relations;

    for (size_t i = 0; i < r->count; i++) {
        const struct capdl_relation *link = &r->list[i], *last = i ? &r->list[i - 1] : NULL;
        bool again = last && last->from == link->from && last->to == link->to && last->kind == link->kind;
        enum capdl_policy_verdict verdict = judge_relation(judge, link, !again);

        judge->result->verdicts[i] = (uint8_t)verdict;
        judge->result->waived += verdict == CAPDL_POLICY_WAIVED && !again;
    }
}

/* ---- Ways ---- */

static int step_compare(const void *left, const void *right)
{
    const struct step *a = left, *b = right;

    if (a->from != b->from) {
        return a->from < b->from ? -1 : 1;
    }
    return a->by < b->by ? -1 : a->by > b->by;
}

static struct ways find_steps(const struct capdl_relations *r)
{
    struct ways ways = {.steps = capdl_spec_realloc(NULL, (2 * r->count + 1) * sizeof(*ways.steps))};
    size_t count = 0, at = 0;

    for (size_t i = 0; i < r->count; i++) {
        const struct capdl_relation *link = &r->list[i];
        enum capdl_relation_flow flow = capdl_relation_flow(link->kind);

        if (flow & CAPDL_FLOW_FORTH) {
            ways.steps[count++] = (struct step){link->from, link->to, (uint32_t)i};
        }
        if (flow & CAPDL_FLOW_BACK) {
            ways.steps[count++] = (struct step){link->to, link->from, (uint32_t)i};
        }
    }
    qsort(ways.steps, count, sizeof(*ways.steps), step_compare);
    ways.first = capdl_spec_realloc(NULL, (r->num_parties + (size_t)2) * sizeof(*ways.first));
    for (uint32_t i = 0; i <= r->num_parties; i++) {
        while (at < count && ways.steps[at].from < i) {
            at++;
        }
        ways.first[i] = at;
    }
    ways.came_by = capdl_spec_realloc(NULL, (r->num_parties + (size_t)1) * sizeof(*ways.came_by));
    ways.queue = capdl_spec_realloc(NULL, (r->num_parties + (size_t)1) * sizeof(*ways.queue));
    return ways;
}

static void ways_free(struct ways *ways)
{
    free(ways->steps);
    free(ways->first);
    free(ways->came_by);
    free(ways->queue);
}

/* Whether a waiver that counts covers this pair; `over`: one that does no more. */
static bool is_waived(struct judge *judge, uint32_t from, uint32_t to, const struct policy_rule **over)
{
    const struct capdl_party *parties = judge->relations->parties;
    bool waived = false;

    for (size_t i = 0; i < judge->policy->num_rules; i++) {
        const struct policy_rule *rule = &judge->policy->rules[i];

        if (rule->verb == POLICY_WAIVE && rule->reach && terms_match(judge->policy, &rule->from, &parties[from]) &&
            terms_match(judge->policy, &rule->to, &parties[to])) {
            judge->used[i] = true;
            waived |= rule->until >= judge->date;
            *over = rule->until < judge->date ? rule : *over;
        }
    }
    judge->result->waived += waived;
    return waived;
}

/* "net -> log (call) -> keys (write)" */
static char *way_text(const struct judge *judge, const struct ways *ways, uint32_t from, uint32_t to, uint32_t *first)
{
    const struct capdl_relations *r = judge->relations;
    uint32_t length = 0;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    for (uint32_t at = to; at != from; at = ways->steps[ways->came_by[at]].from) {
        ways->queue[length++] = ways->came_by[at];
    }
    fputs(r->parties[from].name, out);
    for (uint32_t i = length; i-- > 0;) {
        const struct step *step = &ways->steps[ways->queue[i]];
        const struct capdl_relation *link = &r->list[step->by];

        fprintf(out, " -> %s (%s%s)", r->parties[step->to].name, capdl_relation_word(link->kind),
                link->from == step->from ? "" : ", answered");
    }
    fclose(out);
    *first = ways->steps[ways->queue[length - 1]].by;
    return text;
}

/* All that is reached without those who stand between; those are reached but not passed. */
static uint32_t search(const struct judge *judge, const struct capdl_relations *r, const struct policy_rule *rule,
                       struct ways *ways, uint32_t from)
{
    uint32_t count = 0;

    memset(ways->came_by, 0xff, r->num_parties * sizeof(*ways->came_by));
    ways->queue[count++] = from;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = ways->queue[i];

        if (at != from && terms_match(judge->policy, &rule->through, &r->parties[at])) {
            continue;
        }
        for (size_t j = ways->first[at]; j < ways->first[at + 1]; j++) {
            uint32_t to = ways->steps[j].to;

            if (to != from && ways->came_by[to] == REVIEW_NONE) {
                ways->came_by[to] = (uint32_t)j;
                ways->queue[count++] = to;
            }
        }
    }
    return count;
}

static bool is_end(const struct judge *judge, const struct policy_rule *rule, uint32_t party)
{
    const struct capdl_party *p = &judge->relations->parties[party];

    return terms_match(judge->policy, &rule->to, p) && !terms_match(judge->policy, &rule->through, p) &&
           !terms_match(judge->policy, &rule->from, p);
}

/* Before the change; the last search of the old system began at `from`. */
static bool was_reached(const struct judge *judge, uint32_t from, uint32_t to)
{
    return judge->old && judge->old_party[from] != REVIEW_NONE && judge->old_party[to] != REVIEW_NONE &&
           judge->old_ways.came_by[judge->old_party[to]] != REVIEW_NONE;
}

static void judge_source(struct judge *judge, const struct policy_rule *rule, struct ways *ways, uint32_t from)
{
    const struct policy_rule *over = NULL;
    uint32_t reached = search(judge, judge->relations, rule, ways, from), nearest = REVIEW_NONE, others = 0, first;
    char *text, *detail;

    if (judge->old && judge->old_party[from] != REVIEW_NONE) {
        search(judge, judge->old, rule, &judge->old_ways, judge->old_party[from]);
    }
    for (uint32_t i = 1; i < reached; i++) {
        uint32_t to = ways->queue[i];

        if (!is_end(judge, rule, to) || is_waived(judge, from, to, &over) || was_reached(judge, from, to)) {
            continue;
        }
        others += nearest != REVIEW_NONE;
        nearest = nearest == REVIEW_NONE ? to : nearest;
    }
    if (nearest == REVIEW_NONE) {
        return;
    }
    text = way_text(judge, ways, from, nearest, &first);
    detail = others ? capdl_review_format(" and %" PRIu32 " more", others) : capdl_review_format("%s", "");
    capdl_finding(judge->diags, CAPDL_ERROR, CAPDL_CHECK_POLICY, relation_pos(judge, &judge->relations->list[first]),
                  "%s reaches %s%s, which the policy forbids: %s", judge->relations->parties[from].name,
                  judge->relations->parties[nearest].name, detail, text);
    capdl_note(judge->diags, rule->pos, "it is forbidden here");
    note_date(judge, over);
    free(text);
    free(detail);
}

static void judge_ways(struct judge *judge)
{
    struct ways ways = find_steps(judge->relations);

    if (judge->old) {
        judge->old_ways = find_steps(judge->old);
    }
    for (size_t i = 0; i < judge->policy->num_rules; i++) {
        const struct policy_rule *rule = &judge->policy->rules[i];

        for (uint32_t from = 0; rule->verb == POLICY_FORBID && rule->reach && from < judge->relations->num_parties;
             from++) {
            const struct capdl_party *party = &judge->relations->parties[from];
            if (!party->numbered && terms_match(judge->policy, &rule->from, party) &&
                !terms_match(judge->policy, &rule->through, party)) {
                judge_source(judge, rule, &ways, from);
            }
        }
    }
    ways_free(&ways);
    if (judge->old) {
        ways_free(&judge->old_ways);
    }
}

/* ---- Rules ---- */

static void check_rules(const struct judge *judge)
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

static void check(struct judge *judge)
{
    const struct capdl_policy *policy = judge->policy;

    *judge->result = (struct capdl_policy_result){.verdicts = capdl_spec_realloc(NULL, judge->relations->count + 1)};
    judge->used = capdl_spec_realloc(NULL, policy->num_rules + 1);
    memset(judge->used, 0, policy->num_rules + 1);
    for (size_t i = 0; i < policy->num_rules; i++) {
        judge->result->has_waivers |= policy->rules[i].verb == POLICY_WAIVE;
    }
    if (!judge->old) {
        check_names(judge);
    }
    judge_relations(judge);
    judge_ways(judge);
    if (judge->relations->incomplete) {
        capdl_finding(judge->diags, CAPDL_ERROR, CAPDL_CHECK_POLICY, CAPDL_WHOLE_SPEC,
                      "there are too many relations to compare all with the policy");
    }
    if (!judge->old) {
        check_rules(judge);
    }
    free(judge->used);
}

void capdl_policy_check(const struct capdl_policy *policy, const struct capdl_spec *spec,
                        const struct capdl_relations *relations, uint32_t date, struct capdl_diags *diags,
                        struct capdl_policy_result *result)
{
    struct judge judge = {policy, spec, relations, date, diags, result, .old = NULL};

    check(&judge);
}

void capdl_policy_check_change(const struct capdl_policy *policy, const struct capdl_relations *old,
                               const struct capdl_spec *spec, const struct capdl_relations *relations, uint32_t date,
                               struct capdl_diags *diags, struct capdl_policy_result *result)
{
    struct judge judge = {policy, spec, relations, date, diags, result, .old = old};

    remember_old(&judge);
    check(&judge);
    free(judge.old_links);
    free(judge.old_party);
}
