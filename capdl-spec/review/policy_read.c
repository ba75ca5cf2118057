/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads policies. A statement is a line; after a comma it goes on in the next. docs/policy.md has the grammar. */
#include "policy_read.h"

#include <stdlib.h>
#include <string.h>

#include "model/model.h"

enum token_kind {
    TOKEN_END,
    TOKEN_LINE_END,
    TOKEN_WORD,
    TOKEN_QUOTED,
    TOKEN_COMMA,
    TOKEN_ARROW,
    TOKEN_EQUALS,
    TOKEN_BAD
};

struct reader {
    struct capdl_policy *policy;
    struct capdl_diags *diags;
    const char *text;
    size_t size, at, line_start;
    uint32_t line;
    enum token_kind token;
    struct capdl_pos pos;
    char *word; /* of the token; owned */
    bool failed;
};

static const char *const keywords[] = {"allow", "forbid",  "waive", "group",  "reach",
                                       "but",   "through", "until", "because"};

bool capdl_policy_is_keyword(const char *word)
{
    for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++) {
        if (strcmp(word, keywords[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool capdl_policy_is_plain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (c && strchr("_.@[]-/", c));
}

/* ---- Tokens ---- */

static char *copy(const char *text, size_t length)
{
    char *word = capdl_spec_realloc(NULL, length + 1);
    memcpy(word, text, length);
    word[length] = '\0';
    return word;
}

static struct capdl_pos here(const struct reader *r)
{
    size_t column = r->at - r->line_start + 1;
    return (struct capdl_pos){r->line, column < CAPDL_POS_OFFSET ? (uint16_t)column : CAPDL_POS_OFFSET - 1,
                              r->policy->source};
}

static void fail(struct reader *r, const char *expected)
{
    static const char *const found[] = {"the end of the policy",
                                        "the end of the line",
                                        NULL,
                                        NULL,
                                        "','",
                                        "'->'",
                                        "'='",
                                        "a character that means nothing here"};
    if (r->token == TOKEN_BAD && r->word) {
        capdl_error(r->diags, r->pos, "a quote that does not end on its line");
    } else if (r->token == TOKEN_WORD || r->token == TOKEN_QUOTED) {
        capdl_error(r->diags, r->pos, "expected %s, found '%s'", expected, r->word);
    } else {
        capdl_error(r->diags, r->pos, "expected %s, found %s", expected, found[r->token]);
    }
    r->failed = true;
}

static void skip_blanks(struct reader *r)
{
    while (r->at < r->size && (r->text[r->at] == ' ' || r->text[r->at] == '\t' || r->text[r->at] == '\r')) {
        r->at++;
    }
    if (r->at < r->size && r->text[r->at] == '#') {
        while (r->at < r->size && r->text[r->at] != '\n') {
            r->at++;
        }
    }
}

static void read_quoted(struct reader *r)
{
    size_t start = r->at + 1, length = 0;
    char *word = capdl_spec_realloc(NULL, r->size - r->at + 1);
    for (r->at = start; r->at < r->size && r->text[r->at] != '"' && r->text[r->at] != '\n' && r->text[r->at]; r->at++) {
        if (r->text[r->at] == '\\' && r->at + 1 < r->size &&
            (r->text[r->at + 1] == '"' || r->text[r->at + 1] == '\\')) {
            r->at++;
        }
        word[length++] = r->text[r->at];
    }
    word[length] = '\0';
    r->word = copy(word, length);
    free(word);
    r->token = r->at < r->size && r->text[r->at] == '"' ? TOKEN_QUOTED : TOKEN_BAD;
    r->at += r->token == TOKEN_QUOTED;
}

static bool is_word(const struct reader *r)
{
    char c = r->at < r->size ? r->text[r->at] : '\0';
    if (c == '-' && r->at + 1 < r->size && r->text[r->at + 1] == '>') {
        return false;
    }
    return capdl_policy_is_plain(c) || c == '*' || c == '?' || c == '+';
}

static void next(struct reader *r)
{
    size_t start;
    free(r->word);
    r->word = NULL;
    skip_blanks(r);
    r->pos = here(r);
    start = r->at;
    if (r->at >= r->size) {
        r->token = TOKEN_END;
    } else if (r->text[r->at] == '\n') {
        r->token = TOKEN_LINE_END;
        r->line_start = ++r->at;
        r->line++;
    } else if (r->text[r->at] == '"') {
        read_quoted(r);
    } else if (is_word(r)) {
        while (is_word(r)) {
            r->at++;
        }
        r->word = copy(r->text + start, r->at - start);
        r->token = TOKEN_WORD;
    } else if (r->at + 1 < r->size && memcmp(r->text + r->at, "->", 2) == 0) {
        r->token = TOKEN_ARROW;
        r->at += 2;
    } else {
        r->token = r->text[r->at] == ',' ? TOKEN_COMMA : r->text[r->at] == '=' ? TOKEN_EQUALS : TOKEN_BAD;
        r->at++;
    }
}

/* A comma, and the line ends after it. */
static bool take_comma(struct reader *r)
{
    if (r->token != TOKEN_COMMA) {
        return false;
    }
    do {
        next(r);
    } while (r->token == TOKEN_LINE_END);
    return true;
}

static bool take_word(struct reader *r, const char *word)
{
    if (r->token != TOKEN_WORD || strcmp(r->word, word) != 0) {
        return false;
    }
    next(r);
    return true;
}

static void expect(struct reader *r, enum token_kind token, const char *what)
{
    if (r->failed) {
        return;
    }
    if (r->token != token) {
        fail(r, what);
        return;
    }
    next(r);
}

/* ---- Terms ---- */

static bool read_number(const char **text, uint64_t *number)
{
    unsigned base = **text == '0' && (*text)[1] == 'x' ? 16 : 10;
    const char *at = base == 16 ? *text + 2 : *text, *start = at;
    for (*number = 0; *at; at++) {
        const char *digits = "0123456789abcdef", *digit = strchr(digits, *at >= 'A' && *at <= 'F' ? *at + 32 : *at);
        if (!digit || (unsigned)(digit - digits) >= base) {
            break;
        }
        if (*number > (UINT64_MAX - (unsigned)(digit - digits)) / base) {
            return false;
        }
        *number = *number * base + (unsigned)(digit - digits);
    }
    *text = at;
    return at > start;
}

/* 33, 0x1000+0x20, 0x3f8..0x3ff; false: not numbers. */
static bool read_range(const char *text, struct policy_term *term)
{
    uint64_t second;
    if (!read_number(&text, &term->first)) {
        return false;
    }
    term->last = term->first;
    term->plain = *text == '\0';
    if (*text == '+') {
        text++;
        if (!read_number(&text, &second) || *text || !second || term->first > UINT64_MAX - (second - 1)) {
            return false;
        }
        term->last = term->first + (second - 1);
    } else if (strncmp(text, "..", 2) == 0) {
        text += 2;
        if (!read_number(&text, &term->last) || *text || term->last < term->first) {
            return false;
        }
    }
    return *text == '\0';
}

static void read_term(struct reader *r, struct policy_terms *terms)
{
    struct policy_term term = {.pos = r->pos, .literal = r->token == TOKEN_QUOTED};
    if ((r->token != TOKEN_WORD && r->token != TOKEN_QUOTED) || (!term.literal && capdl_policy_is_keyword(r->word))) {
        fail(r, "a name (one that is a word of the language is to be quoted)");
        return;
    }
    if (!term.literal && *r->word >= '0' && *r->word <= '9') {
        if (!read_range(r->word, &term)) {
            fail(r, "a number, START..END, START+SIZE, or a name that begins with a digit in quotes");
            return;
        }
    } else {
        term.text = copy(r->word, strlen(r->word));
    }
    terms->list = capdl_spec_grow(terms->list, &terms->capacity, terms->count + 1, sizeof(*terms->list));
    terms->list[terms->count++] = term;
    next(r);
}

static void read_terms(struct reader *r, struct policy_terms *terms)
{
    do {
        if (!r->failed) {
            read_term(r, terms);
        }
    } while (!r->failed && take_comma(r));
}

/* ---- Statements ---- */

static void unknown_kind(struct reader *r)
{
    struct capdl_nearest nearest = {NULL};
    for (unsigned i = 0; i < CAPDL_RELATION_COUNT; i++) {
        capdl_nearest_try(&nearest, r->word, strlen(r->word), capdl_relation_word((enum capdl_relation_kind)i));
    }
    capdl_error(r->diags, r->pos, "unknown relation '%s'%s; docs/policy.md lists them", r->word,
                capdl_nearest_hint(&nearest));
    r->failed = true;
}

static void read_kinds(struct reader *r, struct policy_rule *rule)
{
    if (rule->verb != POLICY_ALLOW && take_word(r, "reach")) {
        rule->reach = true;
        return;
    }
    do {
        unsigned i = 0;
        if (r->token != TOKEN_WORD) {
            fail(r, "a relation, such as 'call'");
            return;
        }
        while (i < CAPDL_RELATION_COUNT && strcmp(capdl_relation_word((enum capdl_relation_kind)i), r->word) != 0) {
            i++;
        }
        if (i == CAPDL_RELATION_COUNT) {
            unknown_kind(r);
            return;
        }
        rule->kinds |= UINT32_C(1) << i;
        next(r);
    } while (take_comma(r));
}

uint32_t capdl_policy_date(const char *text, size_t length)
{
    static const uint8_t days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    uint32_t part[3] = {0}, at = 0;
    if (length != 10) {
        return 0;
    }
    for (size_t i = 0; i < length; i++) {
        if (i == 4 || i == 7) {
            at++;
            if (text[i] != '-') {
                return 0;
            }
        } else if (text[i] < '0' || text[i] > '9') {
            return 0;
        } else {
            part[at] = part[at] * 10 + (uint32_t)(text[i] - '0');
        }
    }
    if (!part[0] || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > days[part[1] - 1] ||
        (part[1] == 2 && part[2] == 29 && (part[0] % 4 || (part[0] % 100 == 0 && part[0] % 400)))) {
        return 0;
    }
    return part[0] * 10000 + part[1] * 100 + part[2];
}

static void read_waiver(struct reader *r, struct policy_rule *rule)
{
    if (r->failed) {
        return;
    }
    if (!take_word(r, "until")) {
        fail(r, "'until' and the last day of the waiver");
        return;
    }
    rule->until = r->token == TOKEN_WORD ? capdl_policy_date(r->word, strlen(r->word)) : 0;
    if (!rule->until) {
        fail(r, "a day such as 2027-01-31");
        return;
    }
    next(r);
    if (!take_word(r, "because")) {
        fail(r, "'because' and a reason");
        return;
    }
    if (r->token != TOKEN_QUOTED || !*r->word) {
        fail(r, "a reason in quotes");
        return;
    }
    rule->reason = copy(r->word, strlen(r->word));
    next(r);
}

static void terms_free(struct policy_terms *terms)
{
    for (size_t i = 0; i < terms->count; i++) {
        free(terms->list[i].text);
    }
    free(terms->list);
}

/* A number that could never match would look like a rule that is kept. */
static void refuse_numbers(struct reader *r, const struct policy_terms *terms)
{
    for (size_t i = 0; i < terms->count && !r->failed; i++) {
        if (!terms->list[i].text) {
            capdl_error(r->diags, terms->list[i].pos,
                        "'reach' is between subjects and devices, not numbers: 'forbid drive', 'forbid dma' or 'forbid "
                        "interrupt' say who may not use them");
            r->failed = true;
        }
    }
}

static void read_rule(struct reader *r, enum policy_verb verb, struct capdl_pos pos)
{
    struct capdl_policy *policy = r->policy;
    struct policy_rule rule = {.verb = verb, .pos = pos};
    read_kinds(r, &rule);
    if (!r->failed) {
        read_terms(r, &rule.from);
    }
    expect(r, TOKEN_ARROW, "'->'");
    if (!r->failed) {
        read_terms(r, &rule.to);
    }
    if (!r->failed && verb == POLICY_FORBID && rule.reach && take_word(r, "but")) {
        if (!take_word(r, "through")) {
            fail(r, "'through' after 'but'");
        }
        if (!r->failed) {
            read_terms(r, &rule.through);
        }
    }
    if (verb == POLICY_WAIVE) {
        read_waiver(r, &rule);
    }
    if (rule.reach) {
        refuse_numbers(r, &rule.from);
        refuse_numbers(r, &rule.to);
        refuse_numbers(r, &rule.through);
    }
    policy->rules =
        capdl_spec_grow(policy->rules, &policy->capacity_rules, policy->num_rules + 1, sizeof(*policy->rules));
    policy->rules[policy->num_rules++] = rule;
}

static const struct policy_group *group_find(const struct capdl_policy *policy, const char *name)
{
    for (size_t i = 0; i < policy->num_groups; i++) {
        if (strcmp(policy->groups[i].name, name) == 0) {
            return &policy->groups[i];
        }
    }
    return NULL;
}

static void read_group(struct reader *r)
{
    struct capdl_policy *policy = r->policy;
    struct policy_group group = {.pos = r->pos};
    if (r->token != TOKEN_WORD || capdl_policy_is_keyword(r->word) || strpbrk(r->word, "*?+") ||
        (*r->word >= '0' && *r->word <= '9')) {
        fail(r, "the name of a group");
        return;
    }
    if (group_find(policy, r->word)) {
        capdl_error(r->diags, r->pos, "there is a group '%s' already", r->word);
        capdl_note(r->diags, group_find(policy, r->word)->pos, "it is here");
        r->failed = true;
        return;
    }
    group.name = copy(r->word, strlen(r->word));
    next(r);
    expect(r, TOKEN_EQUALS, "'='");
    if (!r->failed) {
        read_terms(r, &group.members);
    }
    policy->groups =
        capdl_spec_grow(policy->groups, &policy->capacity_groups, policy->num_groups + 1, sizeof(*policy->groups));
    policy->groups[policy->num_groups++] = group;
}

static void read_statement(struct reader *r)
{
    struct capdl_pos pos = r->pos;
    if (take_word(r, "allow")) {
        read_rule(r, POLICY_ALLOW, pos);
    } else if (take_word(r, "forbid")) {
        read_rule(r, POLICY_FORBID, pos);
    } else if (take_word(r, "waive")) {
        read_rule(r, POLICY_WAIVE, pos);
    } else if (take_word(r, "group")) {
        read_group(r);
    } else {
        fail(r, "'allow', 'forbid', 'waive' or 'group'");
    }
    if (!r->failed && r->token != TOKEN_END && r->token != TOKEN_LINE_END) {
        fail(r, "the end of the line");
    }
}

/* Members of groups are subjects, even if a group has that name, so no group can hold itself. */
static void find_groups(struct capdl_policy *policy, struct policy_terms *terms)
{
    for (size_t i = 0; i < terms->count; i++) {
        struct policy_term *term = &terms->list[i];
        const struct policy_group *group = term->text && !term->literal ? group_find(policy, term->text) : NULL;
        if (group) {
            term->group = true;
            term->first = (uint64_t)(group - policy->groups);
        }
    }
}

struct capdl_policy *capdl_policy_read(struct capdl_diags *diags, uint16_t source, const char *text, size_t size)
{
    struct capdl_policy *policy = capdl_spec_realloc(NULL, sizeof(*policy));
    struct reader r = {.policy = policy, .diags = diags, .text = text, .size = size, .line = 1};
    bool good = true;
    *policy = (struct capdl_policy){.source = source};
    for (next(&r); r.token != TOKEN_END; next(&r)) {
        if (r.token == TOKEN_LINE_END) {
            continue;
        }
        r.failed = false;
        read_statement(&r);
        good &= !r.failed;
        while (r.token != TOKEN_END && r.token != TOKEN_LINE_END) {
            next(&r);
        }
        if (r.token == TOKEN_END) {
            break;
        }
    }
    policy->end = r.pos;
    free(r.word);
    for (size_t i = 0; i < policy->num_rules; i++) {
        find_groups(policy, &policy->rules[i].from);
        find_groups(policy, &policy->rules[i].to);
        find_groups(policy, &policy->rules[i].through);
    }
    if (!good) {
        capdl_policy_free(policy);
        return NULL;
    }
    return policy;
}

void capdl_policy_free(struct capdl_policy *policy)
{
    if (!policy) {
        return;
    }
    for (size_t i = 0; i < policy->num_rules; i++) {
        terms_free(&policy->rules[i].from);
        terms_free(&policy->rules[i].to);
        terms_free(&policy->rules[i].through);
        free(policy->rules[i].reason);
    }
    for (size_t i = 0; i < policy->num_groups; i++) {
        free(policy->groups[i].name);
        terms_free(&policy->groups[i].members);
    }
    free(policy->rules);
    free(policy->groups);
    free(policy);
}
