/* SPDX-License-Identifier: BSD-2-Clause */
/* The parser's access to tokens: peeking, accepting, reporting unexpected ones. */
#include "tokens.h"

#include <stdarg.h>
#include <string.h>

enum { MOST_QUOTED = 40, MOST_SEARCHED = 100000000, RELEASE = 1 << 20 };

/* Far from the end there is another piece to be released; near it there is none. */
static void next_release(struct text_parser *p, const char *at)
{
    bool wanted = p->options && p->options->release && p->lexer.end - at > RELEASE;
    p->release_at = wanted ? at + RELEASE : p->lexer.end;
}

void capdl_text_start(struct text_parser *p, struct text_lexer lexer)
{
    p->lexer = lexer;
    next_release(p, lexer.at);
}

static void release_read(struct text_parser *p)
{
    if (p->lexer.at > p->release_at) {
        p->options->release(p->options->context, p->release_at - RELEASE, p->release_at);
        next_release(p, p->release_at);
    }
}

void capdl_text_advance(struct text_parser *p)
{
    capdl_text_lex(&p->lexer, &p->token);
    release_read(p);
}

void capdl_text_pass(struct text_parser *p)
{
    capdl_text_lex_pass(&p->lexer, p->release_at);
    capdl_text_advance(p);
}

struct text_token capdl_text_peek(const struct text_parser *p)
{
    struct text_lexer lexer = p->lexer;
    lexer.silent = true;
    return capdl_text_lex_next(&lexer);
}

bool capdl_text_accept(struct text_parser *p, char punct)
{
    if (!capdl_text_is(p, punct)) {
        return false;
    }
    capdl_text_advance(p);
    return true;
}

bool capdl_text_accept_word(struct text_parser *p, const char *word)
{
    if (!capdl_text_is_word(p, word)) {
        return false;
    }
    capdl_text_advance(p);
    return true;
}

/* Writes what was found, as it is quoted in messages. */
static const char *describe(const struct text_token *token, char *buffer, size_t size)
{
    bool cut = token->length > MOST_QUOTED;
    const char *quote = token->kind == TEXT_STRING ? "\"" : "'";
    if (token->kind == TEXT_END) {
        return "the end of the file";
    }
    snprintf(buffer, size, "%s%.*s%s%s", quote, (int)(cut ? MOST_QUOTED : token->length), token->text, cut ? "..." : "",
             quote);
    return buffer;
}

bool capdl_text_unexpected(struct text_parser *p, const char *format, ...)
{
    char expected[400], found[MOST_QUOTED + 8];
    va_list arguments;
    if (p->token.kind == TEXT_BAD) {
        return false;
    }
    va_start(arguments, format);
    vsnprintf(expected, sizeof(expected), format, arguments);
    va_end(arguments);
    if (capdl_text_is(p, '-') && capdl_text_peek(p).kind == TEXT_NUMBER) {
        capdl_error(p->diags, p->token.pos,
                    "expected %s, found a negative number: numbers have no sign, write its 64-bit value such as "
                    "0xffff000000000000",
                    expected);
    } else {
        capdl_error(p->diags, p->token.pos, "expected %s, found %s", expected,
                    describe(&p->token, found, sizeof(found)));
    }
    return false;
}

bool capdl_text_expect(struct text_parser *p, char punct, const char *where)
{
    if (capdl_text_accept(p, punct)) {
        return true;
    }
    return capdl_text_unexpected(p, "'%c' %s", punct, where);
}

bool capdl_text_number(struct text_parser *p, uint64_t *number, const char *what)
{
    if (p->token.kind != TEXT_NUMBER) {
        return capdl_text_unexpected(p, "%s", what);
    }
    *number = p->token.number;
    capdl_text_advance(p);
    return true;
}

bool capdl_text_at_section(const struct text_parser *p)
{
    struct text_token next;
    if (p->token.kind != TEXT_NAME ||
        !(capdl_text_is_word(p, "objects") || capdl_text_is_word(p, "caps") || capdl_text_is_word(p, "irq"))) {
        return false;
    }
    next = capdl_text_peek(p);
    if (capdl_text_is_word(p, "irq")) {
        return capdl_text_token_is(&next, "maps");
    }
    return next.kind == TEXT_PUNCT && next.punct == '{';
}

bool capdl_text_may_search(struct text_parser *p)
{
    p->searched += p->spec->num_objects;
    return p->searched < MOST_SEARCHED;
}

void capdl_text_too_large(struct text_parser *p, struct capdl_pos pos, const char *what, uint64_t most)
{
    if (!p->too_large) {
        capdl_error(p->diags, pos, "this would make more than %llu %s, which is probably a mistake",
                    (unsigned long long)most, what);
    }
    p->too_large = true;
}

bool capdl_text_caps_reserve(struct text_parser *p, struct capdl_pos pos, uint64_t count, uint64_t containers)
{
    uint64_t total;
    if (__builtin_mul_overflow(count, containers, &total) || total > p->most_caps - p->num_caps) {
        capdl_text_too_large(p, pos, "capabilities", p->most_caps);
        return false;
    }
    p->num_caps += total;
    return true;
}

bool capdl_text_slots_fit(struct text_parser *p, struct capdl_pos pos, uint64_t slot, uint64_t count)
{
    if (!count || slot <= UINT64_MAX - (count - 1)) {
        return true;
    }
    capdl_error(p->diags, pos, "%llu capabilities from slot %llu on go past the last possible slot",
                (unsigned long long)count, (unsigned long long)slot);
    return false;
}

struct text_lexer capdl_text_lexer_before(const struct text_parser *p)
{
    struct text_lexer lexer = p->lexer;
    lexer.at = p->token.text;
    return lexer;
}

void capdl_text_nearest_synonym(struct capdl_nearest *nearest, const struct text_token *token,
                                enum capdl_synonym_place place, const char *word)
{
    const char *meant = capdl_synonym(place, token->text, token->length);
    if (meant && !strcmp(meant, word)) {
        *nearest = (struct capdl_nearest){.word = word};
    }
}
