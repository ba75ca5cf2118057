/* SPDX-License-Identifier: BSD-2-Clause */
/* What is said of a relation that a policy does not allow. */
#include "policy_findings.h"

#include <inttypes.h>
#include <stdlib.h>

#include "policy_match.h"
#include "words.h"

static struct capdl_pos slot_pos(const struct capdl_spec *spec, uint32_t holder, uint64_t slot)
{
    const struct capdl_cap *cap = holder == CAPDL_NO_OBJECT ? NULL : capdl_spec_cap_at(spec, holder, slot);
    if (cap) {
        return capdl_cap_pos(spec, cap);
    }
    return holder == CAPDL_NO_OBJECT ? CAPDL_NOWHERE : capdl_object_pos(spec, holder);
}

struct capdl_pos capdl_policy_place_pos(const struct policy_judge *judge, const struct capdl_place *place,
                                        uint32_t object)
{
    uint32_t holder = place->holder != CAPDL_NO_OBJECT ? place->holder : object;
    struct capdl_pos pos = slot_pos(judge->spec, holder, place->slot);
    return pos.line ? pos : CAPDL_WHOLE_SPEC;
}

/* "client can call server" */
static char *sentence(enum capdl_relation_kind kind, const char *from, const char *to)
{
    const char *names[] = {from, to};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    unsigned name = 0;
    for (const char *at = capdl_relation_sentence(kind); *at; at++) {
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

/* " (endpoint 'time', slot 3 of 'cnode_client')", or ""; the object is that of the slot. */
static char *detail_of(const struct policy_judge *judge, const struct policy_exceeding *what)
{
    const struct capdl_spec *spec = judge->spec;
    char object[REVIEW_LABEL], holder[REVIEW_LABEL];
    uint32_t which = what->link->object;
    bool slot = what->at.holder != CAPDL_NO_OBJECT && capdl_object_kind(spec, what->at.holder) != CAPDL_KIND_TCB;
    const struct capdl_cap *cap = slot ? capdl_spec_cap_at(spec, what->at.holder, what->at.slot) : NULL;
    if (which == CAPDL_NO_OBJECT || what->link->kind == CAPDL_RELATION_PRIORITY ||
        what->link->kind == CAPDL_RELATION_DOMAIN) {
        return capdl_review_format("%s", "");
    }
    which = cap && cap->object != CAPDL_NO_OBJECT ? cap->object : which;
    capdl_object_label(spec, which, object, sizeof(object));
    if (!slot) {
        return capdl_review_format(" (%s '%s')", capdl_kind_name(capdl_object_kind(spec, which)), object);
    }
    capdl_object_label(spec, what->at.holder, holder, sizeof(holder));
    return capdl_review_format(" (%s '%s', slot %" PRIu64 " of '%s')", capdl_kind_name(capdl_object_kind(spec, which)),
                               object, what->at.slot, holder);
}

void capdl_policy_note_date(const struct policy_judge *judge, uint32_t over)
{
    const struct policy_rule *rule = over == REVIEW_NONE ? NULL : &judge->policy->rules[over];
    if (rule) {
        capdl_note(judge->diags, rule->pos,
                   "the waiver of this ended on %04" PRIu32 "-%02" PRIu32 "-%02" PRIu32
                   ": \"%s\"; the day is %04" PRIu32 "-%02" PRIu32 "-%02" PRIu32,
                   rule->until / 10000, rule->until / 100 % 100, rule->until % 100, rule->reason, judge->date / 10000,
                   judge->date / 100 % 100, judge->date % 100);
    }
}

/* The last rule that allows the party something of this kind, or NULL. */
static const struct policy_rule *nearest_rule(const struct policy_judge *judge, enum capdl_relation_kind kind,
                                              uint32_t party)
{
    const struct policy_rule *found = NULL;
    struct policy_set rules = {NULL};
    capdl_policy_rules_from(&judge->match, party, kind, &rules);
    for (uint32_t i = 0; i < rules.count; i++) {
        const struct policy_rule *rule = &judge->policy->rules[rules.list[i]];
        found = rule->verb == POLICY_ALLOW ? rule : found;
    }
    free(rules.list);
    return found;
}

void capdl_policy_tell(const struct policy_judge *judge, struct policy_exceeding *what,
                       const struct policy_answer *answer)
{
    char *text = sentence(what->link->kind, what->from, what->to), *detail = detail_of(judge, what);
    bool forbidden = answer->forbids != REVIEW_NONE;
    const struct policy_rule *near =
        forbidden ? &judge->policy->rules[answer->forbids] : nearest_rule(judge, what->link->kind, what->party);
    struct capdl_pos other = slot_pos(judge->spec, what->other.holder, what->other.slot);
    capdl_finding(judge->diags, CAPDL_ERROR, CAPDL_CHECK_POLICY,
                  capdl_policy_place_pos(judge, &what->at, what->link->object),
                  forbidden ? "%s%s, which the policy forbids" : "%s%s, which the policy does not allow", text, detail);
    if (what->other.holder != CAPDL_NO_OBJECT && other.line) {
        capdl_note(judge->diags, other, "%s has it here", what->other_name);
    }
    if (forbidden) {
        capdl_note(judge->diags, near->pos, "it is forbidden here");
    } else {
        capdl_note(judge->diags, near ? near->pos : judge->policy->end, "%s; one that does: %s",
                   near ? "this rule does not allow it" : "no rule allows it", what->rule);
    }
    capdl_policy_note_date(judge, answer->over);
    free(what->rule);
    free(text);
    free(detail);
}
