/* SPDX-License-Identifier: BSD-2-Clause */
#include "profile/expr.h"

#include <ctype.h>
#include <string.h>

/* Deepest nesting of parentheses and definitions; kernel headers need three. */
enum { MAX_DEPTH = 64 };

bool slice_is(struct slice slice, const char *text)
{
    return slice.size == strlen(text) && memcmp(slice.text, text, slice.size) == 0;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static size_t punctuation_size(struct slice rest)
{
    static const char pairs[][3] = {"&&", "||", "==", "!=", "<=", ">=", "<<", ">>"};
    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        if (rest.size >= 2 && memcmp(rest.text, pairs[i], 2) == 0) {
            return 2;
        }
    }
    return 1;
}

enum token_kind slice_token(struct slice *rest, struct slice *token)
{
    while (rest->size > 0 && (isspace((unsigned char)*rest->text) || *rest->text == 0)) {
        rest->text++;
        rest->size--;
    }
    *token = (struct slice){rest->text, 0};
    if (rest->size == 0) {
        return TOKEN_END;
    }
    if (is_word(*rest->text)) {
        while (token->size < rest->size && is_word(rest->text[token->size])) {
            token->size++;
        }
    } else {
        token->size = punctuation_size(*rest);
    }
    rest->text += token->size;
    rest->size -= token->size;
    if (!is_word(*token->text)) {
        return TOKEN_PUNCTUATION;
    }
    return isdigit((unsigned char)*token->text) ? TOKEN_NUMBER : TOKEN_NAME;
}

struct parser {
    struct slice rest;
    struct slice token; /* the one to be looked at next */
    enum token_kind kind;
    const struct expr_names *names;
    const char *error;
    int depth;
};

static void advance(struct parser *p)
{
    p->kind = slice_token(&p->rest, &p->token);
}

static int64_t fail(struct parser *p, const char *error)
{
    if (!p->error) {
        p->error = error;
    }
    p->kind = TOKEN_END;
    p->rest.size = 0;
    return 0;
}

static bool accept(struct parser *p, const char *punctuation)
{
    if (p->kind != TOKEN_PUNCTUATION || !slice_is(p->token, punctuation)) {
        return false;
    }
    advance(p);
    return true;
}

static int digit_value(char c)
{
    return isdigit((unsigned char)c) ? c - '0' : isxdigit((unsigned char)c) ? tolower((unsigned char)c) - 'a' + 10 : 99;
}

static int64_t parse_number(struct parser *p)
{
    struct slice n = p->token;
    uint64_t value = 0;
    unsigned base = 10;
    while (n.size > 0 && strchr("uUlL", n.text[n.size - 1])) {
        n.size--;
    }
    if (n.size > 1 && *n.text == '0') {
        base = n.text[1] == 'x' || n.text[1] == 'X' ? 16 : 8;
        n.text += base == 16 ? 2 : 1;
        n.size -= base == 16 ? 2 : 1;
    }
    if (n.size == 0) {
        return fail(p, "a number without digits");
    }
    for (; n.size > 0; n.text++, n.size--) {
        int digit = digit_value(*n.text);
        if (digit >= (int)base) {
            return fail(p, "a number that is not an integer");
        }
        if (__builtin_mul_overflow(value, base, &value) || __builtin_add_overflow(value, (unsigned)digit, &value)) {
            return fail(p, "a number wider than 64 bits");
        }
    }
    advance(p);
    return (int64_t)value;
}

static int64_t parse_defined(struct parser *p)
{
    bool parenthesis = accept(p, "(");
    int64_t value;
    enum name_state state;
    if (p->kind != TOKEN_NAME) {
        return fail(p, "'defined' without a name");
    }
    state = p->names->look_up(p->names->context, p->token, MAX_DEPTH, &value);
    advance(p);
    if (parenthesis && !accept(p, ")")) {
        return fail(p, "a missing ')'");
    }
    return state != NAME_UNKNOWN;
}

static int64_t parse_name(struct parser *p)
{
    struct slice name = p->token;
    int64_t value = 0;
    enum name_state state;
    advance(p);
    if (p->names->unknown_is_zero && slice_is(name, "defined")) {
        return parse_defined(p);
    }
    if (p->kind == TOKEN_PUNCTUATION && slice_is(p->token, "(")) {
        return fail(p, "a call");
    }
    state = p->names->look_up(p->names->context, name, p->depth + 1, &value);
    if (state == NAME_OPAQUE && !p->names->unknown_is_zero) {
        return fail(p, "a name that is not an integer");
    }
    if (state == NAME_UNKNOWN && !p->names->unknown_is_zero) {
        return fail(p, "an unknown name");
    }
    return state == NAME_VALUE ? value : 0;
}

static int64_t parse_conditional(struct parser *);

