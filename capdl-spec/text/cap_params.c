/* SPDX-License-Identifier: BSD-2-Clause */
/* The parameters in parentheses after a capability. */
#include "cap_params.h"

#include <string.h>

#include "object_refs.h"
#include "slots.h"
#include "tokens.h"

static const struct {
    const char *keyword;
    uint32_t bit;
} keywords[] = {
    {"masked", TEXT_PARAM_MASKED},
    {"badge", TEXT_PARAM_BADGE},
    {"guard", TEXT_PARAM_GUARD},
    {"guard_size", TEXT_PARAM_GUARD_SIZE},
    {"core", TEXT_PARAM_CORE},
    {"reply", TEXT_PARAM_REPLY},
    {"master_reply", TEXT_PARAM_MASTER_REPLY},
    {"asid", TEXT_PARAM_ASID},
    {"cached", TEXT_PARAM_CACHED},
    {"uncached", TEXT_PARAM_UNCACHED},
    {"mapping", TEXT_PARAM_MAPPING},
};

enum { NUM_KEYWORDS = sizeof(keywords) / sizeof(keywords[0]) };

/* A word made of rights letters only. */
static bool is_rights(const struct text_token *token)
{
    if (token->kind != TEXT_NAME) {
        return false;
    }
    for (size_t i = 0; i < token->length; i++) {
        if (!capdl_right_of(token->text[i])) {
            return false;
        }
    }
    return true;
}

static bool parse_rights(struct text_parser *p, uint8_t *rights)
{
    if (!is_rights(&p->token)) {
        return capdl_text_unexpected(p, "rights: the letters R, W, G, X, P");
    }
    for (; is_rights(&p->token); capdl_text_advance(p)) {
        for (size_t i = 0; i < p->token.length; i++) {
            *rights |= capdl_right_of(p->token.text[i]);
        }
    }
    return true;
}

static bool parse_asid(struct text_parser *p, struct text_cap_params *params)
{
    return capdl_text_expect(p, '(', "and the high and low part, as in asid: (0x1, 0x2)") &&
           capdl_text_number(p, &params->asid_high, "the ASID's high part") &&
           capdl_text_expect(p, ',', "after the ASID's high part") &&
           capdl_text_number(p, &params->asid_low, "the ASID's low part") &&
           capdl_text_expect(p, ')', "after the ASID");
}

static bool parse_mapping(struct text_parser *p, struct text_cap_params *params)
{
    size_t keep = p->num_ranges;
    struct text_ref ref;
    bool result =
        capdl_text_expect(p, '(', "and a page table and slot, as in mapping: (pt, 3)") && capdl_text_ref_parse(p, &ref);
    if (!result) {
        return false;
    }
    if (!capdl_text_ref_object(p, &ref, "a page table", &params->mapping_container)) {
        params->mapping_container = CAPDL_NO_OBJECT;
    }
    capdl_text_ranges_drop(p, keep);
    return capdl_text_expect(p, ',', "after the page table") && capdl_text_slot_parse(p, &params->mapping_slot) &&
           capdl_text_expect(p, ')', "after the slot");
}

static bool parse_value(struct text_parser *p, uint32_t bit, struct text_cap_params *params)
{
    switch (bit) {
    case TEXT_PARAM_MASKED:
        return parse_rights(p, &params->masked);
    case TEXT_PARAM_BADGE:
        return capdl_text_number(p, &params->badge, "the badge: a number");
    case TEXT_PARAM_GUARD:
        return capdl_text_number(p, &params->guard, "the guard: a number");
    case TEXT_PARAM_GUARD_SIZE:
        return capdl_text_number(p, &params->guard_size, "the guard's size in bits");
    case TEXT_PARAM_CORE:
        return capdl_text_number(p, &params->core, "a core number");
    case TEXT_PARAM_ASID:
        return parse_asid(p, params);
    case TEXT_PARAM_MAPPING:
        return parse_mapping(p, params);
    }
    return true;
}

