/* SPDX-License-Identifier: BSD-2-Clause */
/* Tokens of capDL text. */
#ifndef CAPDL_TEXT_LEXER_H
#define CAPDL_TEXT_LEXER_H

#include "model/model.h"

enum text_token_kind {
    TEXT_END,
    TEXT_NAME,
    TEXT_NUMBER,
    TEXT_STRING,
    TEXT_DOTS,  /* .. */
    TEXT_PUNCT, /* one character: token.punct */
    TEXT_BAD,   /* reported already */
};

struct text_token {
    enum text_token_kind kind;
    char punct;
    bool first; /* on its line */
    uint64_t number;
    const char *text; /* as written; a string's without its quotes */
    size_t length;
    struct capdl_pos pos;
    uint32_t line; /* of the text, whatever line markers say */
    size_t column; /* in bytes from 0 */
};

/* A place in the text. Copying it is how one looks ahead. */
struct text_lexer {
    struct capdl_diags *diags;
    const char *text, *at, *end;
    const char *line_start;
    uint32_t line;
    uint16_t source, marked; /* what is being read, and the file of the last line marker */
    bool silent;             /* errors are reported elsewhere */
};

void capdl_text_lex_init(struct text_lexer *, struct capdl_diags *, uint16_t source);
void capdl_text_lex(struct text_lexer *, struct text_token *next);

static inline struct text_token capdl_text_lex_next(struct text_lexer *lexer)
{
    struct text_token token;
    capdl_text_lex(lexer, &token);
    return token;
}

/* Passes over tokens, as long as they are neither braces nor the first of a line, to the first one from `until` on. */
void capdl_text_lex_pass(struct text_lexer *, const char *until);
/* A word of a fill list: everything up to a blank or `}`, or a quoted string. False at `}` and at the end of the text.
 */
bool capdl_text_lex_word(struct text_lexer *, struct text_token *);

static inline struct capdl_pos capdl_text_lex_pos(const struct text_lexer *lexer, const char *at)
{
    return (struct capdl_pos){
        .line = (uint32_t)(at - lexer->text) + 1, .column = CAPDL_POS_OFFSET, .file = lexer->source};
}

#endif