static int64_t parse_primary(struct parser *p)
{
    int64_t value;
    if (accept(p, "(")) {
        value = parse_conditional(p);
        return accept(p, ")") ? value : fail(p, "a missing ')'");
    }
    if (p->kind == TOKEN_NUMBER) {
        return parse_number(p);
    }
    if (p->kind == TOKEN_NAME) {
        return parse_name(p);
    }
    return fail(p, p->kind == TOKEN_END ? "nothing where a value should be" : "an operator where a value should be");
}

static int64_t parse_unary(struct parser *p)
{
    int64_t value;
    if (p->depth >= MAX_DEPTH) {
        return fail(p, "nesting too deep");
    }
    p->depth++;
    if (accept(p, "!")) {
        value = !parse_unary(p);
    } else if (accept(p, "~")) {
        value = ~parse_unary(p);
    } else if (accept(p, "-")) {
        value = (int64_t)(0 - (uint64_t)parse_unary(p));
    } else if (accept(p, "+")) {
        value = parse_unary(p);
    } else {
        value = parse_primary(p);
    }
    p->depth--;
    return value;
}

/* Binary operators, tightest first. */
static const struct binary {
    char text[3];
    int level;
} binaries[] = {
    {"*", 10}, {"/", 10}, {"%", 10}, {"+", 9},  {"-", 9}, {"<<", 8}, {">>", 8}, {"<", 7},  {">", 7},
    {"<=", 7}, {">=", 7}, {"==", 6}, {"!=", 6}, {"&", 5}, {"^", 4},  {"|", 3},  {"&&", 2}, {"||", 1},
};

static const struct binary *find_binary(const struct parser *p)
{
    for (size_t i = 0; p->kind == TOKEN_PUNCTUATION && i < sizeof(binaries) / sizeof(binaries[0]); i++) {
        if (slice_is(p->token, binaries[i].text)) {
            return &binaries[i];
        }
    }
    return NULL;
}

static int64_t divide(struct parser *p, char op, int64_t a, int64_t b)
{
    if (b == 0) {
        return fail(p, "division by zero");
    }
    if (b == -1) { /* the one quotient that does not fit wraps around */
        return op == '/' ? (int64_t)(0 - (uint64_t)a) : 0;
    }
    return op == '/' ? a / b : a % b;
}

static int64_t shift(struct parser *p, char op, int64_t a, int64_t b)
{
    if (b < 0 || b > 63) {
        return fail(p, "a shift by less than 0 or more than 63");
    }
    return op == '<' ? (int64_t)((uint64_t)a << b) : a >> b;
}

static int64_t compute(struct parser *p, const char *op, int64_t a, int64_t b)
{
    bool equal = op[1] == '=';
    switch (op[0]) {
    case '*':
        return (int64_t)((uint64_t)a * (uint64_t)b);
    case '/':
    case '%':
        return divide(p, op[0], a, b);
    case '+':
        return (int64_t)((uint64_t)a + (uint64_t)b);
    case '-':
        return (int64_t)((uint64_t)a - (uint64_t)b);
    case '<':
        return op[1] == '<' ? shift(p, '<', a, b) : equal ? a <= b : a < b;
    case '>':
        return op[1] == '>' ? shift(p, '>', a, b) : equal ? a >= b : a > b;
    case '=':
        return a == b;
    case '!':
        return a != b;
    case '&':
        return op[1] == '&' ? a && b : a & b;
    case '|':
        return op[1] == '|' ? a || b : a | b;
    default:
        return a ^ b;
    }
}

/* Operators of at least this level. */
static int64_t parse_binary(struct parser *p, int level)
{
    int64_t value = parse_unary(p);
    const struct binary *binary;
    while ((binary = find_binary(p)) != NULL && binary->level >= level) {
        int64_t right;
        advance(p);
        right = parse_binary(p, binary->level + 1);
        value = compute(p, binary->text, value, right);
    }
    return value;
}

static int64_t parse_conditional(struct parser *p)
{
    int64_t condition = parse_binary(p, 1), yes, no;
    if (!accept(p, "?")) {
        return condition;
    }
    if (++p->depth >= MAX_DEPTH) {
        return fail(p, "nesting too deep");
    }
    yes = parse_conditional(p);
    if (!accept(p, ":")) {
        return fail(p, "a '?' without ':'");
    }
    no = parse_conditional(p);
    p->depth--;
    return condition ? yes : no;
}

const char *expr_evaluate(struct slice text, const struct expr_names *names, int depth, int64_t *value)
{
    struct parser p = {.rest = text, .names = names, .depth = depth};
    if (depth >= MAX_DEPTH) {
        return "nesting too deep";
    }
    advance(&p);
    *value = parse_conditional(&p);
    if (!p.error && p.kind != TOKEN_END) {
        return "text after the expression";
    }
    return p.error;
}