static bool has_value(uint32_t bit)
{
    return !(bit & (TEXT_PARAM_REPLY | TEXT_PARAM_MASTER_REPLY | TEXT_PARAM_CACHED | TEXT_PARAM_UNCACHED));
}

/* Reports a word that is neither a parameter nor rights. */
static bool report_unknown(struct text_parser *p)
{
    struct capdl_nearest nearest = {NULL};
    bool letters = p->token.kind == TEXT_NAME;
    const char *synonym;
    for (size_t i = 0; i < p->token.length; i++) {
        letters = letters && p->token.text[i] >= 'A' && p->token.text[i] <= 'Z';
    }
    if (letters) {
        return capdl_text_unexpected(p, "rights: the letters R, W, G, X, P");
    }
    for (unsigned i = 0; p->token.kind == TEXT_NAME && i < NUM_KEYWORDS; i++) {
        capdl_nearest_try(&nearest, p->token.text, p->token.length, keywords[i].keyword);
    }
    synonym = p->token.kind == TEXT_NAME ? capdl_synonym(CAPDL_SYNONYM_RIGHTS, p->token.text, p->token.length) : NULL;
    if (synonym) {
        nearest = (struct capdl_nearest){.word = synonym};
    }
    return capdl_text_unexpected(
        p,
        "rights such as RW, badge, guard, guard_size, core, asid, mapping, masked, cached, uncached, "
        "reply or master_reply%s",
        capdl_nearest_hint(&nearest));
}

static bool parse_param(struct text_parser *p, struct text_cap_params *params)
{
    unsigned i = 0;
    if (is_rights(&p->token)) {
        params->has |= TEXT_PARAM_RIGHTS;
        return parse_rights(p, &params->rights);
    }
    while (i < NUM_KEYWORDS && !capdl_text_is_word(p, keywords[i].keyword)) {
        i++;
    }
    if (i == NUM_KEYWORDS) {
        return report_unknown(p);
    }
    if (params->has & keywords[i].bit) {
        capdl_error(p->diags, p->token.pos, "'%s' is given twice", keywords[i].keyword);
    }
    params->has |= keywords[i].bit;
    capdl_text_advance(p);
    return !has_value(keywords[i].bit) ||
           (capdl_text_expect(p, ':', "and a value") && parse_value(p, keywords[i].bit, params));
}

bool capdl_text_cap_params_parse(struct text_parser *p, struct text_cap_params *params)
{
    params->pos = p->token.pos;
    capdl_text_advance(p);
    do {
        if (!parse_param(p, params)) {
            return false;
        }
    } while (capdl_text_accept(p, ','));
    return capdl_text_expect(p, ')', "or ',' and another parameter");
}

uint32_t capdl_text_cap_params_allowed(enum capdl_kind kind)
{
    static const struct {
        enum capdl_trait trait;
        uint32_t params;
    } allowed[] = {
        {CAPDL_TRAIT_RIGHTS, TEXT_PARAM_RIGHTS | TEXT_PARAM_MASKED},
        {CAPDL_TRAIT_BADGE, TEXT_PARAM_BADGE | TEXT_PARAM_MASKED},
        {CAPDL_TRAIT_GUARD, TEXT_PARAM_GUARD | TEXT_PARAM_GUARD_SIZE},
        {CAPDL_TRAIT_REPLY, TEXT_PARAM_REPLY | TEXT_PARAM_MASTER_REPLY},
        {CAPDL_TRAIT_ASID, TEXT_PARAM_ASID},
        {CAPDL_TRAIT_PAGE, TEXT_PARAM_CACHED | TEXT_PARAM_UNCACHED | TEXT_PARAM_MAPPING},
        {CAPDL_TRAIT_CORE, TEXT_PARAM_CORE},
    };
    uint32_t params = 0;

    for (size_t i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++) {
        params |= capdl_kind_has(kind, allowed[i].trait) ? allowed[i].params : 0;
    }
    return params;
}

