/* SPDX-License-Identifier: BSD-2-Clause */
/* Integer expressions of the C preprocessor, as kernel headers use them for sizes and conditions. */
#ifndef TOOL_PROFILE_EXPR_H
#define TOOL_PROFILE_EXPR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A piece of text, not terminated. */
struct slice {
    const char *text;
    size_t size;
};

bool slice_is(struct slice, const char *text);

enum token_kind { TOKEN_END, TOKEN_NAME, TOKEN_NUMBER, TOKEN_PUNCTUATION };

/* Takes the next token off the front of a text without comments. Punctuation is one character, or two for operators
 * like `<=`. */
enum token_kind slice_token(struct slice *rest, struct slice *token);

enum name_state {
    NAME_UNKNOWN, /* not defined */
    NAME_VALUE,   /* has a value */
    NAME_OPAQUE,  /* defined, but not as an integer */
};

struct expr_names {
    /* What a name stands for. depth counts nested definitions, for an implementation that evaluates them in turn.
     */
    enum name_state (*look_up)(void *context, struct slice name, int depth, int64_t *value);
    void *context;
    bool unknown_is_zero; /* as in #if; else an unknown name has no value */
};

/* Evaluates; returns 0, or what is wrong: a phrase such as "division by zero". */
const char *expr_evaluate(struct slice text, const struct expr_names *, int depth, int64_t *value);

#endif
