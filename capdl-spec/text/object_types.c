/* SPDX-License-Identifier: BSD-2-Clause */
/* Types of objects. */
#include "object_types.h"

#include "tokens.h"

/* `pd` with parameters is a protection domain, else a page directory, which has none. */
static bool is_program(const struct text_parser *p)
{
    struct text_lexer lexer = p->lexer;
    struct text_token token;
    lexer.silent = true;
    token = capdl_text_lex_next(&lexer);
    if (!capdl_text_is_word(p, "pd") || token.kind != TEXT_PUNCT || token.punct != '(') {
        return false;
    }
    token = capdl_text_lex_next(&lexer);
    return token.kind == TEXT_STRING || token.kind == TEXT_NAME;
}

static bool kind_of_word(const struct text_token *token, enum capdl_kind *kind)
{
    for (unsigned i = 0; i < CAPDL_KIND_PROGRAM; i++) {
        if (capdl_text_token_is(token, capdl_kind_keyword((enum capdl_kind)i))) {
            *kind = (enum capdl_kind)i;
            return true;
        }
    }
    return false;
}

bool capdl_text_kind_parse(struct text_parser *p, enum capdl_kind *kind)
{
    struct capdl_nearest nearest = {NULL};
    if (p->token.kind != TEXT_NAME) {
        return capdl_text_unexpected(p, "an object type such as ep, tcb or frame");
    }
    p->module = capdl_text_is_word(p, "module");
    if (p->module) {
        if (capdl_text_peek(p).kind != TEXT_PUNCT || capdl_text_peek(p).punct != '(') {
            capdl_text_advance(p);
            return capdl_text_unexpected(p, "the name of the module's file, as in module (\"init.elf\")");
        }
        *kind = CAPDL_KIND_PROGRAM;
        capdl_text_advance(p);
        return true;
    }
    if (kind_of_word(&p->token, kind)) {
        *kind = is_program(p) ? CAPDL_KIND_PROGRAM : *kind;
        capdl_text_advance(p);
        return true;
    }
    for (unsigned i = 0; i < CAPDL_KIND_PROGRAM; i++) {
        const char *keyword = capdl_kind_keyword((enum capdl_kind)i);
        capdl_text_nearest_synonym(&nearest, &p->token, CAPDL_SYNONYM_TYPE, keyword);
        capdl_nearest_try(&nearest, p->token.text, p->token.length, keyword);
    }
    if (nearest.word) {
        return capdl_text_unexpected(p, "an object type%s", capdl_nearest_hint(&nearest));
    }
    return capdl_text_unexpected(p, "an object type such as ep, tcb or frame");
}