/* "rights, badge": names of parameters, for messages. */
static void param_names(uint32_t set, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    if (set & TEXT_PARAM_RIGHTS) {
        used += (size_t)snprintf(buffer, size, "rights");
    }
    for (unsigned i = 0; i < NUM_KEYWORDS; i++) {
        if (set & keywords[i].bit && used < size) {
            used += (size_t)snprintf(buffer + used, size - used, "%s%s", used ? ", " : "", keywords[i].keyword);
        }
    }
}

static void report_rejected(struct text_parser *p, const struct text_cap_params *params, enum capdl_kind kind)
{
    uint32_t allowed = capdl_text_cap_params_allowed(kind);
    char rejected[200], accepted[200];
    param_names(params->has & ~allowed, rejected, sizeof(rejected));
    param_names(allowed & ~(uint32_t)TEXT_PARAM_MASKED, accepted, sizeof(accepted));
    capdl_error(p->diags, params->pos, "a capability to %s takes no %s; it takes %s", capdl_spec_kind_phrase(kind),
                rejected, allowed ? accepted : "no parameters");
}

static void reject_contradictions(struct text_parser *p, const struct text_cap_params *params)
{
    if ((params->has & TEXT_PARAM_REPLY) && (params->has & TEXT_PARAM_MASTER_REPLY)) {
        capdl_error(p->diags, params->pos, "a capability is 'reply' or 'master_reply', not both");
    }
    if ((params->has & TEXT_PARAM_CACHED) && (params->has & TEXT_PARAM_UNCACHED)) {
        capdl_error(p->diags, params->pos, "a capability is 'cached' or 'uncached', not both");
    }
    if (params->guard_size > 64) {
        capdl_error(p->diags, params->pos, "a guard has at most 64 bits, not %llu",
                    (unsigned long long)params->guard_size);
    }
}

static void apply_extra(struct text_parser *p, const struct text_cap_params *params, struct capdl_cap *cap)
{
    struct capdl_cap_extra extra = {.asid_high = params->asid_high,
                                    .asid_low = params->asid_low,
                                    .mapping_container = params->mapping_container,
                                    .mapping_slot = params->mapping_slot};
    if (!(params->has & (TEXT_PARAM_ASID | TEXT_PARAM_MAPPING))) {
        return;
    }
    cap->extra = capdl_spec_add_extra(p->spec, &extra);
    if (params->has & TEXT_PARAM_ASID) {
        cap->flags |= CAPDL_CAP_HAS_ASID;
    }
    if (params->has & TEXT_PARAM_MAPPING && params->mapping_container != CAPDL_NO_OBJECT) {
        cap->flags |= CAPDL_CAP_HAS_MAPPING;
    }
}

void capdl_text_cap_params_apply(struct text_parser *p, const struct text_cap_params *params, struct capdl_cap *cap)
{
    uint32_t has = params->has, allowed = has ? capdl_text_cap_params_allowed(cap->kind) : 0;
    if (has & ~allowed) {
        report_rejected(p, params, cap->kind);
    }
    has &= allowed;
    reject_contradictions(p, params);
    if (has & TEXT_PARAM_RIGHTS) {
        cap->rights = params->rights;
    }
    if (has & TEXT_PARAM_BADGE) {
        cap->data = params->badge;
        cap->flags |= CAPDL_CAP_HAS_BADGE;
    }
    if (has & (TEXT_PARAM_GUARD | TEXT_PARAM_GUARD_SIZE)) {
        cap->data = params->guard;
        cap->guard_size = (uint8_t)(params->guard_size > 64 ? 64 : params->guard_size);
        cap->flags |= CAPDL_CAP_HAS_GUARD;
    }
    if (has & TEXT_PARAM_CORE) {
        cap->data = params->core;
    }
    if (has & TEXT_PARAM_REPLY) {
        cap->flags |= CAPDL_CAP_REPLY;
    }
    if (has & TEXT_PARAM_MASTER_REPLY) {
        cap->flags |= CAPDL_CAP_MASTER_REPLY;
    }
    if (has & TEXT_PARAM_UNCACHED) {
        cap->flags |= CAPDL_CAP_UNCACHED;
    }
    apply_extra(p, params, cap);
}
